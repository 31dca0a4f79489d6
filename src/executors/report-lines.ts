/**
 * What an attempt says, numbered: the n-th line that is a report, a hand-over or a problem is line n, whoever reads the file and how
 * often. Lines up to `linesRead` are in the log already and are not told again; they are read all the same, since the rules below need them.
 *
 * Within one attempt epochs only rise, and the first value of a metric at an epoch stands: a report that breaks this is rejected (once per
 * epoch, so that a progress bar cannot fill the log); one that only repeats is passed over.
 */
import type { Metrics } from '../core/trial.ts'
import type { Observation } from '../ports.ts'
import type { Said } from '../wire/attempt-folder.ts'
import { type LastReport, afterReport, contradiction, isRepeated, nothingReported } from '../wire/report-rules.ts'

const rejectedCharacters = 200

export class ReportLines {
  readonly #of: { readonly trial: number; readonly attempt: number }
  readonly #observe: (observation: Observation) => void
  #told: number
  #line = 0
  #last: LastReport = nothingReported
  #complainedAt = 0

  constructor(
    of: { readonly trial: number; readonly attempt: number },
    linesRead: number,
    observe: (observation: Observation) => void,
  ) {
    this.#of = of
    this.#told = linesRead
    this.#observe = observe
  }

  /** The file is read from its beginning again. */
  anew(): void {
    this.#line = 0
    this.#last = nothingReported
    this.#complainedAt = 0
  }

  add(text: string, said: Said): void {
    if (said.type === 'problem') this.#reject(text, said.why)
    else if (said.type === 'handover')
      this.#tell((line) => ({ type: 'handedOver', ...this.#of, line, epoch: said.epoch }))
    else this.#report(text, said.epoch, said.metrics)
  }

  #report(text: string, epoch: number, metrics: Metrics): void {
    const why = contradiction(this.#last, epoch, metrics)
    if (why !== null) return this.#complain(text, why)
    if (isRepeated(this.#last, epoch, metrics)) return
    this.#last = afterReport(this.#last, epoch, metrics)
    this.#tell((line) => ({ type: 'report', ...this.#of, line, epoch, metrics }))
  }

  #complain(text: string, why: string): void {
    if (this.#complainedAt === this.#last.epoch) return
    this.#complainedAt = this.#last.epoch
    this.#reject(text, why)
  }

  #reject(text: string, why: string): void {
    const shown = text.slice(0, rejectedCharacters).toWellFormed()
    this.#tell((line) => ({ type: 'rejected', ...this.#of, line, text: shown, why }))
  }

  #tell(observation: (line: number) => Observation): void {
    this.#line++
    if (this.#line <= this.#told) return
    this.#told = this.#line
    this.#observe(observation(this.#line))
  }
}
