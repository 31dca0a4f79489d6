/**
 * Minimisation of a smooth function within bounds, by limited-memory BFGS on the variables that are free to move.
 *
 * The direction is that of L-BFGS (Nocedal 1980) restricted to the free variables: those not held at a bound by the gradient (projected Newton, Bertsekas
 * 1982). The step goes along the direction bent at the bounds, halved (or shortened by a parabola through what is known) until the
 * value has fallen enough (Armijo). Simpler than L-BFGS-B (Byrd, Lu, Nocedal, Zhu 1995), whose generalised Cauchy point finds many active bounds in one
 * iteration: with tens of variables that does not pay.
 *
 * Cost: O(memory x variables) an iteration, beside one or a few evaluations.
 *
 * Invariants
 * - Every place that is evaluated lies within the bounds, and the value of the result is not above that of the start.
 */

export interface MinimiseOptions {
  readonly low: ArrayLike<number>
  readonly high: ArrayLike<number>
  /** Default 100. */
  readonly iterations?: number
  /** It ends when no free variable's derivative is larger. Default 1e-6. */
  readonly gradientTolerance?: number
  /** It ends when an iteration gains less, in parts of the value (at least of 1). Default 1e-9. */
  readonly valueTolerance?: number
}

export interface Minimum {
  readonly place: Float64Array
  readonly value: number
  readonly evaluations: number
}

/** Gives the value and writes the derivatives; a place that cannot be evaluated is NaN or infinite. */
export type Objective = (place: Float64Array, gradient: Float64Array) => number

const memory = 8
const shortestStep = 1e-12
const armijo = 1e-4

export function minimise(objective: Objective, start: ArrayLike<number>, options: MinimiseOptions): Minimum {
  const { low, high, iterations = 100, gradientTolerance = 1e-6, valueTolerance = 1e-9 } = options
  const size = start.length
  let place = Float64Array.from(start, (x, axis) => Math.min(Math.max(x, low[axis]!), high[axis]!))
  let gradient = new Float64Array(size)
  let value = objective(place, gradient)
  let evaluations = 1
  let pairs: Pair[] = []
  const free = new Uint8Array(size)
  for (let iteration = 0; iteration < iterations && Number.isFinite(value); iteration++) {
    const steepest = markFree(free, { place, gradient, low, high })
    if (steepest <= gradientTolerance) break
    let direction = directionOf(gradient, free, pairs)
    if (!(slope(direction, gradient) < 0)) {
      pairs = []
      direction = gradient.map((derivative, axis) => (free[axis] ? -derivative : 0))
    }
    const first = pairs.length === 0 ? Math.min(1, 0.1 / steepest) : 1
    const search = lineSearch(objective, { place, value, gradient, direction, low, high, first })
    evaluations += search.evaluations
    const { next } = search
    if (!next) {
      if (pairs.length === 0) break
      pairs = []
      continue
    }
    remember(pairs, { place, gradient }, next)
    const gain = value - next.value
    ;({ place, gradient, value } = next)
    if (gain <= valueTolerance * Math.max(1, Math.abs(value))) break
  }
  return { place, value, evaluations }
}

interface State {
  readonly place: Float64Array<ArrayBuffer>
  readonly gradient: Float64Array<ArrayBuffer>
}

/** A step, the change of the gradient along it, and 1 over their product. */
interface Pair {
  readonly step: Float64Array
  readonly change: Float64Array
  readonly scale: number
}

/** Gives the largest derivative of a free variable. */
function markFree(
  free: Uint8Array,
  at: State & { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> },
): number {
  let steepest = 0
  for (let axis = 0; axis < free.length; axis++) {
    const derivative = at.gradient[axis]!
    const isHeld = derivative > 0 ? at.place[axis]! <= at.low[axis]! : at.place[axis]! >= at.high[axis]!
    free[axis] = isHeld ? 0 : 1
    if (!isHeld) steepest = Math.max(steepest, Math.abs(derivative))
  }
  return steepest
}

/** The two loops of L-BFGS, over free variables only. */
function directionOf(gradient: Float64Array, free: Uint8Array, pairs: readonly Pair[]): Float64Array<ArrayBuffer> {
  const direction = Float64Array.from(gradient, (derivative, axis) => (free[axis] ? -derivative : 0))
  const factors: number[] = []
  for (const { step, change, scale } of pairs.toReversed()) {
    const factor = scale * freeProduct(step, direction, free)
    factors.push(factor)
    for (let axis = 0; axis < direction.length; axis++) if (free[axis]) direction[axis]! -= factor * change[axis]!
  }
  const last = pairs.at(-1)
  if (last) {
    const squares = freeProduct(last.change, last.change, free)
    const curvature = freeProduct(last.step, last.change, free)
    if (curvature > 0) for (let axis = 0; axis < direction.length; axis++) direction[axis]! *= curvature / squares
  }
  for (const { step, change, scale } of pairs) {
    const factor = factors.pop()! - scale * freeProduct(change, direction, free)
    for (let axis = 0; axis < direction.length; axis++) if (free[axis]) direction[axis]! += factor * step[axis]!
  }
  return direction
}

interface LineSearch extends State {
  readonly value: number
  readonly direction: Float64Array
  readonly low: ArrayLike<number>
  readonly high: ArrayLike<number>
  readonly first: number
}

function lineSearch(
  objective: Objective,
  from: LineSearch,
): { readonly next: (State & { readonly value: number }) | null; readonly evaluations: number } {
  const { place, value, gradient, direction, low, high, first } = from
  const size = place.length
  for (let step = first, evaluations = 1; step > shortestStep; evaluations++) {
    const tried = new Float64Array(size)
    let expected = 0
    for (let axis = 0; axis < size; axis++) {
      tried[axis] = Math.min(Math.max(place[axis]! + step * direction[axis]!, low[axis]!), high[axis]!)
      expected += gradient[axis]! * (tried[axis]! - place[axis]!)
    }
    if (expected >= 0) return { next: null, evaluations: evaluations - 1 }
    const own = new Float64Array(size)
    const reached = objective(tried, own)
    if (reached <= value + armijo * expected)
      return { next: { place: tried, gradient: own, value: reached }, evaluations }
    // The parabola through the value and slope here and the value there has its lowest place at this part of the step.
    const part = Number.isFinite(reached) ? -expected / (2 * (reached - value - expected)) : 0
    step *= Math.min(Math.max(part, 0.1), 0.5)
    if (evaluations >= 30) break
  }
  return { next: null, evaluations: 30 }
}

function remember(pairs: Pair[], from: State, to: State): void {
  const step = to.place.map((x, axis) => x - from.place[axis]!)
  const change = to.gradient.map((derivative, axis) => derivative - from.gradient[axis]!)
  const curvature = slope(step, change)
  // Armijo alone does not see to positive curvature: other pairs would spoil the model.
  if (curvature <= 1e-10 * Math.sqrt(slope(step, step) * slope(change, change))) return
  pairs.push({ step, change, scale: 1 / curvature })
  if (pairs.length > memory) pairs.shift()
}

function slope(left: Float64Array, right: Float64Array): number {
  let sum = 0
  for (let axis = 0; axis < left.length; axis++) sum += left[axis]! * right[axis]!
  return sum
}

function freeProduct(left: Float64Array, right: Float64Array, free: Uint8Array): number {
  let sum = 0
  for (let axis = 0; axis < left.length; axis++) if (free[axis]) sum += left[axis]! * right[axis]!
  return sum
}
