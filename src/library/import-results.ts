/**
 * Known results from a file: CSV with a column for every parameter and the metrics (final values, or METRIC_1 ... METRIC_T), or JSON as
 * `export` writes it. All that is wrong is found in one go. What a study knows already is told from what is new to it.
 */
import type { Configuration, Json, Metrics, TrialState } from '../core/trial.ts'
import { isSettled } from '../core/trial.ts'
import { key, problems } from '../core/space/space.ts'
import type { Study } from '../core/study/study.ts'

export interface Report {
  readonly epoch: number
  readonly metrics: Metrics
}

export interface KnownResult {
  readonly configuration: Configuration
  readonly state: 'complete' | 'stopped' | 'failed'
  readonly reports: readonly Report[]
}

/** One row of a file, not judged yet. */
export interface Draft {
  /** `line 3`, `trials[2]`. */
  readonly where: string
  readonly configuration: Configuration
  /** As the file says; null where it does not. */
  readonly state: TrialState | null
  readonly reports: readonly Report[]
  readonly problems: readonly string[]
}

export interface Results {
  readonly results: readonly KnownResult[]
  /** Whole lines: where, and what is wrong. */
  readonly problems: readonly string[]
  /** Rows that say nothing: trials that had not reported. */
  readonly empty: number
  /** Rows of which only the reports up to the study's last epoch count. */
  readonly cut: number
}

export function judge(study: Study, drafts: Iterable<Draft>): Results {
  const { definition } = study.state
  const results: KnownResult[] = []
  const found: string[] = []
  let empty = 0
  let cut = 0
  for (const { where, configuration, state, reports, problems: own } of drafts) {
    const wrong = [...own, ...problems(study.space, configuration), ...reportProblems(study, reports)]
    if (wrong.length > 0) {
      found.push(...wrong.map((problem) => `${where}: ${problem}`))
      continue
    }
    const within = reports.filter(({ epoch }) => epoch <= definition.epochs.max)
    const isCut = within.length < reports.length
    if (isCut) cut++
    if (within.length > 0 || (state === 'failed' && !isCut))
      results.push({ configuration, state: stateOf(study, isCut ? null : state, within), reports: within })
    else empty++
  }
  return { results, problems: found, empty, cut }
}

function reportProblems({ state }: Study, reports: readonly Report[]): string[] {
  let last = 0
  for (const { epoch } of reports) {
    if (!Number.isSafeInteger(epoch) || epoch < 1) return [`epoch: expected a whole number from 1 on, got ${epoch}`]
    if (epoch <= last) return [`epoch: expected rising epochs, got ${epoch} after ${last}`]
    last = epoch
  }
  const objectives = state.definition.objectives.map(({ metric }) => metric)
  const isSeen = reports.some(({ metrics }) => objectives.some((name) => metrics[name] !== undefined))
  return reports.length === 0 || isSeen ? [] : [`expected reports of ${objectives.join(' or ')}, got none`]
}

function stateOf({ state }: Study, given: TrialState | null, reports: readonly Report[]): KnownResult['state'] {
  const { objectives, epochs } = state.definition
  const isBroken = reports.some(({ metrics }) =>
    objectives.some(({ metric }) => metrics[metric] !== undefined && !Number.isFinite(metrics[metric])),
  )
  if (isBroken || given === 'failed') return 'failed'
  if ((reports.at(-1)?.epoch ?? 0) >= epochs.max) return 'complete'
  return given !== null && isSettled(given) ? given : 'stopped'
}

/**
 * What a study does not know yet: a result is known if some trial of the same configuration has reported all that it says. Tables repeat the
 * nearest report where an epoch had none of its own; so a value is known as well where it stood at that epoch.
 */
export function newResults(study: Study, results: readonly KnownResult[]): KnownResult[] {
  const known = new Map<string, KnownAs[]>()
  const add = (configuration: Configuration, as: KnownAs): void => {
    const place = key(study.space, configuration)
    const others = known.get(place)
    if (others) others.push(as)
    else known.set(place, [as])
  }
  for (const { configuration, epochs, values, state } of study.state.trials) {
    const curves = study.state.metrics.map((name, column) => [name, { epochs, values: values[column] ?? [] }] as const)
    add(configuration, { isFailed: state === 'failed', curves: new Map(curves) })
  }
  return results.filter((result) => {
    const others = known.get(key(study.space, result.configuration)) ?? []
    if (others.some((as) => isKnown(result, as))) return false
    add(result.configuration, { isFailed: result.state === 'failed', curves: curvesOf(result.reports) })
    return true
  })
}

interface Curve {
  readonly epochs: readonly number[]
  readonly values: readonly number[]
}

interface KnownAs {
  readonly isFailed: boolean
  readonly curves: ReadonlyMap<string, Curve>
}

function isKnown({ state, reports }: KnownResult, { isFailed, curves }: KnownAs): boolean {
  if (reports.length === 0) return isFailed === (state === 'failed')
  return reports.every(({ epoch, metrics }) =>
    Object.entries(metrics).every(([name, value]) =>
      Number.isNaN(value) ? isFailed : valueAt(curves.get(name), epoch) === value,
    ),
  )
}

/** The last value no later than the epoch, else the first one; never beyond the curve's end. NaN is no value. */
function valueAt(curve: Curve | undefined, epoch: number): number | undefined {
  if (!curve || (curve.epochs.at(-1) ?? 0) < epoch) return undefined
  const has = (index: number): boolean => !Number.isNaN(curve.values[index] ?? NaN)
  const first = curve.epochs.findIndex((_, index) => has(index))
  const last = curve.epochs.findLastIndex((at, index) => at <= epoch && has(index))
  return curve.values[last < 0 ? first : last]
}

function curvesOf(reports: readonly Report[]): Map<string, Curve> {
  const names = new Set(reports.flatMap(({ metrics }) => Object.keys(metrics)))
  const epochs = reports.map(({ epoch }) => epoch)
  return new Map(
    [...names].map((name) => [name, { epochs, values: reports.map(({ metrics }) => metrics[name] ?? NaN) }]),
  )
}

/** As the request that the controller takes. */
export function asWish(result: KnownResult, source: string): { readonly type: string; readonly data: Json } {
  return { type: 'import', data: { ...result, source } as unknown as Json }
}
