/**
 * The answer of a study: its best trial, or its Pareto front. Looked for among complete trials that meet the constraints; if there are none,
 * among those that came to the furthest rung, all judged at that rung; before any rung was reached, by their last reports.
 * `among` says which of these it is. Cost: one pass over the trials; O(n log n) with two objectives.
 */
import type { Configuration, Direction, TrialState } from '../../trial.ts'
import { nonDominatedRanks } from '../../maths/pareto.ts'
import type { StudyState, TrialRecord } from '../state.ts'
import type { Study } from '../study.ts'

export interface BestTrial {
  readonly trial: number
  readonly configuration: Configuration
  readonly state: TrialState
  /** Where it was judged. */
  readonly epoch: number
  /** In the user's sign, by objective. */
  readonly values: { readonly [metric: string]: number }
  /** The first objective's value. */
  readonly value: number
  readonly imported: boolean
}

export interface Best {
  readonly objectives: readonly { readonly metric: string; readonly direction: Direction }[]
  readonly among: 'complete' | 'furthest-rung' | 'last-reports' | 'none'
  /** The furthest rung's epoch, if trials were judged there. */
  readonly epoch: number | null
  /** One trial; with several objectives the front, by the first objective; empty if nothing can be said yet. */
  readonly trials: readonly BestTrial[]
  /** Complete trials that miss a constraint. */
  readonly infeasible: number
}

export function best(study: Study): Best {
  const { state } = study
  const objectives = state.definition.objectives.map(({ metric, direction }) => ({ metric, direction }))
  const complete: number[] = []
  let infeasible = 0
  for (const trial of state.trials) {
    if (trial.state !== 'complete') continue
    if (meetsConstraints(state, trial)) complete.push(trial.number)
    else infeasible++
  }
  const none = { objectives, infeasible, epoch: null }
  const finished = chosen(study, complete, Infinity)
  if (finished.length > 0) return { ...none, among: 'complete', trials: finished }
  const rung = furthestRung(state)
  if (rung > 0) {
    const arrived = state.trials.filter((trial) => trial.epoch >= rung && meetsConstraints(state, trial, rung))
    const trials = chosen(study, numbersOf(arrived), rung)
    if (trials.length > 0) return { ...none, among: 'furthest-rung', epoch: rung, trials }
  }
  const feasible = state.trials.filter((trial) => trial.epoch > 0 && meetsConstraints(state, trial))
  const trials = chosen(study, numbersOf(feasible), Infinity)
  return { ...none, among: trials.length > 0 ? 'last-reports' : 'none', trials }
}

/** Whether the last report of each constrained metric, no later than `epoch`, lies within its limits. */
export function meetsConstraints(state: StudyState, trial: TrialRecord, epoch: number = Infinity): boolean {
  return state.definition.constraints.every(({ metric, atMost = Infinity, atLeast = -Infinity }) => {
    const value = lastValue(trial, state.metrics.indexOf(metric), epoch)
    return value !== null && value <= atMost && value >= atLeast
  })
}

/** The last value of a metric (by column) no later than `epoch`; null = never reported. */
export function lastValue(trial: TrialRecord, column: number, epoch: number = Infinity): number | null {
  const values = trial.values[column]
  if (!values) return null
  for (let index = values.length - 1; index >= 0; index--) {
    if ((trial.epochs[index] as number) > epoch) continue
    const value = values[index] as number
    if (!Number.isNaN(value)) return value
  }
  return null
}

/** A loss in the user's own sign. */
export function shownBy(direction: Direction | undefined, loss: number): number {
  return direction === 'maximize' ? -loss : loss
}

function numbersOf(trials: readonly TrialRecord[]): number[] {
  return trials.map((trial) => trial.number)
}

/** The furthest epoch at which a trial that has not failed reached its limit; 0 = none. */
function furthestRung(state: StudyState): number {
  let rung = 0
  for (const trial of state.trials) {
    if (trial.state !== 'failed') rung = Math.max(rung, Math.min(trial.arrivedUntil, trial.epoch))
  }
  return rung
}

interface Judged {
  readonly trial: number
  readonly losses: readonly number[]
}

function chosen(study: Study, trials: readonly number[], epoch: number): BestTrial[] {
  const { objectives } = study.state.definition
  const judged: Judged[] = []
  for (const trial of trials) {
    const losses = objectives.map((_, objective) => study.view.loss(trial, epoch, objective))
    if (losses.every(Number.isFinite)) judged.push({ trial, losses })
  }
  const front = objectives.length > 1 ? frontOf(judged) : judged.length > 0 ? [judged.reduce(better)] : []
  return front.map((one) => shown(study, one, epoch))
}

function better(a: Judged, b: Judged): Judged {
  return compare(a, b) <= 0 ? a : b
}

/** By the objectives in their order, then by trial number. */
function compare(a: Judged, b: Judged): number {
  for (let objective = 0; objective < a.losses.length; objective++) {
    const difference = (a.losses[objective] as number) - (b.losses[objective] as number)
    if (difference !== 0) return difference
  }
  return a.trial - b.trial
}

function frontOf(judged: readonly Judged[]): Judged[] {
  const ranks = nonDominatedRanks(judged.map(({ losses }) => losses))
  return judged.filter((_, index) => ranks[index] === 0).sort(compare)
}

function shown(study: Study, { trial, losses }: Judged, epoch: number): BestTrial {
  const record = study.state.trials[trial] as TrialRecord
  const { objectives } = study.state.definition
  const values = objectives.map(({ direction }, index) => shownBy(direction, losses[index] as number))
  return {
    trial,
    configuration: record.configuration,
    state: record.state,
    epoch: Math.min(epoch, record.epoch),
    values: Object.fromEntries(objectives.map(({ metric }, index) => [metric, values[index] as number])),
    value: values[0] as number,
    imported: record.imported,
  }
}
