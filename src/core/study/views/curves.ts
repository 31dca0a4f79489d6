/** Learning curves, and how the best value fell (or rose) as epochs were spent. */
import type { Direction, TrialState } from '../../trial.ts'
import type { Event } from '../events.ts'
import type { TrialRecord } from '../state.ts'
import type { Study } from '../study.ts'
import { shownBy } from './best.ts'

export interface Curve {
  readonly trial: number
  readonly state: TrialState
  readonly epochs: readonly number[]
  /** The metric as reported, in the user's sign; reports without it are left out. */
  readonly values: readonly number[]
}

export interface Curves {
  readonly metric: string
  /** Of the objective; null for any other metric. */
  readonly direction: Direction | null
  readonly curves: readonly Curve[]
}

/** Curves of one metric (default: the first objective), of all trials or some; trials that never reported it are left out. */
export function curves(study: Study, metric?: string, trials?: readonly number[]): Curves {
  const { state } = study
  const name = metric ?? (state.metrics[0] as string)
  const column = state.metrics.indexOf(name)
  const objective = state.definition.objectives.find((one) => one.metric === name)
  const records = trials ? trials.map((number) => state.trials[number]) : state.trials
  const list: Curve[] = []
  for (const record of records) {
    const curve = record && curveOf(record, column)
    if (curve && curve.epochs.length > 0) list.push(curve)
  }
  return { metric: name, direction: objective?.direction ?? null, curves: list }
}

export function curveOf(record: TrialRecord, column: number): Curve {
  const epochs: number[] = []
  const values: number[] = []
  const reported = record.values[column] ?? []
  for (let index = 0; index < reported.length; index++) {
    const value = reported[index] as number
    if (Number.isNaN(value)) continue
    epochs.push(record.epochs[index] as number)
    values.push(value)
  }
  return { trial: record.number, state: record.state, epochs, values }
}

/** One improvement: so many epochs had been spent when this trial reported it. */
export interface Improvement {
  readonly epochs: number
  readonly at: number
  readonly trial: number
  readonly epoch: number
  readonly value: number
}

/**
 * The course of the first objective over the whole study: a fold of its own, since the state keeps curves by trial and not in the order
 * they came. `reported` = best report so far at any epoch; `complete` = best value of complete trials so far.
 */
export interface Course {
  readonly reported: Improvement[]
  readonly complete: Improvement[]
}

export function newCourse(): Course {
  return { reported: [], complete: [] }
}

/** To be called after each event was folded into the study. */
export function followCourse(course: Course, study: Study, event: Event): void {
  if (event.type !== 'TrialReported' && event.type !== 'AttemptEnded') return
  const { state, view } = study
  const record = state.trials[event.trial]
  const objective = state.definition.objectives[0]
  if (!record || !objective) return
  const add = (list: Improvement[], value: number, epoch: number): void => {
    const last = list.at(-1)
    const isBetter = !last || (objective.direction === 'maximize' ? value > last.value : value < last.value)
    if (!Number.isFinite(value) || !isBetter) return
    const epochs = state.epochsTrained + state.epochsRepeated
    list.push({ epochs, at: event.at, trial: event.trial, epoch, value })
  }
  if (event.type === 'TrialReported') {
    const value = event.metrics[objective.metric]
    if (value !== undefined && record.state !== 'failed') add(course.reported, value, event.epoch)
  }
  if (record.state === 'complete') {
    add(course.complete, shownBy(objective.direction, view.loss(event.trial)), record.epoch)
  }
}
