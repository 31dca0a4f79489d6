/**
 * Training ahead of a decision is ordered epoch by epoch. In a story such orders, with the reports that answer them and the ends of attempts in between,
 * are one line.
 */
import type { Event } from '../events.ts'
import type { NumberedEvent } from './story.ts'

type Order = Event & { readonly type: 'StartAttempt' | 'RaiseUntil' }
type Reported = Event & { readonly type: 'TrialReported' }

export interface Ahead {
  readonly seq: number
  /** At least two. */
  readonly orders: readonly Order[]
  /** The last one. */
  readonly order: Order
  readonly reports: readonly Reported[]
}

/** Events, or what was folded of two and more such orders in a row. */
export function foldAhead(events: Iterable<NumberedEvent>): (NumberedEvent | Ahead)[] {
  const told: (NumberedEvent | Ahead)[] = []
  let open: NumberedEvent[] = []
  const close = (): void => {
    // What came after the last of them that belongs to training ahead is told by itself.
    const end = open.findLastIndex(({ event }) => isAhead(event) || event.type === 'TrialReported') + 1
    told.push(...folded(open.slice(0, end)), ...open.slice(end))
    open = []
  }
  for (const numbered of events) {
    const { event } = numbered
    if (open.length === 0 ? !isAhead(event) : !isAhead(event) && !isBetween(event)) {
      close()
      told.push(numbered)
    } else open.push(numbered)
  }
  close()
  return told
}

function folded(events: readonly NumberedEvent[]): readonly (NumberedEvent | Ahead)[] {
  const orders = events.map(({ event }) => event).filter(isAhead)
  const order = orders.at(-1)
  const last = events.at(-1)
  if (order === undefined || last === undefined || orders.length < 2) return events
  const reports = events.map(({ event }) => event).filter((event) => event.type === 'TrialReported')
  return [{ seq: last.seq, orders, order, reports }]
}

function isAhead(event: Event): event is Order {
  return (event.type === 'StartAttempt' || event.type === 'RaiseUntil') && event.speculative === true
}

function isBetween(event: Event): boolean {
  switch (event.type) {
    case 'TrialReported':
    case 'AttemptStarted':
    case 'ReleaseTrial':
      return true
    case 'AttemptEnded':
      return event.outcome.type === 'exited' && event.outcome.code === 0
    default:
      return false
  }
}
