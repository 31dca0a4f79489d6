/**
 * Gaussian process regression (Rasmussen, Williams 2006): a prior over functions by their covariance, amplitude * k(distance^2) + noise, whose posterior
 * gives a mean and a variance at every place.
 *
 * The distance has a length scale of its own for each parameter (ARD). A place is a row of numbers and, behind them, categories: of two categories
 * the distance is 1 where they differ, whatever they are, which is the distance of the corners of a simplex; so the sum under any radial kernel is a
 * valid covariance. Several columns may share a length scale: that is how `samplers/gp/embedding.ts` puts parameters that may be absent.
 *
 * Cost: n^3 / 6 for a posterior, n^2 / 2 for a prediction with its variance or for one more row.
 *
 * Invariants
 * - The variance is never negative, and never above the amplitude.
 * - Conditioning on the posterior's own mean leaves the mean as it is, up to rounding.
 */
import type { Matrix } from '../maths/matrix.ts'
import { appendRows, factoriseInTiles, solveRows, solveTransposed } from '../maths/triangular.ts'
import type { RadialKernel } from './kernels.ts'

/** Which columns are what. */
export interface Geometry {
  /** So many columns are numbers; the others are categories, by index. */
  readonly numbers: number
  /** By column: its length scale. */
  readonly scaleOf: Uint16Array
  readonly scales: number
}

export interface Observations {
  readonly geometry: Geometry
  readonly x: Matrix
  readonly y: Float64Array
  /** By row: variance of the observation beside the common noise. */
  readonly ownNoise: Float64Array
}

export interface Hyperparameters {
  readonly amplitude: number
  readonly lengthScales: Float64Array
  readonly noise: number
}

/** Pivots below this part of the amplitude are rounding. */
const leastPivot = 1e-13

export interface Posterior {
  readonly geometry: Geometry
  readonly kernel: RadialKernel
  readonly amplitude: number
  readonly noise: number
  /** 1 over the length scale, by column of numbers; its square by column of categories. */
  readonly weights: Float64Array
  /** Rows of numbers over their length scales, and categories. Room for `capacity` rows. */
  readonly x: Float64Array
  readonly lower: Float64Array
  readonly capacity: number
  /** Rows in use. Grows. */
  rows: number
  /** K^-1 y; rows that were added later have 0, as they teach nothing about the mean. */
  readonly alpha: Float64Array
  readonly spare: Float64Array
  readonly slopes: Float64Array
}

/** `capacity`: rows that will ever be held. */
export function posteriorOf(
  observations: Observations,
  { amplitude, lengthScales, noise }: Hyperparameters,
  kernel: RadialKernel,
  capacity: number = observations.x.rows,
): Posterior {
  const { geometry, x, y, ownNoise } = observations
  const { rows, columns } = x
  const weights = Float64Array.from(geometry.scaleOf, (scale, column) =>
    column < geometry.numbers ? 1 / lengthScales[scale]! : 1 / lengthScales[scale]! ** 2,
  )
  const posterior: Posterior = {
    geometry,
    kernel,
    amplitude,
    noise,
    weights,
    x: new Float64Array(capacity * columns),
    lower: new Float64Array(capacity * capacity),
    capacity,
    rows,
    alpha: new Float64Array(capacity),
    spare: new Float64Array(capacity),
    slopes: new Float64Array(capacity),
  }
  for (let row = 0; row < rows; row++) {
    place(posterior, x.values, row * columns, row)
    covariances(posterior, posterior.x, row * columns, row, posterior.lower, row * capacity, false)
    posterior.lower[row * capacity + row] = amplitude + noise + ownNoise[row]!
  }
  factoriseInTiles(posterior.lower, rows, capacity, leastPivot * amplitude)
  posterior.alpha.set(y)
  solveRows(posterior.lower, rows, capacity, posterior.alpha, capacity, 1)
  solveTransposed(posterior.lower, rows, capacity, posterior.alpha)
  return posterior
}

