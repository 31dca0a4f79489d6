/**
 * Keeps a sampler from asking for what has just failed, again and again, with small changes: a model that learns of failures slowly, or whose best
 * region begins to fail, would do that for as long as its densities need to turn.
 *
 * A place is barred if the latest trials that settled next to it all failed, three of them or more. As failures may have causes that pass, it is tried again
 * later: after three failures when 8 further trials have settled, after four 16, and so on. Next to it lie trials with the same categories and the same
 * absent parameters, no further away than a radius on any ordered axis. The radius doubles with each failure in a row beyond three, whoever
 * failed, so that a run of failures is driven apart; it is small again as soon as a trial ends well.
 *
 * Cost: O(trials x axes) a place; nothing while nothing has failed.
 *
 * Invariants
 * - Of trials that settle one after another, no more than three in a row that lie within the radius of one another fail, as long as anything else
 *   is left to propose.
 */
import { rowOf } from '../maths/matrix.ts'
import type { Space } from '../space/space.ts'
import { isSettledCode, stateCode, type History } from './history.ts'

const failuresAtMost = 3
const nearby = 0.1
const farthest = 0.4

/** Whether a place of the unit cube (NaN = absent) is barred. */
export function failureGuard(space: Space, { places, states }: History): (place: Float64Array) => boolean {
  const failed = stateCode.failed
  const latestFirst: number[] = []
  for (let row = states.length - 1; row >= 0; row--) if (isSettledCode(states[row]!)) latestFirst.push(row)
  const inARow = latestFirst.findIndex((row) => states[row] !== failed)
  const streak = inARow < 0 ? latestFirst.length : inARow
  if (latestFirst.filter((row) => states[row] === failed).length < failuresAtMost) return () => false
  const radius = Math.min(farthest, nearby * 2 ** Math.max(0, streak - failuresAtMost))
  const radii = Float64Array.from(space.axes, ({ parameter }) => (parameter.ordered ? radius : 0))
  return (place) => {
    let failures = 0
    let since = 0
    for (const [later, row] of latestFirst.entries()) {
      if (!isNear(rowOf(places, row), place, radii)) continue
      if (states[row] !== failed) break
      if (failures++ === 0) since = later
    }
    return failures >= failuresAtMost && since < 2 ** failures
  }
}

function isNear(a: Float64Array, b: Float64Array, radii: Float64Array): boolean {
  for (let axis = 0; axis < radii.length; axis++) {
    const distance = Math.abs(a[axis]! - b[axis]!)
    if (Number.isNaN(distance) ? !Object.is(a[axis], b[axis]) : distance > radii[axis]!) return false
  }
  return true
}
