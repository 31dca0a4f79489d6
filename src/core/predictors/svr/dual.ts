/**
 * The dual problem of support vector regression, in the form that nu-SVR and epsilon-SVR share.
 *
 * Minimise 1/2 b'Kb - y'b + epsilon |b|_1 over the coefficients b of the rows. b is the sum of the *parts* v of one group or two; each group keeps
 * its sum of parts and its box: epsilon-SVR has one group, [-C, C] with sum 0; nu-SVR has alpha in [0, C] with sum C nu n / 2 and -alpha* in [-C, 0]
 * with sum -C nu n / 2, and epsilon 0 (its tube comes out of the solution).
 *
 * Optimal: for each group a multiplier lies between the smallest slope of a part that may grow and the largest slope of one that may shrink.
 */

export interface Group {
  /** One part a row. */
  readonly parts: Float64Array
  readonly low: number
  readonly high: number
  /** Of the parts. */
  readonly sum: number
  /** What to add to the gradient of a row for the slope when its part grows: +-epsilon, Infinity where it may not. */
  readonly growing: Float64Array
  /** The same when its part shrinks; -Infinity where it may not. */
  readonly shrinking: Float64Array
  /** The largest part there has been: what rounding leaves in the others is of its size. */
  largest: number
}

export interface Dual {
  readonly rows: number
  /** Row-major rows x rows. */
  readonly kernel: Float64Array
  readonly targets: Float64Array
  readonly epsilon: number
  readonly groups: readonly Group[]
  /** Kb - y. */
  readonly gradient: Float64Array
}

/** `start`: the parts to begin with, one list a group; 0 where none are given. They are brought into the boxes and to the sums. */
export function dual(
  { kernel, targets, epsilon }: Pick<Dual, 'kernel' | 'targets' | 'epsilon'>,
  boxes: readonly Pick<Group, 'low' | 'high' | 'sum'>[],
  start: Solution['parts'],
): Dual {
  const rows = targets.length
  const groups = boxes.map((box, index) => {
    const parts = new Float64Array(rows)
    parts.set(start[index] ?? [])
    const group = { ...box, parts, growing: new Float64Array(rows), shrinking: new Float64Array(rows), largest: 0 }
    complete(group)
    return group
  })
  const problem = { rows, kernel, targets, epsilon, groups, gradient: new Float64Array(rows) }
  settle(problem)
  return problem
}

export interface Solution {
  /** One a row. */
  readonly coefficients: Float64Array
  readonly intercept: number
  readonly parts: readonly Float64Array[]
}

/** Of a minimised problem. */
export function solutionOf(problem: Dual): Solution {
  const { rows, groups } = problem
  const isMoved = groups.map((group) => snap(problem, group)).includes(true)
  if (isMoved) settle(problem)
  const multipliers = groups.map((group) => multiplier(problem, group))
  return {
    coefficients: Float64Array.from({ length: rows }, (_, row) => coefficientOf(problem, row)),
    intercept: 0 - multipliers.reduce((sum, value) => sum + value / groups.length, 0),
    parts: groups.map(({ parts }) => parts),
  }
}

/**
 * Moves the sum of the group to what it must be: evenly over the free parts as far as they go, so that few ends of boxes are met or left, then row
 * after row. From parts that are all 0 this gives the usual start of nu-SVR, in which both parts of a row are equal and the gradient is -y.
 */
function complete({ parts, low, high, sum }: Group): void {
  let lacking = sum
  let free = 0
  for (let row = 0; row < parts.length; row++) {
    const part = parts[row]!
    lacking -= part
    if (part > low && part < high && part !== 0) free++
  }
  const move = (row: number, wanted: number): void => {
    const next = Math.min(Math.max(parts[row]! + wanted, low), high)
    lacking -= next - parts[row]!
    parts[row] = next
  }
  for (let row = 0; row < parts.length && free > 0; row++) {
    const part = parts[row]!
    if (part > low && part < high && part !== 0) move(row, lacking / free--)
  }
  for (let row = 0; row < parts.length && lacking !== 0; row++) move(row, lacking)
}

/**
 * Puts parts that only rounding keeps from an end of their box, or from 0, there: the intercept hangs on which parts are inside. If none is left inside
 * while the sum is no multiple of the box, be it by a rounding of C nu n / 2, what is lacking goes where it costs least. Whether anything was moved.
 */