/** Writes a row of places, scaled, as row `row`. */
function place({ geometry, weights, x }: Posterior, values: ArrayLike<number>, from: number, row: number): void {
  const columns = weights.length
  for (let column = 0; column < columns; column++)
    x[row * columns + column] =
      column < geometry.numbers ? values[from + column]! * weights[column]! : values[from + column]!
}

/** Covariances of a scaled place with the first `count` rows. */
function covariances(
  posterior: Posterior,
  scaled: Float64Array,
  at: number,
  count: number,
  result: Float64Array,
  resultAt: number,
  withSlopes: boolean,
): void {
  const { geometry, weights, x, amplitude, kernel, spare, slopes } = posterior
  const columns = weights.length
  const { numbers } = geometry
  for (let row = 0, from = 0; row < count; row++, from += columns) {
    let squared = 0
    for (let column = 0; column < numbers; column++) {
      const difference = scaled[at + column]! - x[from + column]!
      squared += difference * difference
    }
    for (let column = numbers; column < columns; column++)
      if (scaled[at + column] !== x[from + column]) squared += weights[column]!
    spare[row] = squared
  }
  kernel.fill(spare, count, spare, withSlopes ? slopes : null)
  for (let row = 0; row < count; row++) result[resultAt + row] = amplitude * spare[row]!
}

/** Places under consideration, with what has been computed of them. */
export interface Candidates {
  readonly count: number
  readonly mean: Float64Array
  /** Of the function, without noise. */
  readonly variance: Float64Array
  /** L^-1 k, a row of `capacity` numbers each. */
  readonly solved: Float64Array
  /** Scaled. */
  readonly x: Float64Array
}

export function candidatesOf(posterior: Posterior, x: Matrix): Candidates {
  const { capacity, rows, amplitude, alpha, lower } = posterior
  const solved = new Float64Array(x.rows * capacity)
  const mean = new Float64Array(x.rows)
  const variance = new Float64Array(x.rows)
  const scaled = scaledCopy(posterior, x)
  for (let index = 0; index < x.rows; index++) {
    covariances(posterior, scaled, index * x.columns, rows, solved, index * capacity, false)
    mean[index] = product(solved, index * capacity, alpha, 0, rows)
  }
  solveRows(lower, rows, capacity, solved, capacity, x.rows)
  for (let index = 0; index < x.rows; index++) {
    const at = index * capacity
    variance[index] = Math.max(0, amplitude - product(solved, at, solved, at, rows))
  }
  return { count: x.rows, mean, variance, solved, x: scaled }
}

function scaledCopy({ geometry, weights }: Posterior, { values, columns }: Matrix): Float64Array {
  return values.map((value, index) => {
    const column = index % columns
    return column < geometry.numbers ? value * weights[column]! : value
  })
}

/** What is believed is taken for nearly sure: with all the noise, the same place would still promise something, again and again. */
const believedNoise = 1e-6

/**
 * Adds a row at which the mean is believed ("kriging believer": Ginsbourger, Le Riche, Carraro 2010): the mean stays, the variance around it shrinks,
 * also that of the candidates.
 */
export function believe(posterior: Posterior, x: ArrayLike<number>, candidates: Candidates | null): void {
  const { capacity, rows, amplitude, noise, lower, weights } = posterior
  const columns = weights.length
  place(posterior, x, 0, rows)
  covariances(posterior, posterior.x, rows * columns, rows, lower, rows * capacity, false)
  lower[rows * capacity + rows] = amplitude + Math.min(noise, believedNoise * amplitude)
  appendRows(lower, rows, rows + 1, capacity, leastPivot * amplitude)
  posterior.rows = rows + 1
  if (!candidates) return
  const { solved, variance } = candidates
  const own = new Float64Array(candidates.count)
  covariancesWithRow(posterior, candidates, rows, own)
  const pivot = lower[rows * capacity + rows]!
  for (let index = 0; index < candidates.count; index++) {
    const at = index * capacity
    const next = (own[index]! - product(solved, at, lower, rows * capacity, rows)) / pivot
    solved[at + rows] = next
    variance[index] = Math.max(0, variance[index]! - next * next)
  }
}

