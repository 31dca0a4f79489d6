/**
 * The Newton step of the solver: all free parts, those strictly inside their boxes, move to their common minimum at once.
 *
 * With the Hessian H = K over the free rows, the slopes g and a row of ones a group in A, the direction d solves H d + A' lambda = -g, A d = 0. If the
 * way there ends at a box, the part that meets it first stays there, loses its row of the factor, and the rest goes on (an active-set method as in Nocedal,
 * Wright, Numerical Optimization, 2nd edition, section 16.5). Parts that should become free are left to the pairs of `smo.ts`.
 *
 * H may be singular (equal rows, both parts of one row free, more free rows than features of a linear kernel): a proximal term, 1e-11 of its largest
 * diagonal entry, makes it definite. The direction stays one of descent, and what the term leaves undone is of its size and goes in the next step.
 *
 * Cost: m free parts of n rows: m^3 / 6 for the factor, 4 m^2 for each end met, m n for the gradient. Nothing is allocated but when m exceeds all before.
 *
 * Invariants: the objective does not rise beyond rounding; the sum of each group and the boxes are kept; the gradient belongs to the parts.
 */
import { drop, factorise, solve } from '../../maths/cholesky.ts'
import type { Dual, Group } from './dual.ts'
import { addRow, mark } from './dual.ts'

/** Of the largest diagonal entry. */
const proximal = 1e-11
/** More free parts than this are left to pairs: a factor of 2000 rows takes 32 MB and a second. */
const freeMost = 2000

/** The free parts of one Newton step, and room for it. */
interface Free {
  count: number
  readonly rows: Int32Array
  readonly groups: Uint8Array
  /** Of the objective by each part. */
  readonly slopes: Float64Array
  readonly direction: Float64Array
  /** H times the direction. */
  readonly pulls: Float64Array
  /** H^-1 times the ones of each group. */
  readonly carriers: readonly Float64Array[]
  /** By row, how far its coefficient has moved. */
  readonly moved: Float64Array
  /** Row-major, `stride` a row. */
  factor: Float64Array
  stride: number
}

export function freeSet({ rows, groups }: Dual): Free {
  const most = rows * groups.length
  return {
    count: 0,
    rows: new Int32Array(most),
    groups: new Uint8Array(most),
    slopes: new Float64Array(most),
    direction: new Float64Array(most),
    pulls: new Float64Array(most),
    carriers: groups.map(() => new Float64Array(most)),
    moved: new Float64Array(rows),
    factor: new Float64Array(0),
    stride: 0,
  }
}

/** Returns about what it cost, in additions and multiplications. */
export function newtonStep(problem: Dual, free: Free): number {
  gather(problem, free)
  const all = free.count
  if (all < 2 || all > freeMost) return all
  factoriseHessian(problem, free)
  free.moved.fill(0)
  let cost = all ** 3 / 6 + all * problem.rows
  while (free.count >= 2) {
    cost += 4 * free.count ** 2
    if (!aim(problem, free)) break
    const met = advance(problem, free)
    if (met < 0) break
    remove(free, met)
  }
  for (let row = 0; row < problem.rows; row++) {
    // Also where nothing has moved in sum: the two parts of a row may have moved against each other.
    for (const group of problem.groups) mark(group, row, problem.epsilon)
    if (free.moved[row] !== 0) addRow(problem.gradient, problem.kernel, row * problem.rows, free.moved[row]!)
  }
  return cost
}

function gather({ rows, groups, gradient, epsilon }: Dual, free: Free): void {
  free.count = 0
  for (let index = 0; index < groups.length; index++) {
    const { parts, low, high } = groups[index]!
    for (let row = 0; row < rows; row++) {
      const part = parts[row]!
      if (part === 0 || part <= low || part >= high) continue
      free.rows[free.count] = row
      free.groups[free.count] = index
      free.slopes[free.count] = gradient[row]! + (part > 0 ? epsilon : -epsilon)
      free.count++
    }
  }
}

function factoriseHessian({ rows, kernel }: Dual, free: Free): void {
  const { count } = free
  if (free.stride < count) {
    free.stride = count
    free.factor = new Float64Array(count * count)
  }
  const { factor, stride } = free
  let largest = 0
  for (let at = 0; at < count; at++) {
    const from = free.rows[at]! * rows
    for (let other = 0; other <= at; other++) factor[at * stride + other] = kernel[from + free.rows[other]!]!
    largest = Math.max(largest, factor[at * stride + at]!)
  }
  const ridge = proximal * (largest || 1)
  for (let at = 0; at < count; at++) factor[at * stride + at] = factor[at * stride + at]! + ridge
  factorise(factor, count, stride, ridge)
}

