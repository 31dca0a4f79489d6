/**
 * When a search has stalled, every second proposal is kept to a box around the best trial.
 *
 * Far from being all over the cube, the best improvement then is looked for where the process knows most (after TuRBO: Eriksson, Pearce, Gardner,
 * Turner, Poloczek 2019). Of TuRBO the box that shrinks while nothing is found and its restart are kept. What is left out: a process of its own, as the other
 * proposals still search everywhere and all are learnt from together.
 *
 * The rule: after `patience` trials in a row without a new best loss the box reaches 0.2 of every ordered axis to both sides, after as many again half of that, and
 * so on six times; then it begins anew. A new best loss ends it.
 */
import type { Space } from '../../space/space.ts'
import type { Box } from './places.ts'

const patience = 3
const widest = 0.2
const halvings = 6

/** How many of the latest losses, in order, are no better than the best before them. */
export function stalledFor(losses: ArrayLike<number>): number {
  let best = Infinity
  let since = 0
  for (let index = 0; index < losses.length; index++) {
    since++
    if (losses[index]! < best) {
      best = losses[index]!
      since = 0
    }
  }
  return since
}

/** null: nothing is to be kept to. */
export function trustRegion(space: Space, centre: Float64Array, stalled: number): Box | null {
  if (stalled < patience) return null
  const reach = widest / 2 ** ((Math.floor(stalled / patience) - 1) % halvings)
  const isFree = (axis: number): boolean => Number.isNaN(centre[axis]!) || !space.axes[axis]!.parameter.ordered
  return {
    low: centre.map((unit, axis) => (isFree(axis) ? 0 : Math.max(0, unit - reach))),
    high: centre.map((unit, axis) => (isFree(axis) ? 1 : Math.min(1, unit + reach))),
  }
}

/** What is absent is anywhere. */
export function isWithin({ low, high }: Box, place: Float64Array): boolean {
  return place.every((unit, axis) => Number.isNaN(unit) || (unit >= low[axis]! && unit <= high[axis]!))
}
