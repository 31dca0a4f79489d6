/**
 * Time that passes only when everybody has nothing more to do now. `advance` goes to the earliest time at which something is due and fires all
 * that is due then, in the order in which it was scheduled, as one group. What a fired event schedules for the same time belongs to the
 * next group.
 *
 * Times are whole milliseconds, as those of the real clock are, and delays are rounded up: a timer never fires early, and one that is set
 * again for the rest of its time cannot stand still between two neighbouring doubles.
 *
 * Cost: O(log n) an event; `schedule` makes no object and no closure, an event is a shared function and a number for it.
 */
import type { Clock } from '../ports.ts'
import { eventHeap, pop, push, retain } from './event-heap.ts'

export interface VirtualClock extends Clock {
  /** Calls `fire(argument)` once after `delayMs` of virtual time; returns when that will be. */
  schedule(delayMs: number, fire: (argument: number) => void, argument: number): number
  /** Goes to the next time at which something is due and fires all of it; false = nothing is scheduled. */
  advance(): boolean
  /** When the next event is due; Infinity = never. */
  next(): number
  /** How many events wait; cancelled ones count until they are swept away. */
  readonly pending: number
}

type Fire = (argument: number) => void

const cancelledEvent: Fire = () => undefined

/** Cancelled timers (of silence, of retries) are swept away once they are so many and the larger half. */
const sweepFrom = 64

export function virtualClock(startMs = 0): VirtualClock {
  const heap = eventHeap()
  const fires: Fire[] = []
  const operands: number[] = []
  const freePlaces: number[] = []
  let now = startMs
  let cancelled = 0

  function add(delayMs: number, fire: Fire, operand: number): number {
    const place = freePlaces.pop() ?? fires.length
    fires[place] = fire
    operands[place] = operand
    push(heap, dueAfter(now, delayMs), place)
    return place
  }

  function isAlive(place: number): boolean {
    if (fires[place] !== cancelledEvent) return true
    freePlaces.push(place)
    return false
  }

  /** A cancelled event at the top is no reason to move the time. */
  function next(): number {
    while (heap.size > 0 && fires[heap.places[0] as number] === cancelledEvent) {
      freePlaces.push(pop(heap))
      cancelled--
    }
    return heap.size === 0 ? Infinity : (heap.times[0] as number)
  }

  return {
    now: () => now,
    get pending() {
      return heap.size
    },
    schedule(delayMs, fire, argument) {
      add(delayMs, fire, argument)
      return dueAfter(now, delayMs)
    },
    after(delayMs, callback) {
      const fire: Fire = () => callback()
      const place = add(delayMs, fire, 0)
      return () => {
        if (fires[place] !== fire) return
        fires[place] = cancelledEvent
        cancelled++
        if (cancelled < sweepFrom || cancelled * 2 < heap.size) return
        retain(heap, isAlive)
        cancelled = 0
      }
    },
    next,
    advance() {
      const time = next()
      if (time === Infinity) return false
      now = time
      const end = heap.order
      while (heap.size > 0 && heap.times[0] === now && (heap.orders[0] as number) < end) {
        const place = pop(heap)
        const fire = fires[place] as Fire
        if (fire === cancelledEvent) cancelled--
        fires[place] = cancelledEvent
        freePlaces.push(place)
        fire(operands[place] as number)
      }
      return true
    },
  }
}

function dueAfter(now: number, delayMs: number): number {
  return now + Math.ceil(Math.max(0, delayMs))
}
