/**
 * The trial side of Foretune for programs in JavaScript and TypeScript (`foretune/trial`): the same protocol and the same behaviour as the
 * Python client's. It needs nothing of the controller but the attempt's folder.
 */
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Configuration, Metrics } from '../core/trial.ts'
import { attemptFiles, formatReport, parseAttempt } from '../wire/attempt-folder.ts'
import { type LastReport, afterReport, checkedReport, isRepeated, nothingReported } from '../wire/report-rules.ts'
import { leadOf } from './lead.ts'

export interface Trial<C = Configuration> {
  readonly number: number
  readonly configuration: C
  readonly seed: number
  /** The last epoch that Foretune knows of from earlier attempts. */
  readonly from: number
  /** A folder that is kept between the attempts of the trial. */
  readonly checkpoint: string
  /** Aborted at SIGTERM (once the loop has begun): for what is to end before the epoch does. */
  readonly signal: AbortSignal
  /** True if an earlier attempt saved something: load it from `checkpoint`. Training goes on after the epoch that it finished. */
  readonly resumed: boolean
  /**
   * The epochs to train. An epoch counts as finished when the loop's body is done with it. Ends at the trial's limit, after waiting a while
   * for more, or after the epoch in which SIGTERM came.
   */
  epochs(): AsyncGenerator<number, void, void>
  /** Reports the epoch under way, or the named one. Throws for what is no number, and for what contradicts an earlier report. */
  report(metrics: Metrics): void
  report(epoch: number, metrics: Metrics): void
}

/**
 * The trial that this program is to train. Outside Foretune it is a dry one: with the given defaults, for so many epochs, its reports printed.
 *
 * @example
 * const trial = attempt({ defaults: { lr: 0.01 } })
 * for await (const epoch of trial.epochs()) trial.report({ loss: await train(trial.configuration.lr, epoch) })
 */
export function attempt<C extends object = Configuration>(
  dry: { readonly defaults?: C; readonly epochs?: number } = {},
): Trial<C> {
  const folder = process.env['FORETUNE_ATTEMPT']
  return folder === undefined || folder === '' ? dryTrial(dry.defaults ?? ({} as C), dry.epochs ?? 1) : trialIn(folder)
}

function trialIn<C>(folder: string): Trial<C> {
  const said = parseAttempt(readFileSync(join(folder, attemptFiles.configuration), 'utf8'))
  const lead = leadOf(folder, said, process.env)
  const reporter = reporting((epoch, metrics) => {
    // One write of one line in append mode: lines of several processes never mix.
    if (lead.speaks) appendFileSync(join(folder, attemptFiles.reports), formatReport(epoch, metrics))
  })

  async function* epochs(): AsyncGenerator<number, void, void> {
    lead.hearSignals()
    let finished = lead.start()
    while ((await signalsHeard()) && (await lead.goesOn(finished))) {
      reporter.epoch = finished + 1
      yield reporter.epoch
      finished = reporter.epoch
      lead.finish(finished)
    }
  }

  return {
    number: said.trial,
    // The program says what type its configuration has; the study file says what is in it.
    configuration: said.configuration as C,
    seed: said.seed,
    from: said.from,
    checkpoint: said.checkpoint,
    signal: lead.signal,
    get resumed() {
      return lead.start() > 0
    },
    epochs,
    report: reporter.report,
  }
}

function dryTrial<C>(configuration: C, count: number): Trial<C> {
  let folder: string | null = null
  const reporter = reporting((epoch, metrics) => {
    const shown = Object.entries(metrics).map(([name, value]) => `${name}=${value}`)
    process.stdout.write(`epoch ${epoch}: ${shown.join(', ')}\n`)
  })
  return {
    number: 0,
    configuration,
    seed: 0,
    from: 0,
    get checkpoint() {
      if (folder === null) {
        const made = (folder = mkdtempSync(join(tmpdir(), 'foretune-dry-')))
        process.once('exit', () => rmSync(made, { recursive: true, force: true }))
      }
      return folder
    },
    signal: new AbortController().signal,
    resumed: false,
    epochs: async function* () {
      for (reporter.epoch = 1; reporter.epoch <= count; reporter.epoch++) yield reporter.epoch
    },
    report: reporter.report,
  }
}

interface Reporter {
  /** Whose loop body runs; 0 outside the loop. */
  epoch: number
  readonly report: Trial['report']
}

function reporting(tell: (epoch: number, metrics: Metrics) => void): Reporter {
  let last: LastReport = nothingReported
  const reporter: Reporter = {
    epoch: 0,
    report: (first: number | Metrics, second?: Metrics) => {
      const [epoch, metrics] = typeof first === 'number' ? [first, second ?? {}] : [reporter.epoch, first]
      checkedReport(last, epoch, metrics)
      if (isRepeated(last, epoch, metrics)) return
      last = afterReport(last, epoch, metrics)
      tell(epoch, metrics)
    },
  }
  return reporter
}

/** A loop body that never waits for anything would keep a SIGTERM from being heard: between two epochs the event loop gets its turn. */
function signalsHeard(): Promise<true> {
  return new Promise((resolve) => setImmediate(() => resolve(true)))
}
