/**
 * What a model of the space learns from: all trials of a study as columns of numbers, one row a trial in order of number. Plain data that can be
 * sent to another thread.
 *
 * The keeper of a study's history copies a trial again only when something of it has changed, so that asking for the history costs a glance at
 * every trial and work for the few that moved.
 *
 * Invariants
 * - The history follows from the view alone: a keeper that was just made gives the same as one that has followed the study.
 */
import { isSettled, trialStates } from '../trial.ts'
import type { Json, TrialState } from '../trial.ts'
import type { Matrix } from '../maths/matrix.ts'
import { encode } from '../space/space.ts'
import type { StudyView } from '../study/study-view.ts'

export interface History {
  /** Places in the unit cube, one row a trial; NaN where a parameter is absent. */
  readonly places: Matrix
  /** Indices into `trialStates`. */
  readonly states: Uint8Array
  /** The furthest epoch reported; 0 = nothing. */
  readonly epochs: Float64Array
  /** By objective: the loss of the last report (or the best one, as the objective says). NaN = nothing said yet, +Infinity = failed. */
  readonly losses: readonly Float64Array[]
  /** The epochs at which trials can be compared, ascending: the scheduler's rungs. The last one is `maxEpoch`. */
  readonly levels: readonly number[]
  /** By objective, by level: the loss there; NaN where the trial has not come so far. */
  readonly levelLosses: readonly (readonly Float64Array[])[]
  /** By constraint: 0 or less = met, above = by how much it is missed; NaN = unknown. */
  readonly violations: readonly Float64Array[]
  /** The sampler's own note of each trial. */
  readonly notes: readonly (Json | undefined)[]
  readonly maxEpoch: number
  readonly slots: number
}

export const stateCode: { readonly [state in TrialState]: number } = Object.fromEntries(
  trialStates.map((state, index) => [state, index]),
) as { readonly [state in TrialState]: number }

/** Whether nothing more will be heard of a trial of this state. */
export function isSettledCode(code: number): boolean {
  return isSettled(trialStates[code] as TrialState)
}

/** Proposed and not yet trials: they stand behind the others as waiting ones. */
export interface Queued {
  readonly place: Float64Array
  readonly note: Json | undefined
}

interface Columns {
  readonly places: Float64Array
  readonly states: Uint8Array
  readonly epochs: Float64Array
  /** Objectives, then levels of each objective, then constraints. */
  readonly numbers: readonly Float64Array[]
}

/** Gives the history as of now; each result stands for itself. */
export function historyKeeper(study: StudyView, levels: readonly number[]): (queued?: readonly Queued[]) => History {
  const { space, definition } = study
  const { dimension } = space
  const objectives = definition.objectives.length
  const width = objectives * (1 + levels.length) + definition.constraints.length
  let columns = room(0, dimension, width)
  const revisions: number[] = []
  const notes: (Json | undefined)[] = []

  function take(trial: number): void {
    const state = study.state(trial)
    if (trial === notes.length) {
      columns.places.set(encode(space, study.configuration(trial)), trial * dimension)
      notes.push(study.note(trial))
    }
    const epoch = study.epoch(trial)
    columns.states[trial] = stateCode[state]
    columns.epochs[trial] = epoch
    for (let objective = 0; objective < objectives; objective++) {
      columns.numbers[objective]![trial] = lossOf(study, trial, state, Infinity, objective)
      for (const [level, at] of levels.entries())
        columns.numbers[objectives + objective * levels.length + level]![trial] =
          state === 'failed' || epoch >= at ? lossOf(study, trial, state, at, objective) : NaN
    }
    const first = objectives * (1 + levels.length)
    for (let constraint = 0; constraint < definition.constraints.length; constraint++)
      columns.numbers[first + constraint]![trial] = study.violation(trial, constraint)
  }

  return (queued = []) => {
    const { trialCount } = study
    if (trialCount > columns.states.length) columns = grown(columns, 2 * trialCount, dimension)
    for (let trial = 0; trial < trialCount; trial++) {
      const revision = study.revision(trial)
      if (revisions[trial] === revision) continue
      take(trial)
      revisions[trial] = revision
    }
    return withQueued(columns, { study, levels, notes, queued })
  }
}

/** Failed is known: infinite. Nothing said is not. */
function lossOf(study: StudyView, trial: number, state: TrialState, epoch: number, objective: number): number {
  if (state === 'failed') return Infinity
  const loss = study.loss(trial, epoch, objective)
  return loss === Infinity && !isSettled(state) ? NaN : loss
}

function withQueued(
  columns: Columns,
  given: {
    readonly study: StudyView
    readonly levels: readonly number[]
    readonly notes: readonly (Json | undefined)[]
    readonly queued: readonly Queued[]
  },
): History {
  const { study, levels, notes, queued } = given
  const { trialCount, space, definition } = study
  const rows = trialCount + queued.length
  const { dimension } = space
  const values = new Float64Array(rows * dimension)
  values.set(columns.places.subarray(0, trialCount * dimension))
  for (const [index, { place }] of queued.entries()) values.set(place, (trialCount + index) * dimension)
  const states = new Uint8Array(rows).fill(stateCode.waiting)
  states.set(columns.states.subarray(0, trialCount))
  const epochs = new Float64Array(rows)
  epochs.set(columns.epochs.subarray(0, trialCount))
  const numbers = columns.numbers.map((column) => {
    const copy = new Float64Array(rows).fill(NaN, trialCount)
    copy.set(column.subarray(0, trialCount))
    return copy
  })
  const objectives = definition.objectives.length
  return {
    places: { rows, columns: dimension, values },
    states,
    epochs,
    losses: numbers.slice(0, objectives),
    levels,
    levelLosses: Array.from({ length: objectives }, (_, objective) => {
      const first = objectives + objective * levels.length
      return numbers.slice(first, first + levels.length)
    }),
    violations: numbers.slice(objectives * (1 + levels.length)),
    notes: [...notes, ...queued.map(({ note }) => note)],
    maxEpoch: definition.epochs.max,
    slots: study.slots,
  }
}

function room(rows: number, dimension: number, width: number): Columns {
  return {
    places: new Float64Array(rows * dimension),
    states: new Uint8Array(rows),
    epochs: new Float64Array(rows),
    numbers: Array.from({ length: width }, () => new Float64Array(rows)),
  }
}

function grown(columns: Columns, rows: number, dimension: number): Columns {
  const larger = room(rows, dimension, columns.numbers.length)
  larger.places.set(columns.places)
  larger.states.set(columns.states)
  larger.epochs.set(columns.epochs)
  for (const [index, column] of columns.numbers.entries()) larger.numbers[index]!.set(column)
  return larger
}

/** More levels than these tell nothing more. */
const levelsAtMost = 12

/** From the epochs that a scheduler means to stop at: ascending, the last one is `maxEpoch`. Of too many, those that are evenly spread are kept. */
export function levelsOf(epochs: readonly number[], maxEpoch: number): number[] {
  const all = [...new Set(epochs.filter((epoch) => epoch < maxEpoch)), maxEpoch].toSorted((a, b) => a - b)
  if (all.length <= levelsAtMost) return all
  const step = (all.length - 1) / (levelsAtMost - 1)
  return Array.from({ length: levelsAtMost }, (_, level) => all[Math.round(level * step)] as number)
}
