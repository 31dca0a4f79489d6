/**
 * What an Optuna study has in common with one of ours, whatever it is stored in: parameters by name, intermediate values as reports, the value as
 * the last report, PRUNED as stopped, FAIL as failed.
 *
 * Optuna's steps often count from 0 where epochs count from 1: if any trial of a study has a step 0, step s is epoch s + 1. A complete trial's value
 * is what the objective function returned; where that is not its last intermediate value, the last report says the value that counts.
 */
import type { Direction, Json, Metrics, TrialState } from '../core/trial.ts'
import type { Study } from '../core/study/study.ts'
import { ForetuneError } from '../errors.ts'
import type { Report } from './import-results.ts'
import type { ForeignTrial } from './import-trials.ts'

export type OptunaState = 'RUNNING' | 'COMPLETE' | 'PRUNED' | 'FAIL' | 'WAITING'

export interface OptunaTrial {
  readonly number: number
  readonly state: OptunaState
  /** As the objective function got them. */
  readonly parameters: { readonly [name: string]: Json | undefined }
  readonly steps: ReadonlyMap<number, number>
  /** One an objective; null where there is none. */
  readonly values: readonly number[] | null
  readonly attributes: { readonly [name: string]: Json | undefined }
}

export interface OptunaStudy {
  readonly name: string
  /** Null: never set. */
  readonly directions: readonly (Direction | null)[]
  /** As `set_metric_names` says. */
  readonly metrics: readonly string[] | null
  readonly trials: readonly OptunaTrial[]
}

/** A distribution as Optuna writes it: what it makes of the number that is stored for a parameter. */
export function externalValue(distribution: string, stored: number): Json {
  const { name, attributes } = JSON.parse(distribution) as {
    readonly name: string
    readonly attributes: { readonly choices?: readonly Json[] }
  }
  if (name === 'CategoricalDistribution') return attributes.choices?.[stored] ?? null
  return name.startsWith('Int') ? Math.round(stored) : stored
}

export interface OptunaImport {
  readonly trials: readonly ForeignTrial[]
  /** Whether steps were shifted by one. */
  readonly countsFromZero: boolean
  /** Complete trials whose value is not their last intermediate value. */
  readonly otherValue: number
}

/** `finalOnly`: intermediate values are left out, where steps are not this study's epochs. */
export function fromOptuna(optuna: OptunaStudy, study: Study, finalOnly: boolean): OptunaImport {
  const metrics = metricsOf(optuna, study)
  const { epochs, constraints } = study.state.definition
  const withSteps = !finalOnly && epochs.max > 1
  const countsFromZero = withSteps && optuna.trials.some(({ steps }) => steps.has(0))
  let otherValue = 0
  const trials = optuna.trials.map((trial): ForeignTrial => {
    const { number, state, parameters, values, steps } = trial
    const metric = metrics[0] as string
    // To Optuna a NaN on the way is as good as nothing; here it would make a trial fail that came to its end.
    const isSound = state === 'COMPLETE' && values !== null && values.every(Number.isFinite)
    const reports: Report[] = [...(withSteps ? steps : [])]
      .filter(([, value]) => !isSound || Number.isFinite(value))
      .toSorted(([a], [b]) => a - b)
      .map(([step, value]) => ({ epoch: step + (countsFromZero ? 1 : 0), metrics: { [metric]: value } }))
    if (state === 'COMPLETE' && values !== null) {
      const last = reports.pop()
      if (last && last.metrics[metric] !== values[0]) otherValue++
      const said: Metrics = Object.fromEntries(metrics.map((name, index) => [name, values[index] ?? NaN]))
      reports.push({ epoch: last?.epoch ?? epochs.max, metrics: said })
    }
    const last = reports.pop()
    if (last) reports.push({ ...last, metrics: { ...measured(trial, constraints), ...last.metrics } })
    return { where: `trial ${number} of ${optuna.name}`, parameters, state: stateOf[state], reports }
  })
  return { trials, countsFromZero, otherValue }
}

const stateOf: { readonly [state in OptunaState]: TrialState } = {
  RUNNING: 'running',
  COMPLETE: 'complete',
  PRUNED: 'stopped',
  FAIL: 'failed',
  WAITING: 'waiting',
}

/** What this study's constraints look at is kept by Optuna's users as attributes. */
function measured({ attributes }: OptunaTrial, constraints: readonly { readonly metric: string }[]): Metrics {
  const found = constraints.map(({ metric }) => [metric, attributes[metric]] as const)
  return Object.fromEntries(found.filter((entry): entry is [string, number] => typeof entry[1] === 'number'))
}

/** This study's metrics in the order of Optuna's values: by name where Optuna knows names, else in the order of the study file. */
function metricsOf({ name, directions, metrics }: OptunaStudy, { state }: Study): string[] {
  const { objectives } = state.definition
  const own = objectives.map(({ metric }) => metric)
  if (directions.length !== own.length)
    throw importMismatch(state.definition.name, name, [
      `expected ${own.length === 1 ? 'one objective' : `${own.length} objectives`} (${own.join(', ')}), got ${directions.length}`,
    ])
  const isNamed = metrics !== null && metrics.length === own.length && metrics.every((metric) => own.includes(metric))
  const ordered = isNamed ? [...metrics] : own
  const wrong = ordered.flatMap((metric, index) => {
    const wanted = objectives[own.indexOf(metric)]?.direction
    const got = directions[index] ?? null
    return got === wanted ? [] : [`expected ${metric} to ${wanted}, got ${got ?? 'no direction'}`]
  })
  if (wrong.length > 0) throw importMismatch(state.definition.name, name, wrong)
  return ordered
}

/** The one that is named, or the only one. */
export function chosenStudy(studies: readonly OptunaStudy[], wanted: string | undefined, file: string): OptunaStudy {
  const [only] = studies
  if (wanted === undefined && only !== undefined && studies.length === 1) return only
  const chosen = studies.find(({ name }) => name === wanted)
  if (wanted === undefined || chosen === undefined)
    throw optunaStudyNotChosen(
      file,
      studies.map(({ name }) => name),
      wanted,
    )
  return chosen
}

/** The other study means something else by its results. */
export function importMismatch(study: string, other: string, wrong: readonly string[]): ForetuneError {
  return new ForetuneError(
    'IMPORT_MISMATCH',
    `Nothing was imported into '${study}', for the results of ${other} do not fit it: ${wrong.join('; ')}.`,
    { details: { study, other, wrong } },
  )
}

function optunaStudyNotChosen(file: string, names: readonly string[], wanted: string | undefined): ForetuneError {
  const got = wanted === undefined ? 'several' : `'${wanted}'`
  const has = names.length === 0 ? 'no study' : `the studies ${names.map((name) => `'${name}'`).join(', ')}`
  return new ForetuneError(
    'IMPORT_STUDY_NOT_CHOSEN',
    `Expected one study of the Optuna storage ${file}, got ${got}: it has ${has}. --study NAME takes one.`,
    { details: { file, names, wanted: wanted ?? null } },
  )
}
