/**
 * No scheduling: every trial trains to the last epoch. What plain black-box tuning and grid search need.
 *
 * Invariants: every trial is ordered once, up to `epochs.max`; nothing is stopped.
 */
import {
  followFullLength,
  fullLengthOrders,
  isFullLengthDone,
  startFullLength,
  type FullLength,
} from './full-length.ts'
import type { Scheduler, SchedulerKind } from './scheduler.ts'
import { explainFullLength } from './wording.ts'

export const none: SchedulerKind = {
  name: 'none',
  version: 1,
  doc: 'Every trial trains to the last epoch.',
  options: {},
  pauses: () => false,
  resolve: ({ options }) => ({ options, problems: [] }),
  create({ definition }): Scheduler<FullLength> {
    return {
      start: startFullLength,
      evolve: (memory, notice) => followFullLength(memory, notice, definition.epochs.max),
      decide: () => null,
      next: fullLengthOrders,
      isDone: isFullLengthDone,
    }
  },
  preview: ({ definition }) => [
    { group: 'trials', epoch: definition.epochs.max, trials: definition.budget.trials ?? 1 },
  ],
  explain: explainFullLength,
}
