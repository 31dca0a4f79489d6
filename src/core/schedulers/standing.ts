/** How a trial stands among others: its loss (or its place, with several objectives) and, between equals, its number. */
import type { StudyView } from '../study/study-view.ts'

export interface Standing {
  /** Smaller is better. Infinity = never finite: it can be kept only where nothing else is left. */
  readonly key: number
  readonly trial: number
}

export function isAhead(a: Standing, b: Standing): boolean {
  return a.key < b.key || (a.key === b.key && a.trial < b.trial)
}

export function isBehind(a: Standing, b: Standing): boolean {
  return isAhead(b, a)
}

/**
 * The loss by which a trial is judged at this epoch: its value there, or, if it reports more rarely than that, its first finite value
 * beyond. Never NaN.
 */
export function lossAt(study: StudyView, trial: number, epoch: number): number {
  const there = study.loss(trial, epoch)
  const loss = Number.isFinite(there) || study.epoch(trial) <= epoch ? there : study.loss(trial)
  return Number.isNaN(loss) ? Infinity : loss
}

/**
 * A loss in the user's sign for reasons and conclusions, which are kept as JSON: so no -0 (0 is added), and null where it is not finite.
 */
export function shownLoss(study: StudyView, loss: number | undefined): number | null {
  return loss !== undefined && Number.isFinite(loss) ? study.shown(loss) + 0 : null
}

export function hasSeveralObjectives(study: StudyView): boolean {
  return study.definition.objectives.length > 1
}
