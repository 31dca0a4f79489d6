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
    const wrong = [...own, ...problems(study.space, configuration), ...reportProblems(reports)]
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

function reportProblems(reports: readonly Report[]): string[] {
  let last = 0
  for (const { epoch } of reports) {
    if (!Number.isSafeInteger(epoch) || epoch < 1) return [`epoch: expected a whole number from 1 on, got ${epoch}`]
    if (epoch <= last) return [`epoch: expected rising epochs, got ${epoch} after ${last}`]
    last = epoch
  }
  return []
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

/** What a study does not know yet: a result is known if some trial of the same configuration has reported all that it says. */
export function newResults(study: Study, results: readonly KnownResult[]): KnownResult[] {
  const known = new Map<string, KnownAs[]>()
  const add = (configuration: Configuration, as: KnownAs): void => {
    const place = key(study.space, configuration)
    const others = known.get(place)
    if (others) others.push(as)
    else known.set(place, [as])
  }
  for (const trial of study.state.trials) {
    const values = new Map<string, number>()
    for (const [column, name] of study.state.metrics.entries())
      for (const [index, epoch] of trial.epochs.entries())
        values.set(`${epoch} ${name}`, trial.values[column]?.[index] ?? NaN)
    add(trial.configuration, { isFailed: trial.state === 'failed', values })
  }
  return results.filter((result) => {
    const { configuration, reports } = result
    const isFailed = result.state === 'failed'
    const said = reports.flatMap(({ epoch, metrics }) =>
      Object.entries(metrics).map(([name, value]) => [`${epoch} ${name}`, value] as const),
    )
    const isKnown = (known.get(key(study.space, configuration)) ?? []).some(
      (as) =>
        (said.length > 0 || as.isFailed === isFailed) &&
        said.every(([place, value]) => Object.is(as.values.get(place) ?? NaN, value)),
    )
    if (!isKnown) add(configuration, { isFailed, values: new Map(said) })
    return !isKnown
  })
}

interface KnownAs {
  readonly isFailed: boolean
  readonly values: ReadonlyMap<string, number>
}

/** As the request that the controller takes. */
export function asWish(result: KnownResult, source: string): { readonly type: string; readonly data: Json } {
  return { type: 'import', data: { ...result, source } as unknown as Json }
}
