/**
 * Which parameters mattered: importances for one metric, or for the front of several objectives.
 *
 * Trials are compared where enough of them can be: complete ones at their end; if a scheduler has left too few of those, all that came to the furthest epoch that
 * enough trials have reached, judged there. Enough is half of the trials, but no fewer than 10 and no more than 50. Failed trials are left out.
 *
 * Cost: O(trials x parameters) and a sort; with fANOVA the fit of a forest.
 */
import type { Direction } from '../../trial.ts'
import { bestPart } from '../../importance/best-part.ts'
import { fanova } from '../../importance/fanova.ts'
import { pedAnova, pedAnovaByChance } from '../../importance/ped-anova.ts'
import type { Matrix } from '../../maths/matrix.ts'
import { encode } from '../../space/space.ts'
import type { TrialRecord } from '../state.ts'
import type { Study } from '../study.ts'
import { lastValue } from './best.ts'

export const importanceMethods = ['ped-anova', 'fanova'] as const

export interface ImportanceOptions {
  /** Default `ped-anova`. */
  readonly method?: (typeof importanceMethods)[number]
  /** An objective, or any metric that was reported. Default: the objective; with several, how near a trial is to the front (not with fANOVA). */
  readonly metric?: string
  /** What is good of a metric that is no objective. Default: as a constraint on it has it, else `minimize`. */
  readonly direction?: Direction
  /** Compare trials at this epoch. */
  readonly epoch?: number
  /** PED-ANOVA: which share of the trials are the best. Default: a tenth, but at least 5 trials. */
  readonly targetQuantile?: number
  /** PED-ANOVA: the best are held against this share of the trials. Default 1. */
  readonly regionQuantile?: number
  /** PED-ANOVA: false holds the best against the whole space instead of the trials. Default true. */
  readonly evaluateOnLocal?: boolean
  /** fANOVA: how many trees. Default 64. */
  readonly trees?: number
  /** fANOVA: of all pairs of parameters too. */
  readonly interactions?: boolean
}

export interface ParameterImportance {
  readonly parameter: string
  /** Of all importance; these sum to 1, unless all are 0. */
  readonly share: number
  /** PED-ANOVA: the divergence. fANOVA: the part of the metric's variance over the space that this parameter alone explains. */
  readonly raw: number
  /** The share that a parameter of no effect would get by chance; null with fANOVA. */
  readonly byChance: number | null
  /** In which share of the trials (fANOVA: of the space) the parameter exists. */
  readonly exists: number
}

export interface ImportanceReport {
  readonly method: (typeof importanceMethods)[number]
  /** One metric, or all objectives for the front. */
  readonly metrics: readonly { readonly metric: string; readonly direction: Direction }[]
  readonly among: 'complete' | 'reached'
  /** Where trials were compared; null = each at its end. */
  readonly epoch: number | null
  readonly trials: number
  /** PED-ANOVA: how many of them are the best; else null. */
  readonly target: number | null
  /** The most important first. */
  readonly parameters: readonly ParameterImportance[]
  /** Of pairs that exist together, the strongest first: the part of the variance that only both explain. Empty unless asked for. */
  readonly interactions: readonly { readonly parameters: readonly [string, string]; readonly raw: number }[]
}

/** By chance a share varies about as much as it is large: one in twenty is three times its mean. */
export function isNoMoreThanChance(share: number, byChance: number): boolean {
  return share < 3 * byChance
}

/** Why nothing can be said. */
export type ImportanceProblem =
  | { readonly problem: 'too-few'; readonly trials: number; readonly needed: number; readonly epoch: number | null }
  | { readonly problem: 'alike'; readonly trials: number; readonly epoch: number | null }

const trialsAtLeast = 10
/** Then a tenth are 5, and densities of the best tell something. */
const enoughTrials = 50

/** The options are checked: whoever takes them from outside asks before. */
export function importance(study: Study, options: ImportanceOptions = {}): ImportanceReport | ImportanceProblem {
  const { space, state } = study
  const judged = judgedBy(study, options)
  const chosen = chooseTrials(study, judged, options.epoch)
  const epoch = Number.isFinite(chosen.epoch) ? chosen.epoch : null
  const trials = chosen.trials.length
  if (trials < trialsAtLeast) return { problem: 'too-few', trials, needed: trialsAtLeast, epoch }
  const places = placesOf(study, chosen.trials)
  const found =
    options.method === 'fanova'
      ? byFanova(study, places, chosen.losses[0]!, options)
      : byPedAnova(study, places, chosen.losses, options)
  if (found === null) return { problem: 'alike', trials, epoch }
  const total = found.raw.reduce((sum, raw) => sum + raw, 0)
  const share = (raw: number): number => (total > 0 ? raw / total : 0)
  const parameters = space.names.map((parameter, axis) => ({
    parameter,
    share: share(found.raw[axis]!),
    raw: found.raw[axis]!,
    byChance: found.byChance ? share(found.byChance[axis]!) : null,
    exists: found.exists[axis]!,
  }))
  return {
    method: options.method ?? 'ped-anova',
    metrics: judged.map(({ metric, direction }) => ({ metric, direction })),
    among: epoch === null ? 'complete' : 'reached',
    epoch,
    trials,
    target: found.target,
    parameters: inWrittenOrder(parameters, Object.keys(state.definition.space.parameters)).sort(
      (a, b) => b.raw - a.raw,
    ),
    interactions: found.interactions.toSorted((a, b) => b.raw - a.raw),
  }
}

