/**
 * Which checkpoints may go: those of settled trials that are not among the best `checkpoints.keep`. Trials that may still be ordered to
 * train keep theirs.
 */
import type { TrialRecord } from './state.ts'
import { compareLosses } from './study.ts'
import type { Study } from './study.ts'

/** A settled trial's process is gone: its checkpoint, or that of the worst one kept so far, is no longer needed. */
export function doomCheckpoint(study: Study, trial: TrialRecord): void {
  const { state, view } = study
  const { keep } = state.definition.checkpoints
  if (keep === 'all' || trial.attemptCount === 0) return
  if (trial.state === 'failed') {
    state.doomedCheckpoints.push(trial.number)
    return
  }
  const kept = state.keptCheckpoints
  if (kept.includes(trial.number)) return
  const better = (a: number, b: number): number =>
    view.epoch(b) - view.epoch(a) || compareLosses(view.loss(a), view.loss(b)) || a - b
  let place = kept.length
  while (place > 0 && better(trial.number, kept[place - 1] as number) < 0) place--
  kept.splice(place, 0, trial.number)
  if (kept.length > keep) state.doomedCheckpoints.push(kept.pop() as number)
}
