/**
 * One rung of an asynchronous scheduler: trials are recorded on it as they come, for ever, and the best share of all recorded so far lead.
 *
 * The leaders and the others are two heaps, split at the cut, so that "is it among the best floor(n / eta)" is one comparison. A third
 * heap holds those that wait to be promoted. All plain data. Cost: O(log n) a record, a promotion, and the best one to promote.
 *
 * Invariants: `leaders` holds exactly the best `share(recorded)`; a failed trial counts as recorded, with infinite loss, and never waits.
 */
import type { StudyView } from '../study/study-view.ts'
import { inOrder, pop, push, remove } from './heap.ts'
import type { RungView } from './scheduler.ts'
import { hasSeveralObjectives, isAhead, isBehind, shownLoss, type Standing } from './standing.ts'

export interface Rung {
  readonly epoch: number
  recorded: number
  promoted: number
  /** A heap, the worst leader first. */
  leaders: Standing[]
  /** A heap, the best first. */
  others: Standing[]
  /** A heap, the best first: recorded, and neither promoted nor settled. */
  waiting: Standing[]
  /** Several objectives only: all trials recorded, and the leaders among them as last ranked. */
  trials: number[]
  ranked: number[]
}

/** How many of n recorded trials lead. */
export type Share = (recorded: number) => number

/** The epochs of the rungs: min, min eta, min eta^2, ... below max, then max. Whole epochs, halves up, each once. */
export function rungEpochs(setup: { minEpochs: number; maxEpochs: number; eta: number }): number[] {
  const epochs: number[] = []
  for (let epoch = setup.minEpochs; Math.round(epoch) < setup.maxEpochs; epoch *= setup.eta) {
    if (Math.round(epoch) !== epochs.at(-1)) epochs.push(Math.round(epoch))
  }
  return [...epochs, setup.maxEpochs]
}

export function openRung(epoch: number): Rung {
  return { epoch, recorded: 0, promoted: 0, leaders: [], others: [], waiting: [], trials: [], ranked: [] }
}

export function record(rung: Rung, standing: Standing, share: Share): void {
  rung.recorded++
  const worstLeader = rung.leaders[0]
  if (worstLeader !== undefined && isAhead(standing, worstLeader)) push(rung.leaders, standing, isBehind)
  else push(rung.others, standing, isAhead)
  settle(rung, share(rung.recorded))
}

/** Several objectives: the leaders are those that the study ranks first. Costs one ranking of the rung. */
export function recordRanked(rung: Rung, trial: number | null, study: StudyView, share: Share): void {
  rung.recorded++
  if (trial !== null) rung.trials.push(trial)
  rung.ranked = study.ranked(rung.trials, rung.epoch).slice(0, share(rung.recorded))
}

export function isLeader(rung: Rung, standing: Standing): boolean {
  const worstLeader = rung.leaders[0]
  return rung.ranked.includes(standing.trial) || (worstLeader !== undefined && !isAhead(worstLeader, standing))
}

export function wait(rung: Rung, standing: Standing): void {
  push(rung.waiting, standing, isAhead)
}

/** The trial waits no longer: it was promoted, or settled. */
export function leave(rung: Rung, trial: number): void {
  remove(rung.waiting, (standing) => standing.trial === trial, isAhead)
}

/** Those that wait and lead, best first. */
export function* promotable(rung: Rung, study: StudyView): Generator<Standing, void> {
  if (hasSeveralObjectives(study)) {
    const waiting = new Map(rung.waiting.map((standing) => [standing.trial, standing]))
    for (const trial of rung.ranked) {
      const standing = waiting.get(trial)
      if (standing !== undefined && standing.key < Infinity) yield standing
    }
    return
  }
  for (const standing of inOrder(rung.waiting, isAhead)) {
    if (!isLeader(rung, standing) || standing.key === Infinity) return
    yield standing
  }
}

/** The loss of the worst leader. */
export function cutOf(rung: Rung): number | undefined {
  return rung.leaders[0]?.key
}

/** For the view of rungs. */
export function rungViews(rungs: readonly Rung[], study: StudyView): RungView[] {
  return rungs.map((rung) => ({
    group: 'rungs',
    epoch: rung.epoch,
    size: null,
    arrived: rung.recorded,
    promoted: rung.promoted,
    cut: shownLoss(study, cutOf(rung)),
  }))
}

function settle(rung: Rung, places: number): void {
  while (rung.leaders.length < places && rung.others.length > 0) {
    push(rung.leaders, pop(rung.others, isAhead) as Standing, isBehind)
  }
  while (rung.leaders.length > places) push(rung.others, pop(rung.leaders, isBehind) as Standing, isAhead)
}
