import type { Configuration, Json, TrialState } from '../trial.ts'
import type { Space } from '../space/space.ts'
import type { StudyDefinition } from './definition.ts'

/**
 * What algorithms may know of the study: always as of the events folded so far.
 * *Loss* means minimise-signed: a metric that is maximised comes negated; a failed trial, or one without a report, is +Infinity.
 */
export interface StudyView {
  readonly definition: StudyDefinition
  readonly space: Space
  /** How many slots the executor offers (0 before it said so). */
  readonly slots: number
  /** How many trials were created, imported ones included; numbers run from 0. */
  readonly trialCount: number
  /** Epochs of the budget that no order has claimed; Infinity = no such budget. */
  readonly epochsLeft: number
  /** Whether an attempt's first epoch comes no later than two epochs after its start, as far as is known: then a restart costs little. */
  readonly startsWithinAnEpoch: boolean
  /** False once no new trial will be created. */
  readonly canCreate: boolean
  state(trial: number): TrialState
  configuration(trial: number): Configuration
  /** The sampler's note of the trial. */
  note(trial: number): Json | undefined
  /** Known from elsewhere, not trained by this study. */
  isImported(trial: number): boolean
  /** The furthest epoch reported (0 before the first report). */
  epoch(trial: number): number
  /** Loss at the trial's last report no later than `epoch` (default: its last report). With `objective.value: best`, the best up to there. First objective unless said. */
  loss(trial: number, epoch?: number, objective?: number): number
  /** Changes whenever the trial's state or its reports do. */
  revision(trial: number): number
  /** By how much the trial's last report misses a constraint; 0 or less = it is met, NaN = that metric was never reported. */
  violation(trial: number, constraint: number): number
  /** Best first: by loss at `epoch`, ties by trial number; with several objectives by non-dominated rank, then crowding. Costs O(n log n) and more. */
  ranked(trials: readonly number[], epoch?: number): number[]
  /** A loss in the user's own sign, for reasons. */
  shown(loss: number): number
  /** Reported epochs and the losses at them, as they came (objective 0 unless said). */
  curve(trial: number, objective?: number): { readonly epochs: readonly number[]; readonly losses: readonly number[] }
  /** True if this configuration was already created or imported. */
  isSeen(configuration: Configuration): boolean
}
