/** Orders of schedulers that never pause: each trial is ordered to the last epoch at once. What `none`, `median` and stopping ASHA share. */
import type { StudyView } from '../study/study-view.ts'
import type { Notice, Order } from './scheduler.ts'

export interface FullLength {
  closed: boolean
  /** Trials whose order the budget cut short: they are owed the rest, oldest first. */
  owed: number[]
}

export function startFullLength(): FullLength {
  return { closed: false, owed: [] }
}

export function followFullLength(memory: FullLength, notice: Notice, max: number): void {
  switch (notice.type) {
    case 'closed':
    case 'opened':
      memory.closed = notice.type === 'closed'
      return
    case 'arrived':
      if (!notice.complete && notice.epoch < max) memory.owed.push(notice.trial)
      return
    case 'ordered':
    case 'stopped':
    case 'failed':
      memory.owed = memory.owed.filter((trial) => trial !== notice.trial)
      return
    case 'reported':
    case 'concluded':
      return
  }
}

export function fullLengthOrders(memory: FullLength, study: StudyView, limit: number): Order[] {
  const until = study.definition.epochs.max
  const owed = memory.owed.slice(0, limit).map((trial): Order => {
    return { type: 'resume', trial, until, why: { rule: 'cut-short', until } }
  })
  const free = memory.closed || !study.canCreate ? 0 : limit - owed.length
  const start: Order = { type: 'start', until, why: { rule: 'full-length', until } }
  return [...owed, ...Array.from({ length: free }, () => start)]
}

export function isFullLengthDone(memory: FullLength): boolean {
  return memory.closed && memory.owed.length === 0
}