interface Judged {
  readonly metric: string
  readonly direction: Direction
  /** Minimise-signed; not finite where there is none. */
  loss(trial: TrialRecord, epoch: number): number
}

function judgedBy({ state, view }: Study, { metric, direction }: ImportanceOptions): Judged[] {
  const { objectives, constraints } = state.definition
  const wanted = objectives.map((objective, index): Judged => ({
    metric: objective.metric,
    direction: objective.direction,
    loss: (trial, epoch) => view.loss(trial.number, epoch, index),
  }))
  if (metric === undefined) return wanted
  const objective = wanted.find((one) => one.metric === metric)
  if (objective) return [objective]
  const column = state.metrics.indexOf(metric)
  const isKeptUp = constraints.some(
    (one) => one.metric === metric && one.atLeast !== undefined && one.atMost === undefined,
  )
  const good = direction ?? (isKeptUp ? 'maximize' : 'minimize')
  const sign = good === 'maximize' ? -1 : 1
  return [{ metric, direction: good, loss: (trial, epoch) => sign * (lastValue(trial, column, epoch) ?? NaN) }]
}

interface Chosen {
  /** Infinity = each at its end. */
  readonly epoch: number
  readonly trials: readonly TrialRecord[]
  /** By metric. */
  readonly losses: readonly Float64Array[]
}

function chooseTrials({ state }: Study, judged: readonly Judged[], asked: number | undefined): Chosen {
  const lossesOf = (trial: TrialRecord, epoch: number): number[] => judged.map(({ loss }) => loss(trial, epoch))
  const known = state.trials.filter(
    (trial) => trial.state !== 'failed' && lossesOf(trial, Infinity).every(Number.isFinite),
  )
  const epoch = asked ?? furthestWithEnough(known)
  const chosen = known.filter((trial) => reachOf(trial) >= epoch && lossesOf(trial, epoch).every(Number.isFinite))
  const losses = judged.map(({ loss }) => Float64Array.from(chosen, (trial) => loss(trial, epoch)))
  return { epoch, trials: chosen, losses }
}

/** Nothing more is to come of a complete trial, however far it went. */
function reachOf({ state, epoch }: TrialRecord): number {
  return state === 'complete' ? Infinity : epoch
}

function furthestWithEnough(trials: readonly TrialRecord[]): number {
  const enough = Math.min(Math.max(Math.ceil(trials.length / 2), trialsAtLeast), enoughTrials, trials.length)
  const reaches = Float64Array.from(trials, reachOf).sort()
  return reaches[reaches.length - enough] ?? Infinity
}

function placesOf({ space }: Study, trials: readonly TrialRecord[]): Matrix {
  const values = new Float64Array(trials.length * space.dimension)
  for (const [row, { configuration }] of trials.entries())
    values.set(encode(space, configuration), row * space.dimension)
  return { rows: trials.length, columns: space.dimension, values }
}

interface Found {
  readonly raw: readonly number[]
  readonly byChance: readonly number[] | null
  readonly exists: readonly number[]
  readonly target: number | null
  readonly interactions: ImportanceReport['interactions']
}

function byPedAnova(
  { space, state }: Study,
  places: Matrix,
  losses: readonly Float64Array[],
  { targetQuantile, regionQuantile = 1, evaluateOnLocal = true }: ImportanceOptions,
): Found | null {
  const { rows, columns, values } = places
  const target = bestPart(losses, targetQuantile ?? Math.max(0.1, 5 / rows))
  const region = bestPart(losses, regionQuantile)
  const size = target.reduce((sum, is) => sum + is, 0)
  if (target.every((is, row) => is === region[row])) return null
  const parts = { target, region, evaluateOnLocal }
  const draws = { count: rows > 2000 ? 10 : 20, seed: state.definition.seed }
  const exists = space.axes.map((_, axis) => {
    let count = 0
    for (let row = 0; row < rows; row++) if (!Number.isNaN(values[row * columns + axis]!)) count++
    return count / rows
  })
  return {
    raw: pedAnova(space, places, parts),
    byChance: pedAnovaByChance(space, places, parts, draws),
    exists,
    target: size,
    interactions: [],
  }
}

function byFanova(
  { space, state }: Study,
  places: Matrix,
  losses: Float64Array,
  { trees = 64, interactions = false }: ImportanceOptions,
): Found | null {
  if (losses.every((loss) => loss === losses[0])) return null
  const found = fanova(space, places, losses, { trees, interactions, seed: state.definition.seed })
  const name = (axis: number): string => space.names[axis]!
  return {
    raw: found.mainEffects,
    byChance: null,
    exists: found.exists,
    target: null,
    interactions: found.interactions.map(({ axes: [one, other], effect }) => ({
      parameters: [name(one), name(other)],
      raw: effect,
    })),
  }
}

/** Axes have parents first; equal importances stand as the user wrote them. */
function inWrittenOrder<T extends { readonly parameter: string }>(list: readonly T[], names: readonly string[]): T[] {
  return list.toSorted((a, b) => names.indexOf(a.parameter) - names.indexOf(b.parameter))
}
