/**
 * A normal distribution that is cut to an interval: the probability of the interval, the density within it and quantiles, all with their digits
 * where the interval lies far out in a tail, or is so narrow that two probabilities next to each other would cancel.
 *
 * Invariants
 * - A quantile lies within the interval, and the quantile of p leads back to p.
 */
import { normalCdf, normalLogCdf, normalLogPdf, normalPpf, normalPpfOfLog, normalSurvival } from './normal.ts'

/** Beyond this many standard deviations lies less than half of the last digit of 1. */
const farOut = 8.3

/** log P(a < Z < b) of a standard normal Z; a <= b. */
export function normalLogMass(a: number, b: number): number {
  if (a < -farOut && b > farOut) return 0
  const width = b - a
  const middle = (a + b) / 2
  if (width * (1 + Math.abs(middle)) < 0.05) return normalLogPdf(middle) + Math.log(width) + narrow(width, middle)
  if (a > 0) return tailLogMass(-b, -a)
  if (b < 0) return tailLogMass(a, b)
  return Math.log1p(-((a < -farOut ? 0 : normalCdf(a)) + (b > farOut ? 0 : normalSurvival(b))))
}

/** By how much the mean of the density over the interval is above the density in its middle: Taylor's series, in logarithms. */
function narrow(width: number, middle: number): number {
  const square = width * width
  const m = middle * middle
  return Math.log1p(square * ((m - 1) / 24 + (square * (m * m - 6 * m + 3)) / 1920))
}

/** For b <= 0. */
function tailLogMass(a: number, b: number): number {
  const toB = normalLogCdf(b)
  // P(Z < a) / P(Z < b) is below exp((b^2 - a^2) / 2).
  return (a + b) * (a - b) > 80 ? toB : toB + Math.log1p(-Math.exp(normalLogCdf(a) - toB))
}

export interface Cut {
  readonly mu: number
  readonly sigma: number
  /** May be infinite. */
  readonly low: number
  readonly high: number
}

/** log P(low < X < high) of the uncut X. */
export function truncatedLogMass({ mu, sigma, low, high }: Cut): number {
  return normalLogMass((low - mu) / sigma, (high - mu) / sigma)
}

/** The logarithm of the density at x; -Infinity outside. */
export function truncatedLogPdf(x: number, cut: Cut): number {
  if (!(x >= cut.low && x <= cut.high)) return -Infinity
  return normalLogPdf((x - cut.mu) / cut.sigma) - Math.log(cut.sigma) - truncatedLogMass(cut)
}

/** The x with P(X <= x) = p. */
export function truncatedPpf(p: number, { mu, sigma, low, high }: Cut): number {
  const z = cutPpf(p, (low - mu) / sigma, (high - mu) / sigma)
  return Math.min(Math.max(mu + sigma * z, low), high)
}

function cutPpf(p: number, a: number, b: number): number {
  if (a > 0) return -tailPpf(1 - p, -b, -a)
  if (b < 0) return tailPpf(p, a, b)
  const below = normalCdf(a)
  const above = normalSurvival(b)
  const mass = 1 - below - above
  const fromLeft = below + p * mass
  return fromLeft <= 0.5 ? normalPpf(fromLeft) : -normalPpf(above + (1 - p) * mass)
}

/** For b <= 0: log(P(Z < a) + p P(a < Z < b)), from the larger part on. */
function tailPpf(p: number, a: number, b: number): number {
  if (p <= 0) return a
  const within = Math.log(p) + normalLogMass(a, b)
  const below = normalLogCdf(a)
  const larger = Math.max(within, below)
  return normalPpfOfLog(Math.min(larger + Math.log1p(Math.exp(Math.min(within, below) - larger)), 0))
}