/**
 * Finds the direction; false if none leads down. The carriers are made conjugate one after the other, so that taking a multiple of each from the
 * unconstrained direction brings the sum of its group to 0 and leaves those before at 0.
 */
function aim({ groups }: Dual, free: Free): boolean {
  const { count, factor, stride, slopes, direction, carriers } = free
  // What the slopes of a group have in common moves nothing, and in a nearly singular system drowns what they have not.
  for (let index = 0; index < groups.length; index++) centre(free, index, slopes)
  for (let at = 0; at < count; at++) direction[at] = -slopes[at]!
  solve(factor, count, stride, direction)
  for (let index = 0; index < groups.length; index++) {
    const carrier = carriers[index]!
    for (let at = 0; at < count; at++) carrier[at] = free.groups[at] === index ? 1 : 0
    solve(factor, count, stride, carrier)
    for (let before = 0; before < index; before++) takeSum(free, before, carrier)
    takeSum(free, index, direction)
  }
  for (let index = 0; index < groups.length; index++) centre(free, index, direction)
  let slope = 0
  for (let at = 0; at < count; at++) slope += slopes[at]! * direction[at]!
  return slope < 0
}

/** Takes the multiple of the group's carrier from `vector` that brings the group's sum to 0. */
function takeSum(free: Free, group: number, vector: Float64Array): void {
  const carrier = free.carriers[group]!
  let sum = 0
  let unit = 0
  for (let at = 0; at < free.count; at++) {
    if (free.groups[at] !== group) continue
    sum += vector[at]!
    unit += carrier[at]!
  }
  if (unit === 0) return
  const multiple = sum / unit
  for (let at = 0; at < free.count; at++) vector[at] = vector[at]! - multiple * carrier[at]!
}

/** Takes from the numbers of a group their mean. Of a direction it is what rounding has left, which would add up over the steps. */
function centre({ count, groups }: Free, group: number, vector: Float64Array): void {
  let sum = 0
  let members = 0
  for (let at = 0; at < count; at++) {
    if (groups[at] !== group) continue
    sum += vector[at]!
    members++
  }
  for (let at = 0; at < count; at++) if (groups[at] === group) vector[at] = vector[at]! - sum / members
}

/** Moves to the minimum along the direction, or to the first end of a box: the place of the part that met it, or -1. */
function advance({ rows, kernel, groups }: Dual, free: Free): number {
  const { count, slopes, direction, pulls } = free
  let slope = 0
  let curvature = 0
  for (let at = 0; at < count; at++) {
    const from = free.rows[at]! * rows
    let pull = 0
    for (let other = 0; other < count; other++) pull += kernel[from + free.rows[other]!]! * direction[other]!
    pulls[at] = pull
    slope += slopes[at]! * direction[at]!
    curvature += pull * direction[at]!
  }
  let length = curvature > 0 ? -slope / curvature : Infinity
  let met = -1
  for (let at = 0; at < count; at++) {
    if (direction[at] === 0) continue
    const part = groups[free.groups[at]!]!.parts[free.rows[at]!]!
    const room = (endOf(groups[free.groups[at]!]!, part, direction[at]!) - part) / direction[at]!
    if (room < length) {
      length = room
      met = at
    }
  }
  if (length === Infinity) return -1
  for (let at = 0; at < count; at++) {
    const group = groups[free.groups[at]!]!
    const row = free.rows[at]!
    const part = group.parts[row]!
    const end = endOf(group, part, direction[at]!)
    const aimed = part + length * direction[at]!
    const next = at === met || (direction[at]! > 0 ? aimed > end : aimed < end) ? end : aimed
    group.parts[row] = next
    free.moved[row] = free.moved[row]! + (next - part)
    slopes[at] = slopes[at]! + length * pulls[at]!
  }
  return met
}

/** Where a free part that moves this way meets the end of its box, or 0, where epsilon changes its sign. */
function endOf({ low, high }: Group, part: number, way: number): number {
  if (way > 0) return part < 0 ? 0 : high
  return part > 0 ? 0 : low
}

function remove(free: Free, place: number): void {
  drop(free.factor, free.count, free.stride, place, free.pulls)
  free.count--
  for (let at = place; at < free.count; at++) {
    free.rows[at] = free.rows[at + 1]!
    free.groups[at] = free.groups[at + 1]!
    free.slopes[at] = free.slopes[at + 1]!
  }
}
