/** Differences between two methods that met the same seeds: their mean with a confidence interval by Student's t. */

export interface PairedDifference {
  readonly pairs: number
  readonly mean: number
  /** Limits of the interval; null with fewer than two pairs, which say nothing of their spread. */
  readonly low: number | null
  readonly high: number | null
}

/** first[i] - second[i]; pairs with a value missing (null, or not finite) are left out. null = no pair is left. */
export function pairedDifference(
  first: readonly (number | null)[],
  second: readonly (number | null)[],
  confidence = 0.95,
): PairedDifference | null {
  const differences: number[] = []
  for (const [index, a] of first.entries()) {
    const difference = (a ?? NaN) - (second[index] ?? NaN)
    if (Number.isFinite(difference)) differences.push(difference)
  }
  const pairs = differences.length
  if (pairs === 0) return null
  const mean = differences.reduce((sum, value) => sum + value, 0) / pairs
  if (pairs === 1) return { pairs, mean, low: null, high: null }
  const squares = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const half = tQuantile(0.5 + confidence / 2, pairs - 1) * Math.sqrt(squares / (pairs - 1) / pairs)
  return { pairs, mean, low: mean - half, high: mean + half }
}

/** The quantile of Student's t for a probability from 0.5 up to 1, by bisection of the distribution function. */
export function tQuantile(probability: number, degrees: number): number {
  const wanted = 2 * probability - 1
  let high = 1
  while (tInside(high, degrees) < wanted) high *= 2
  let low = 0
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2
    if (tInside(middle, degrees) < wanted) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** P(|T| < t) for whole degrees of freedom: the finite sums 26.7.3 and 26.7.4 of Abramowitz and Stegun (1964). */
function tInside(t: number, degrees: number): number {
  const theta = Math.atan(t / Math.sqrt(degrees))
  const cosine = Math.cos(theta)
  const isOdd = degrees % 2 === 1
  let term = isOdd ? cosine : 1
  let sum = degrees === 1 ? 0 : term
  for (let k = isOdd ? 3 : 2; k <= degrees - 2; k += 2) {
    term *= ((k - 1) / k) * cosine * cosine
    sum += term
  }
  return isOdd ? (2 / Math.PI) * (theta + Math.sin(theta) * sum) : Math.sin(theta) * sum
}

/** Linear between the two nearest order statistics. Not of an empty list. */
export function quantile(sorted: readonly number[], part: number): number {
  const at = part * (sorted.length - 1)
  const below = Math.floor(at)
  const low = sorted[below] as number
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number
  return low + (at - below) * (high - low)
}
