/**
 * How well predictions agree with the truth.
 *
 * r2 is scikit-learn's: a truth that is constant gives 1 if it is met exactly, else 0. Correlations are NaN where one side is constant; Spearman's is Pearson's of
 * the average ranks; Kendall's is tau-b, counted by merge sort (Knight 1966) in O(n log n).
 */
import { assert } from '../trial.ts'

export function r2(truth: ArrayLike<number>, prediction: ArrayLike<number>): number {
  const mean = meanOf(truth)
  let residual = 0
  let total = 0
  for (let index = 0; index < pairs(truth, prediction); index++) {
    residual += (truth[index]! - prediction[index]!) ** 2
    total += (truth[index]! - mean) ** 2
  }
  if (isConstant(truth)) return residual === 0 ? 1 : 0
  return 1 - residual / total
}

/** Mean squared error. */
export function mse(truth: ArrayLike<number>, prediction: ArrayLike<number>): number {
  let sum = 0
  for (let index = 0; index < pairs(truth, prediction); index++) sum += (truth[index]! - prediction[index]!) ** 2
  return sum / truth.length
}

/** Mean absolute error. */
export function mae(truth: ArrayLike<number>, prediction: ArrayLike<number>): number {
  let sum = 0
  for (let index = 0; index < pairs(truth, prediction); index++) sum += Math.abs(truth[index]! - prediction[index]!)
  return sum / truth.length
}

export function pearson(left: ArrayLike<number>, right: ArrayLike<number>): number {
  const leftMean = meanOf(left)
  const rightMean = meanOf(right)
  let both = 0
  let leftSquares = 0
  let rightSquares = 0
  for (let index = 0; index < pairs(left, right); index++) {
    const a = left[index]! - leftMean
    const b = right[index]! - rightMean
    both += a * b
    leftSquares += a * a
    rightSquares += b * b
  }
  // Rounding of the mean leaves a constant side a little spread, which is none.
  if (isConstant(left) || isConstant(right)) return NaN
  return Math.max(-1, Math.min(1, both / Math.sqrt(leftSquares * rightSquares)))
}

export function spearman(left: ArrayLike<number>, right: ArrayLike<number>): number {
  return pearson(averageRanks(left), averageRanks(right))
}

/** Ranks from 1; equal values share the mean of theirs. */
export function averageRanks(values: ArrayLike<number>): number[] {
  const order = Array.from(values, (_, index) => index).sort((a, b) => values[a]! - values[b]!)
  const ranks = order.map(() => 0)
  for (let start = 0; start < order.length;) {
    let end = start + 1
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++
    for (let place = start; place < end; place++) ranks[order[place]!] = (start + 1 + end) / 2
    start = end
  }
  return ranks
}

/** Kendall's tau-b. */
export function kendall(left: ArrayLike<number>, right: ArrayLike<number>): number {
  const count = pairs(left, right)
  const order = Array.from(left, (_, index) => index)
  order.sort((a, b) => left[a]! - left[b]! || right[a]! - right[b]!)
  const ties = (isTied: (a: number, b: number) => boolean, sorted: readonly number[]): number => {
    let found = 0
    for (let start = 0; start < sorted.length;) {
      let end = start + 1
      while (end < sorted.length && isTied(sorted[start]!, sorted[end]!)) end++
      found += ((end - start) * (end - start - 1)) / 2
      start = end
    }
    return found
  }
  const leftTies = ties((a, b) => left[a] === left[b], order)
  const bothTies = ties((a, b) => left[a] === left[b] && right[a] === right[b], order)
  const sequence = Float64Array.from(order, (index) => right[index]!)
  const discordant = inversions(sequence)
  const rightTies = ties(
    (a, b) => right[a] === right[b],
    [...order].sort((a, b) => right[a]! - right[b]!),
  )
  const all = (count * (count - 1)) / 2
  const untied = Math.sqrt(all - leftTies) * Math.sqrt(all - rightTies)
  return untied === 0 ? NaN : (all - leftTies - rightTies + bothTies - 2 * discordant) / untied
}

/** How many pairs stand in the wrong order; sorts `values`. */
function inversions(values: Float64Array): number {
  let found = 0
  let from: Float64Array = values
  let into: Float64Array = new Float64Array(values.length)
  for (let width = 1; width < values.length; width *= 2) {
    for (let start = 0; start < values.length; start += 2 * width) {
      const middle = Math.min(start + width, values.length)
      const end = Math.min(start + 2 * width, values.length)
      let left = start
      let right = middle
      for (let place = start; place < end; place++) {
        if (left < middle && (right >= end || from[left]! <= from[right]!)) into[place] = from[left++]!
        else {
          into[place] = from[right++]!
          found += middle - left
        }
      }
    }
    ;[from, into] = [into, from]
  }
  return found
}

function pairs(left: ArrayLike<number>, right: ArrayLike<number>): number {
  assert(left.length === right.length && left.length > 0, 'as many predictions as truths, one at least')
  return left.length
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0
  for (let index = 0; index < values.length; index++) sum += values[index]!
  return sum / values.length
}

function isConstant(values: ArrayLike<number>): boolean {
  for (let index = 1; index < values.length; index++) if (values[index] !== values[0]) return false
  return true
}