function snap({ gradient }: Dual, { parts, low, high, sum, growing, shrinking, largest }: Group): boolean {
  const near = 256 * Number.EPSILON * largest
  let moved = false
  let inside = false
  let highs = 0
  let lows = 0
  for (let row = 0; row < parts.length; row++) {
    const part = parts[row]!
    const end = Math.abs(part) < near ? 0 : part < low + near ? low : part > high - near ? high : part
    moved ||= end !== part
    if (end === high) highs++
    else if (end === low) lows++
    else inside ||= end !== 0
    parts[row] = end
  }
  // Counted, not added up: the order of additions would have its say in a rounding.
  const lacking = sum - (highs * high + lows * low)
  if (inside || lacking === 0 || parts.length === 0) return moved
  const sign = Math.sign(lacking)
  const ends = lacking > 0 ? growing : shrinking
  let cheapest = 0
  for (let row = 1; row < parts.length; row++)
    if (sign * (gradient[row]! + ends[row]!) < sign * (gradient[cheapest]! + ends[cheapest]!)) cheapest = row
  parts[cheapest] = Math.min(Math.max(parts[cheapest]! + lacking, low), high)
  return true
}

/** Brings what follows from the parts up to date, from nothing but the parts. */
export function settle(problem: Dual): void {
  const { rows, groups, gradient, targets, kernel } = problem
  for (let row = 0; row < rows; row++) gradient[row] = -targets[row]!
  for (let row = 0; row < rows; row++) {
    for (const group of groups) mark(group, row, problem.epsilon)
    const coefficient = coefficientOf(problem, row)
    if (coefficient !== 0) addRow(gradient, kernel, row * rows, coefficient)
  }
}

/** The size that rounding gives the gradient: no tolerance below it can be met. */
export function rounding(problem: Dual): number {
  let target = 0
  let sum = 0
  for (let row = 0; row < problem.rows; row++) {
    target = Math.max(target, Math.abs(problem.targets[row]!))
    for (const { parts } of problem.groups) sum += Math.abs(parts[row]!)
  }
  return 4 * Number.EPSILON * (largestKernel(problem) * sum + target)
}

function largestKernel({ rows, kernel }: Dual): number {
  let largest = 0
  for (let row = 0; row < rows; row++) largest = Math.max(largest, kernel[row * rows + row]!)
  return largest
}

export function coefficientOf({ groups }: Dual, row: number): number {
  let sum = 0
  for (let index = 0; index < groups.length; index++) sum += groups[index]!.parts[row]!
  return sum
}

/** gradient += weight x the row of the kernel that begins at `from`. */
export function addRow(gradient: Float64Array, kernel: Float64Array, from: number, weight: number): void {
  for (let row = 0; row < gradient.length; row++) gradient[row] = gradient[row]! + weight * kernel[from + row]!
}

/** Brings what follows from one part up to date. */
export function mark(group: Group, row: number, epsilon: number): void {
  const part = group.parts[row]!
  group.growing[row] = part >= group.high ? Infinity : part >= 0 ? epsilon : -epsilon
  group.shrinking[row] = part <= group.low ? -Infinity : part > 0 ? epsilon : -epsilon
  group.largest = Math.max(group.largest, Math.abs(part))
}

/**
 * The group's multiplier: the mean slope of the parts inside their box, or, if there are none, the middle of the interval that the
 * optimality conditions leave (libsvm's convention), of which an open end counts as the other one. Means are taken of differences, so that equal slopes give that slope.
 */
export function multiplier({ gradient, epsilon }: Dual, { parts, low, high, growing, shrinking }: Group): number {
  let least = -Infinity
  let most = Infinity
  let first = 0
  let excess = 0
  let inside = 0
  for (let row = 0; row < parts.length; row++) {
    const part = parts[row]!
    if (part !== 0 && part > low && part < high) {
      const slope = gradient[row]! + (part > 0 ? epsilon : -epsilon)
      if (inside === 0) first = slope
      excess += slope - first
      inside++
    }
    least = Math.max(least, gradient[row]! + shrinking[row]!)
    most = Math.min(most, gradient[row]! + growing[row]!)
  }
  if (inside > 0) return first + excess / inside
  if (least === -Infinity) return most === Infinity ? 0 : most
  return most === Infinity ? least : least + (most - least) / 2
}
