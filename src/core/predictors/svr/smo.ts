/**
 * Sequential minimal optimisation with second-order working sets, and a Newton step over the free parts where it pays: the solver of `dual.ts`.
 *
 * R.-E. Fan, P.-H. Chen, C.-J. Lin, Working set selection using second order information for training support vector machines, JMLR 6, 2005: i is the part
 * with the smallest slope that may grow; j, among those of its group that may shrink and have a larger slope, the one with which the pair gains
 * most, (difference of slopes)^2 / (K_ii + K_jj - 2 K_ij). Both move along that line to its minimum, or to the first end of a box.
 *
 * Where we differ and why
 * - nu-SVR's two groups share one gradient, since a row's two slopes are the same but for the sign: one array of n instead of 2n.
 * - Of two groups we move the one with the larger violation, where libsvm compares the gains of both: half the work a step, about as many steps.
 * - Learning curves are nearly collinear, their kernel matrices nearly singular, and pairs alone need 10^4 to 10^5 steps. So every now and then the
 *   free parts are brought to their common minimum (`free-set.ts`): some dozen of these replace all but the first few hundred steps.
 * - No shrinking: with so few steps there is nothing left to save at the sizes we solve (n up to about 1000).
 *
 * Cost: n^2 doubles for the kernel matrix; a step reads 3 of its rows. Newton steps are made only when pairs have cost about as much as the next one will.
 *
 * Invariants
 * - No step raises the objective beyond rounding, leaves a box or changes the sum of a group.
 * - It ends: when no group is violated by more than the tolerance (or than the rounding of its slopes), when nothing is gained or moved any more, or at the limit of steps.
 *   Wherever it ends the parts are feasible, and the gradient belongs to them.
 */
import type { Dual, Group } from './dual.ts'
import { mark, rounding, settle } from './dual.ts'
import { freeSet, newtonStep } from './free-set.ts'

/** What one pair costs a row, in additions and multiplications. */
const pairCost = 9
/** At least so many pairs between two Newton steps. */
const pairsLeast = 8
/** After so many Newton steps the gradient is made afresh: the steps have left their rounding in it. */
const drift = 16
/** Newton steps in a row without a smaller violation than ever before, after which only rounding is left to gain. */
const patience = 96
/** A pair with less curvature, for its part of the kernel, counts as having this: it goes to the end of a box. */
const curvatureLeast = 1e-12

/** Leaves `problem`, which is settled, at its minimum. */
export function minimise(problem: Dual, tolerance: number): void {
  const { rows, groups } = problem
  const free = freeSet(problem)
  const least = pairCost * pairsLeast * rows
  let spent = 0
  let due = Math.max(rows * rows, least)
  let reachable = Math.max(tolerance, rounding(problem))
  let isSettled = true
  let smallest = Infinity
  let vain = 0
  for (let left = 20_000 + 100 * rows; left > 0; left--) {
    let worst = -1
    let violation = reachable
    for (let index = 0; index < groups.length; index++) {
      const found = violationOf(problem, groups[index]!)
      if (found > violation) {
        violation = found
        worst = index
      }
    }
    if (worst < 0 && isSettled) return
    isSettled = worst < 0
    if (isSettled) {
      // A loose tolerance says little where the kernel is nearly singular: one more Newton step takes the free parts to their minimum all the
      // same. And the end is believed of a fresh gradient only.
      newtonStep(problem, free)
      settle(problem)
      reachable = Math.max(tolerance, rounding(problem))
    } else if (spent >= due) {
      vain = violation < smallest ? 0 : vain + 1
      smallest = Math.min(smallest, violation)
      if (vain > patience) break
      due = Math.max(newtonStep(problem, free) / 2, least)
      spent = 0
      if (vain % drift === drift - 1) settle(problem)
    } else {
      if (!movePair(problem, groups[worst]!)) break
      spent += pairCost * rows
    }
  }
  settle(problem)
}

/** By how much the group's optimality condition fails; at most 0 where it holds. */
function violationOf({ gradient }: Dual, { growing, shrinking }: Group): number {
  let least = Infinity
  let most = -Infinity
  for (let row = 0; row < gradient.length; row++) {
    const slope = gradient[row]!
    const up = slope + growing[row]!
    if (up < least) least = up
    const down = slope + shrinking[row]!
    if (down > most) most = down
  }
  return most - least
}

/** False if there is no pair, or rounding swallows its step. */
function movePair({ rows, kernel, gradient, epsilon }: Dual, group: Group): boolean {
  const { parts, growing, shrinking, low, high } = group
  let grown = -1
  let least = Infinity
  for (let row = 0; row < rows; row++) {
    const slope = gradient[row]! + growing[row]!
    if (slope < least) {
      least = slope
      grown = row
    }
  }
  if (grown < 0) return false
  const grownFrom = grown * rows
  const own = kernel[grownFrom + grown]!
  let shrunk = -1
  let excess = 0
  let curvature = 1
  for (let row = 0; row < rows; row++) {
    const difference = gradient[row]! + shrinking[row]! - least
    if (!(difference > 0)) continue
    const sum = own + kernel[row * rows + row]!
    const bend = Math.max(sum - 2 * kernel[grownFrom + row]!, curvatureLeast * sum, Number.MIN_VALUE)
    // Compared crosswise, which saves a division a row: difference^2 / bend > excess^2 / curvature.
    if (difference * difference * curvature > excess * excess * bend) {
      excess = difference
      curvature = bend
      shrunk = row
    }
  }
  if (shrunk < 0) return false
  const grownPart = parts[grown]!
  const shrunkPart = parts[shrunk]!
  const grownEnd = grownPart < 0 ? 0 : high
  const shrunkEnd = shrunkPart > 0 ? 0 : low
  const wanted = excess / curvature
  const length = Math.min(wanted, grownEnd - grownPart, shrunkPart - shrunkEnd)
  // Ends are taken as they are: a part that only nearly reached its box would stay free.
  parts[grown] = length === grownEnd - grownPart ? grownEnd : grownPart + length
  parts[shrunk] = length === shrunkPart - shrunkEnd ? shrunkEnd : shrunkPart - length
  mark(group, grown, epsilon)
  mark(group, shrunk, epsilon)
  const shrunkFrom = shrunk * rows
  for (let row = 0; row < rows; row++)
    gradient[row] = gradient[row]! + length * (kernel[grownFrom + row]! - kernel[shrunkFrom + row]!)
  return parts[grown] !== grownPart || parts[shrunk] !== shrunkPart
}
