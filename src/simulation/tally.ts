/** What a simulated study has cost and found so far: counted as it happens, since nobody reads 10^7 reports again for a sum. */
import type { Metrics } from '../core/trial.ts'
import type { Objective } from '../core/study/definition.ts'

/** The best value reported so far, at every report that improved it. */
export interface Trajectory {
  /** Epochs trained by then, in the whole study. */
  readonly epochs: number[]
  /** Virtual milliseconds. */
  readonly times: number[]
  readonly values: number[]
  readonly trials: number[]
}

export interface Tally {
  readonly epochs: number
  /** Time that workers spent on training, starting up and saving; lingering is no work. */
  readonly workMs: number
  readonly attempts: number
  /** When the last attempt ended. */
  readonly endedAt: number
  readonly trajectory: Trajectory
  trained(metrics: Metrics, trial: number, at: number): void
  worked(ms: number): void
  ended(at: number): void
}

export function newTally(objective: Objective | undefined): Tally {
  const trajectory: Trajectory = { epochs: [], times: [], values: [], trials: [] }
  const sign = objective?.direction === 'maximize' ? -1 : 1
  const metric = objective?.metric ?? ''
  let best = Infinity
  let epochs = 0
  let workMs = 0
  let attempts = 0
  let endedAt = 0
  return {
    trajectory,
    get epochs() {
      return epochs
    },
    get workMs() {
      return workMs
    },
    get attempts() {
      return attempts
    },
    get endedAt() {
      return endedAt
    },
    trained(metrics, trial, at) {
      epochs++
      const value = metrics[metric]
      if (value === undefined || !(sign * value < best)) return
      best = sign * value
      trajectory.epochs.push(epochs)
      trajectory.times.push(at)
      trajectory.values.push(value)
      trajectory.trials.push(trial)
    },
    worked(ms) {
      workMs += ms
    },
    ended(at) {
      attempts++
      endedAt = at
    },
  }
}