function covariancesWithRow(posterior: Posterior, candidates: Candidates, row: number, result: Float64Array): void {
  const { geometry, weights, x, amplitude, kernel } = posterior
  const columns = weights.length
  for (let index = 0; index < candidates.count; index++) {
    let squared = 0
    for (let column = 0; column < columns; column++) {
      const one = candidates.x[index * columns + column]!
      const other = x[row * columns + column]!
      if (column < geometry.numbers) squared += (one - other) ** 2
      else if (one !== other) squared += weights[column]!
    }
    result[index] = squared
  }
  kernel.fill(result, candidates.count, result, null)
  for (let index = 0; index < candidates.count; index++) result[index]! *= amplitude
}

/** The mean at one place, which costs less than the variance. */
export function meanAt(posterior: Posterior, at: ArrayLike<number>): number {
  const { rows, alpha, capacity } = posterior
  const own = new Float64Array(capacity)
  covariances(posterior, scaledRow(posterior, at), 0, rows, own, 0, false)
  return product(own, 0, alpha, 0, rows)
}

function scaledRow({ geometry, weights }: Posterior, at: ArrayLike<number>): Float64Array {
  return Float64Array.from(weights, (weight, column) =>
    column < geometry.numbers ? at[column]! * weight : at[column]!,
  )
}

/** What is written at a place, with derivatives by the columns of numbers. */
export interface Prediction {
  mean: number
  variance: number
  readonly meanBy: Float64Array
  readonly varianceBy: Float64Array
}

export function predictionFor({ geometry }: Geometrical): Prediction {
  return {
    mean: 0,
    variance: 0,
    meanBy: new Float64Array(geometry.numbers),
    varianceBy: new Float64Array(geometry.numbers),
  }
}

type Geometrical = Pick<Posterior, 'geometry'>

/** Mean, variance and their derivatives at one place. */
export function predict(posterior: Posterior, at: ArrayLike<number>, result: Prediction): void {
  const { geometry, weights, x, amplitude, alpha, lower, capacity, rows, slopes } = posterior
  const columns = weights.length
  const scaled = scaledRow(posterior, at)
  const solved = new Float64Array(rows)
  covariances(posterior, scaled, 0, rows, solved, 0, true)
  result.mean = product(solved, 0, alpha, 0, rows)
  solveRows(lower, rows, capacity, solved, rows, 1)
  result.variance = Math.max(0, amplitude - product(solved, 0, solved, 0, rows))
  solveTransposed(lower, rows, capacity, solved)
  const { meanBy, varianceBy } = result
  meanBy.fill(0)
  varianceBy.fill(0)
  for (let row = 0; row < rows; row++) {
    const slope = 2 * amplitude * slopes[row]!
    const mean = slope * alpha[row]!
    const variance = -2 * slope * solved[row]!
    for (let column = 0; column < geometry.numbers; column++) {
      const difference = scaled[column]! - x[row * columns + column]!
      meanBy[column]! += mean * difference
      varianceBy[column]! += variance * difference
    }
  }
  for (let column = 0; column < geometry.numbers; column++) {
    meanBy[column]! *= weights[column]!
    varianceBy[column]! *= weights[column]!
  }
}

function product(left: Float64Array, leftAt: number, right: Float64Array, rightAt: number, length: number): number {
  let even = 0
  let odd = 0
  let k = 0
  for (; k + 1 < length; k += 2) {
    even += left[leftAt + k]! * right[rightAt + k]!
    odd += left[leftAt + k + 1]! * right[rightAt + k + 1]!
  }
  if (k < length) even += left[leftAt + k]! * right[rightAt + k]!
  return even + odd
}
