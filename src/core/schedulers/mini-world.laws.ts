/** What befalls a mini-study, what it did, and the definition that it has. */
import assert from 'node:assert/strict'
import type { StudyDefinition } from '../study/definition.ts'
import type { Direction, Json, TrialState } from '../trial.ts'
import type { Order, RungView, SchedulerKind, Verdict } from './scheduler.ts'

export interface World {
  readonly slots: number
  readonly minEpochs?: number
  readonly maxEpochs: number
  readonly directions?: readonly Direction[]
  readonly resumable?: boolean | 'restart'
  /** What the program reports, by creation number; in the user's own direction. */
  value(trial: number, epoch: number, objective: number): number
  /** Virtual time that this epoch takes. */
  duration?(trial: number, epoch: number): number
  /** Fails instead of reporting this epoch. */
  failsAt?(trial: number): number | null
  /** Ends by itself, with success, after this epoch. */
  endsAt?(trial: number): number | null
  /** Trains this many epochs beyond each order. */
  overrun?(trial: number): number
  /** The user stops it, running or paused, once it has reported this epoch. */
  stoppedAt?(trial: number): number | null
  /** No more than so many trials are created. */
  readonly trials?: number
  /** The study is closed after so many events, if it was not before. */
  readonly closesAfter?: number
  readonly epochs?: number
  /** Slots are given away only after every so many facts. */
  readonly batch?: number
  /** Facts after which a fit is answered (default: at once), and whether it fails. */
  readonly fitTakes?: number
  fitFails?(fit: number): boolean
  /** The memory is cloned, and the scheduler made anew, after every notice. */
  readonly isForgetful?: boolean
}

export interface Course {
  /** Every decision in order, without its reason. */
  readonly decisions: readonly string[]
  readonly orders: readonly {
    readonly trial: number
    readonly isNew: boolean
    readonly from: number
    readonly until: number
    readonly order: Order
  }[]
  readonly verdicts: readonly Verdict[]
  /** What was concluded, in order, and how many epochs had been trained by then. */
  readonly conclusions: readonly { readonly data: Json; readonly epochsSoFar: number }[]
  readonly states: readonly TrialState[]
  readonly reached: readonly number[]
  readonly epochs: number
  readonly makespan: number
  readonly rungs: readonly RungView[]
  readonly isDone: boolean
}

export function aDefinition(world: World): StudyDefinition {
  const directions = world.directions ?? ['minimize']
  return {
    name: 'mini',
    space: { parameters: {}, forbidden: [] },
    objectives: directions.map((direction, i) => ({ metric: `metric${i}`, direction, value: 'last' })),
    constraints: [],
    epochs: { min: world.minEpochs ?? 1, max: world.maxEpochs, resource: 'epochs' },
    sampler: { type: 'random' },
    scheduler: { type: 'none' },
    budget: world.trials === undefined ? {} : { trials: world.trials },
    failures: { retries: 0, graceMs: 0, stopStudyAfter: 1_000 },
    resumable: world.resumable ?? true,
    lingerMs: 0,
    checkpoints: { keep: 'all' },
    seed: 0,
    initial: [],
  }
}

export function resolved(
  kind: SchedulerKind,
  definition: StudyDefinition,
  options: { [option: string]: unknown },
  slots: number,
): { [option: string]: unknown } {
  const defaults = Object.fromEntries(Object.entries(kind.options).map(([name, spec]) => [name, spec.default]))
  const result = kind.resolve({ definition, options: { ...defaults, ...options }, slots })
  assert.deepEqual(result.problems, [])
  return result.options
}
