/**
 * How likely observations are under a Gaussian process, and the hyperparameters that make them most likely (times a prior).
 *
 * log p(y) = -1/2 y' K^-1 y - 1/2 log |K| - n/2 log 2 pi; its derivatives by the logarithms of the hyperparameters are 1/2 tr((a a' - K^-1) dK), a = K^-1 y
 * (Rasmussen, Williams 2006, section 5.4). Maximised over the logarithms by `maths/lbfgs.ts` from the starts that are given; all but the best after a few
 * iterations are given up.
 *
 * Cost: n^3 / 2 + n^2 length scales an evaluation.
 */
import { minimise } from '../maths/lbfgs.ts'
import { factoriseInTiles, inverseFromFactor, solveRows, solveTransposed } from '../maths/triangular.ts'
import type { Hyperparameters, Observations } from './gaussian-process.ts'
import type { RadialKernel } from './kernels.ts'

/** By the logarithms of amplitude, length scales and noise, in this order. */
export type Likelihood = (logs: Float64Array, gradient: Float64Array) => number

/** The function can be asked again and again; distances are computed once. */
export function likelihoodOf(observations: Observations, kernel: RadialKernel): Likelihood {
  const { geometry, x, y, ownNoise } = observations
  const { rows } = x
  const { scales } = geometry
  const distances = distancesOf(observations)
  const pairs = (rows * (rows - 1)) / 2
  const values = new Float64Array(pairs)
  const slopes = new Float64Array(pairs)
  const lower = new Float64Array(rows * rows)
  const alpha = new Float64Array(rows)
  return (logs, gradient) => {
    const amplitude = Math.exp(logs[0]!)
    const noise = Math.exp(logs[scales + 1]!)
    const weights = Float64Array.from({ length: scales }, (_, scale) => Math.exp(-2 * logs[scale + 1]!))
    values.fill(0)
    for (let scale = 0; scale < scales; scale++) {
      const weight = weights[scale]!
      const own = distances[scale]!
      for (let pair = 0; pair < pairs; pair++) values[pair]! += weight * own[pair]!
    }
    kernel.fill(values, pairs, values, slopes)
    for (let row = 0, pair = 0; row < rows; row++) {
      for (let other = 0; other < row; other++, pair++) lower[row * rows + other] = amplitude * values[pair]!
      lower[row * rows + row] = amplitude + noise + ownNoise[row]!
    }
    factoriseInTiles(lower, rows, rows, 1e-13 * amplitude)
    alpha.set(y)
    solveRows(lower, rows, rows, alpha, rows, 1)
    let likelihood = (-rows / 2) * Math.log(2 * Math.PI)
    for (let row = 0; row < rows; row++) likelihood -= alpha[row]! ** 2 / 2 + Math.log(lower[row * rows + row]!)
    solveTransposed(lower, rows, rows, alpha)
    const inverse = inverseFromFactor(lower, rows, rows)
    let [byAmplitude, byNoise] = [0, 0]
    for (let row = 0, pair = 0; row < rows; row++) {
      for (let other = 0; other < row; other++, pair++) {
        const part = amplitude * (alpha[row]! * alpha[other]! - inverse[row * rows + other]!)
        byAmplitude += part * values[pair]!
        slopes[pair]! *= -2 * part
      }
      const own = (alpha[row]! ** 2 - inverse[row * rows + row]!) / 2
      byAmplitude += amplitude * own
      byNoise += noise * own
    }
    gradient[0] = byAmplitude
    gradient[scales + 1] = byNoise
    for (let scale = 0; scale < scales; scale++) {
      const own = distances[scale]!
      let sum = 0
      for (let pair = 0; pair < pairs; pair++) sum += slopes[pair]! * own[pair]!
      gradient[scale + 1] = weights[scale]! * sum
    }
    return likelihood
  }
}

/** By length scale: squared distances of all pairs of rows, (1, 0), (2, 0), (2, 1), ... */
function distancesOf({ geometry, x }: Observations): Float64Array[] {
  const { rows, columns, values } = x
  const pairs = (rows * (rows - 1)) / 2
  const distances = Array.from({ length: geometry.scales }, () => new Float64Array(pairs))
  for (let column = 0; column < columns; column++) {
    const own = distances[geometry.scaleOf[column]!]!
    const isNumber = column < geometry.numbers
    for (let row = 1, pair = 0; row < rows; row++) {
      const value = values[row * columns + column]!
      for (let other = 0; other < row; other++, pair++) {
        const difference = value - values[other * columns + column]!
        own[pair]! += isNumber ? difference * difference : difference === 0 ? 0 : 1
      }
    }
  }
  return distances
}

/** The logarithm of a density over the logarithms, up to a constant; adds its derivatives. */
export type LogPrior = (logs: Float64Array, gradient: Float64Array) => number

export interface FitOptions {
  /** Logarithms. */
  readonly starts: readonly Float64Array[]
  readonly low: Float64Array
  readonly high: Float64Array
  readonly iterations: number
  readonly prior?: LogPrior
}

export interface Fit {
  readonly logs: Float64Array
  /** Likelihood times prior. */
  readonly value: number
}

const firstIterations = 8

export function fitHyperparameters(likelihood: Likelihood, options: FitOptions): Fit {
  const { starts, low, high, iterations, prior } = options
  const objective = (logs: Float64Array, gradient: Float64Array): number => {
    let value = likelihood(logs, gradient)
    if (prior) value += prior(logs, gradient)
    for (let index = 0; index < gradient.length; index++) gradient[index]! *= -1
    return -value
  }
  const bounds = { low, high, gradientTolerance: 1e-3, valueTolerance: 1e-7 }
  const alone = starts.length === 1
  let best: Fit = { logs: starts[0]!, value: -Infinity }
  for (const start of starts) {
    const found = minimise(objective, start, { ...bounds, iterations: alone ? iterations : firstIterations })
    if (-found.value > best.value) best = { logs: found.place, value: -found.value }
  }
  if (alone) return best
  const found = minimise(objective, best.logs, { ...bounds, iterations })
  return -found.value > best.value ? { logs: found.place, value: -found.value } : best
}

export function hyperparametersOf(logs: Float64Array): Hyperparameters {
  const values = logs.map(Math.exp)
  return { amplitude: values[0]!, lengthScales: values.slice(1, -1), noise: values.at(-1)! }
}
