/**
 * One loss a trial, all on the scale of full-length trainings, for models that know no epochs.
 *
 * A trial that was stopped or paused early is *lifted* level by level: between neighbouring levels a line is fitted through the trials that
 * have come to both, drawn towards slope 1 and so steady with few of them; the spread about the lines adds up to an uncertainty. Where nobody has come to the full length yet,
 * the furthest level that a few trials have reached stands for it.
 * The other way, `highest`, is that of BOHB (Falkner, Klein, Hutter 2018): only the furthest level with enough trials counts.
 *
 * Cost: O(trials x levels).
 *
 * Invariants
 * - A trial that has come to the reference level keeps its loss, with uncertainty 0.
 * - At equal levels the order of losses is kept.
 */
import { isSettledCode, stateCode, type History } from './history.ts'

export interface Targets {
  /** By trial: NaN = nothing known, +Infinity = failed. */
  readonly y: Float64Array
  /** Uncertainty of y: 0 for what was observed at the reference level. */
  readonly sd: Float64Array
  /** Rows with a finite y, ascending. */
  readonly known: readonly number[]
  /** Rows of trials that have not ended and will, ascending; some are known from their first levels. */
  readonly pending: readonly number[]
  readonly failed: readonly number[]
  /** The epoch that y speaks of. */
  readonly epoch: number
}

export interface TargetOptions {
  readonly objective?: number
  readonly fidelity?: 'lifted' | 'highest'
  /** Trials that a level needs before it can be the reference. */
  readonly needed?: number
}

export function targetsOf(history: History, options: TargetOptions = {}): Targets {
  const { objective = 0, fidelity = 'lifted', needed = 3 } = options
  const { states, levels, epochs, maxEpoch } = history
  const rows = states.length
  const last = history.losses[objective]!
  const atLevels = history.levelLosses[objective]!.map((column) => Float64Array.from(column))
  const top = levels.length - 1
  // What ended by itself before the full length has said its last word.
  for (let row = 0; row < rows; row++)
    if (states[row] === stateCode.complete && epochs[row]! < maxEpoch) atLevels[top]![row] = last[row]!
  const reference = referenceLevel(atLevels, needed)
  const y = new Float64Array(rows).fill(NaN)
  const sd = new Float64Array(rows)
  for (let row = 0; row < rows; row++) y[row] = states[row] === stateCode.failed ? Infinity : atLevels[reference]![row]!
  if (fidelity === 'lifted') lift({ atLevels, reference, y, sd })
  const known: number[] = []
  const pending: number[] = []
  const failed: number[] = []
  for (let row = 0; row < rows; row++) {
    if (Number.isFinite(y[row]!)) known.push(row)
    else if (y[row] === Infinity && states[row] === stateCode.failed) failed.push(row)
    if (!isSettledCode(states[row]!) && states[row] !== stateCode.paused) pending.push(row)
  }
  return { y, sd, known, pending, failed, epoch: levels[reference] ?? maxEpoch }
}

/** The furthest level with enough finite losses; if there is none, the one with most. */
function referenceLevel(atLevels: readonly Float64Array[], needed: number): number {
  let best = 0
  let most = -1
  for (let level = atLevels.length - 1; level >= 0; level--) {
    let count = 0
    for (const loss of atLevels[level]!) if (Number.isFinite(loss)) count++
    if (count >= needed) return level
    if (count > most) [best, most] = [level, count]
  }
  return best
}

interface Line {
  readonly slope: number
  readonly offset: number
  readonly variance: number
}

function lift(given: {
  readonly atLevels: readonly Float64Array[]
  readonly reference: number
  readonly y: Float64Array
  readonly sd: Float64Array
}): void {
  const { atLevels, reference, y, sd } = given
  // From level to reference: lines are joined from the top down.
  let joined: Line = { slope: 1, offset: 0, variance: 0 }
  for (let level = reference - 1; level >= 0; level--) {
    const step = lineBetween(atLevels[level]!, atLevels[level + 1]!)
    joined = {
      slope: joined.slope * step.slope,
      offset: joined.slope * step.offset + joined.offset,
      variance: joined.variance + joined.slope ** 2 * step.variance,
    }
    for (let row = 0; row < y.length; row++) {
      const loss = atLevels[level]![row]!
      if (!Number.isNaN(y[row]!) || !Number.isFinite(loss)) continue
      y[row] = joined.slope * loss + joined.offset
      sd[row] = Math.sqrt(joined.variance)
    }
  }
}

/** So many pairs' worth of belief that losses differ as much at the next level as at this one. */
const pairsBelieved = 5

function lineBetween(from: Float64Array, to: Float64Array): Line {
  let pairs = 0
  let meanFrom = 0
  let meanTo = 0
  for (let row = 0; row < from.length; row++) {
    if (!Number.isFinite(from[row]!) || !Number.isFinite(to[row]!)) continue
    pairs++
    meanFrom += (from[row]! - meanFrom) / pairs
    meanTo += (to[row]! - meanTo) / pairs
  }
  let squares = 0
  let products = 0
  let squaresTo = 0
  for (let row = 0; row < from.length; row++) {
    if (!Number.isFinite(from[row]!) || !Number.isFinite(to[row]!)) continue
    const [a, b] = [from[row]! - meanFrom, to[row]! - meanTo]
    squares += a * a
    products += a * b
    squaresTo += b * b
  }
  if (pairs < 2) return { slope: 1, offset: pairs === 1 ? meanTo - meanFrom : 0, variance: spreadOf(from) / 4 }
  const belief = (pairsBelieved * squares) / pairs
  const slope = squares > 0 ? Math.max(0.1, (products + belief) / (squares + belief)) : 1
  const residual = Math.max(0, squaresTo - 2 * slope * products + slope * slope * squares)
  return { slope, offset: meanTo - slope * meanFrom, variance: residual / Math.max(1, pairs - 1) }
}

/** The variance of what is finite; 0 with fewer than two. */
function spreadOf(values: Float64Array): number {
  let count = 0
  let mean = 0
  let squares = 0
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    count++
    const step = value - mean
    mean += step / count
    squares += step * (value - mean)
  }
  return count < 2 ? 0 : squares / (count - 1)
}
