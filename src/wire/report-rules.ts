/**
 * What a trial may report after what it reported before, the same for every client and for whoever reads their lines: values are numbers
 * (NaN and infinities too), epochs are whole, from 1 on, and only rise, and the first value of a metric at an epoch stands.
 */
import type { Metrics } from '../core/trial.ts'
import { ForetuneError } from '../errors.ts'

/** The newest epoch of an attempt with all that was said of it. */
export interface LastReport {
  readonly epoch: number
  readonly metrics: Metrics
}

export const nothingReported: LastReport = { epoch: 0, metrics: {} }

/** Why a well-formed report cannot follow the last one; null if it can. */
export function contradiction(last: LastReport, epoch: number, metrics: Metrics): string | null {
  if (epoch < last.epoch) return `epoch ${epoch} comes after epoch ${last.epoch}`
  if (epoch > last.epoch) return null
  for (const [name, value] of Object.entries(metrics))
    if (Object.hasOwn(last.metrics, name) && !Object.is(last.metrics[name], value))
      return `epoch ${epoch} was reported with ${name} = ${last.metrics[name]}, now with ${value}`
  return null
}

/** True if the report only repeats what was said. */
export function isRepeated(last: LastReport, epoch: number, metrics: Metrics): boolean {
  return epoch === last.epoch && Object.keys(metrics).every((name) => Object.hasOwn(last.metrics, name))
}

export function afterReport(last: LastReport, epoch: number, metrics: Metrics): LastReport {
  return { epoch, metrics: epoch === last.epoch ? { ...last.metrics, ...metrics } : metrics }
}

/** For clients: the report in order, or the program's mistake named. */
export function checkedReport(
  last: LastReport,
  epoch: unknown,
  metrics: { readonly [metric: string]: unknown },
): LastReport {
  if (typeof epoch !== 'number' || !Number.isSafeInteger(epoch) || epoch < 1) throw wrongEpoch(epoch)
  const entries = Object.entries(metrics)
  if (entries.length === 0) throw reportWithoutMetric(epoch)
  for (const [name, value] of entries) if (typeof value !== 'number' || name === 'epoch') throw wrongMetric(name, value)
  const why = contradiction(last, epoch, metrics as Metrics)
  if (why !== null) throw contradictoryReport(why)
  return { epoch, metrics: metrics as Metrics }
}

function wrongEpoch(epoch: unknown): ForetuneError {
  return new ForetuneError(
    'REPORT_WITHOUT_EPOCH',
    `Expected the epoch of a report to be a whole number from 1 on, got ${String(epoch)}. Report inside the loop over \`trial.epochs()\`, or name the epoch: \`trial.report(3, { loss })\`.`,
    { details: { epoch } },
  )
}

function reportWithoutMetric(epoch: number): ForetuneError {
  return new ForetuneError('REPORT_WITHOUT_METRIC', `Expected a metric in the report of epoch ${epoch}, got none.`, {
    details: { epoch },
  })
}

function wrongMetric(name: string, value: unknown): ForetuneError {
  const what =
    name === 'epoch' ? "a metric's name, and `epoch` is none" : `a number, got ${typeof value}: ${String(value)}`
  return new ForetuneError('REPORT_NOT_A_NUMBER', `Expected \`${name}\` in a report to be ${what}.`, {
    details: { name },
  })
}

function contradictoryReport(why: string): ForetuneError {
  return new ForetuneError(
    'REPORT_CONTRADICTS',
    `A report contradicts an earlier one: ${why}. Epochs only rise, and each is reported once.`,
    { details: { why } },
  )
}
