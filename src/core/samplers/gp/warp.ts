/**
 * Losses as a Gaussian process likes them: of mean 0 and standard deviation 1, and on a logarithmic scale where that fits better.
 *
 * Losses may span decades (a diverging training beside good ones); then a stationary process sees one cliff and nothing near the best. log(1 + (y - least) /
 * scale) is next to linear near the best and logarithmic above, `scale` beyond it. Which scale, or none, is decided by the likelihood of the losses under the
 * process, with the derivative of the warp (warped Gaussian processes: Snelson, Rasmussen, Ghahramani 2004): smooth functions are left as they are.
 */

export interface Warped {
  readonly y: Float64Array
  /** By row: how much of the loss' standard deviation one unit of loss is here. */
  readonly slope: Float64Array
  /** log of the product of the slopes: what turns a likelihood of `y` into one of the losses. */
  readonly logJacobian: number
}

/** `scale` Infinity: losses as they are. */
export function warp(losses: Float64Array, scale: number): Warped {
  const rows = losses.length
  let least = Infinity
  for (const loss of losses) least = Math.min(least, loss)
  const y = new Float64Array(rows)
  const slope = new Float64Array(rows).fill(1)
  for (let row = 0; row < rows; row++) {
    const above = losses[row]! - least
    y[row] = scale === Infinity ? above : Math.log1p(above / scale)
    if (scale !== Infinity) slope[row] = 1 / (scale + above)
  }
  const { mean, sd } = momentsOf(y)
  let logJacobian = 0
  for (let row = 0; row < rows; row++) {
    y[row] = (y[row]! - mean) / sd
    slope[row]! /= sd
    logJacobian += Math.log(slope[row]!)
  }
  return { y, slope, logJacobian }
}

/** Scales worth a trial: none, and how far the quarter and the half of the losses lie above the least. */
export function scalesOf(losses: Float64Array, quantiles: readonly number[]): number[] {
  const sorted = losses.toSorted()
  const scales = quantiles.map((part) => sorted[Math.floor(part * (sorted.length - 1))]! - sorted[0]!)
  const range = sorted.at(-1)! - sorted[0]!
  return [Infinity, ...new Set(scales.filter((scale) => scale > 1e-9 * range && scale < Infinity))]
}

function momentsOf(values: Float64Array): { readonly mean: number; readonly sd: number } {
  let mean = 0
  for (const value of values) mean += value / values.length
  let squares = 0
  for (const value of values) squares += (value - mean) ** 2 / values.length
  return { mean, sd: squares > 0 ? Math.sqrt(squares) : 1 }
}
