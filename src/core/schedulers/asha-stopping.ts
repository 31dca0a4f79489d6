/** ASHA in its stopping form: trials run on, and are stopped at a rung. The card is in asha.ts. */
import type { Reason } from '../trial.ts'
import type { StudyView } from '../study/study-view.ts'
import {
  followFullLength,
  fullLengthOrders,
  isFullLengthDone,
  startFullLength,
  type FullLength,
} from './full-length.ts'
import { cutOf, isLeader, openRung, record, recordRanked, rungViews, type Rung, type Share } from './rungs.ts'
import type { Notice, Scheduler } from './scheduler.ts'
import { hasSeveralObjectives, lossAt, shownLoss } from './standing.ts'

interface StoppingMemory extends FullLength {
  readonly rungs: readonly Rung[]
  /** By trial that is neither settled nor past the last rung that judges: the rung that it is heading for. */
  readonly heading: Map<number, number>
  /** Trials to be stopped, oldest first. */
  verdicts: { readonly trial: number; readonly why: Reason }[]
}

export function stoppingScheduler(epochs: readonly number[], eta: number): Scheduler<StoppingMemory> {
  const share: Share = (recorded) => Math.max(Math.floor(recorded / eta), 1)
  const max = epochs.at(-1) as number
  return {
    start: () => ({ ...startFullLength(), rungs: epochs.slice(0, -1).map(openRung), heading: new Map(), verdicts: [] }),
    evolve(memory, notice, study) {
      followFullLength(memory, notice, max)
      follow(memory, notice, study, share)
    },
    decide(memory) {
      const first = memory.verdicts[0]
      return first === undefined ? null : { type: 'stop', trial: first.trial, why: first.why }
    },
    next: fullLengthOrders,
    isDone: isFullLengthDone,
    rungs: (memory, study) => rungViews(memory.rungs, study),
  }
}

function follow(memory: StoppingMemory, notice: Notice, study: StudyView, share: Share): void {
  switch (notice.type) {
    case 'ordered':
      if (notice.isNew && memory.rungs.length > 0) memory.heading.set(notice.trial, 0)
      return
    case 'reported':
      return judge(memory, notice.trial, notice.epoch, study, share)
    case 'arrived':
      if (notice.complete) forget(memory, notice.trial)
      return
    case 'failed':
    case 'stopped':
      return left(memory, notice.trial, study, share)
    case 'concluded':
    case 'closed':
    case 'opened':
      return
  }
}

function judge(memory: StoppingMemory, trial: number, epoch: number, study: StudyView, share: Share): void {
  const heading = memory.heading.get(trial)
  const reached = memory.rungs.findLastIndex((rung) => rung.epoch <= epoch)
  const rung = memory.rungs[reached]
  // At the last epoch the trial is complete: there is nothing left to save.
  if (heading === undefined || rung === undefined || reached < heading || epoch >= study.definition.epochs.max) return
  if (reached + 1 < memory.rungs.length) memory.heading.set(trial, reached + 1)
  else memory.heading.delete(trial)
  const standing = { key: lossAt(study, trial, epoch), trial }
  if (hasSeveralObjectives(study)) recordRanked(rung, trial, study, share)
  else record(rung, standing, share)
  if (isLeader(rung, standing)) rung.promoted++
  else memory.verdicts.push({ trial, why: reasonAt(rung, reached, standing.key, study, share) })
}

function reasonAt(rung: Rung, index: number, loss: number, study: StudyView, share: Share): Reason {
  return {
    rule: 'rung-cut',
    rung: index,
    epoch: rung.epoch,
    value: shownLoss(study, loss),
    cut: hasSeveralObjectives(study) ? null : shownLoss(study, cutOf(rung)),
    kept: share(rung.recorded),
    of: rung.recorded,
  }
}

/** Failed, or stopped: on purpose by a verdict of ours, then it is recorded already on the rung that judged it. */
function left(memory: StoppingMemory, trial: number, study: StudyView, share: Share): void {
  const rung = memory.rungs[memory.heading.get(trial) ?? -1]
  const isOurs = memory.verdicts.some((verdict) => verdict.trial === trial)
  if (rung !== undefined && !isOurs) {
    if (hasSeveralObjectives(study)) recordRanked(rung, null, study, share)
    else record(rung, { key: Infinity, trial }, share)
  }
  forget(memory, trial)
}

function forget(memory: StoppingMemory, trial: number): void {
  memory.heading.delete(trial)
  memory.verdicts = memory.verdicts.filter((verdict) => verdict.trial !== trial)
}
