/**
 * The seven ways to make one regressor of the kept solutions: their coefficients are averaged with weights that come from how well each of them says the
 * training rows.
 *
 * 0: proportional to 1 / MSE. 1: softmax of 1 / MSE. 2, 3: the same of the log-cosh loss. 4: the best alone. 5: equal. 6: softmax of R2.
 *
 * Where we differ: the published program overwrites the MSE by R2 before it inverts it; these are the weightings that its text intends. What is fitted
 * without error (1 / 0) gets all weight, shared equally.
 */
import { mse, r2 } from '../../maths/scores.ts'
import {
  decoded,
  functionOf,
  regressorOf,
  type Coefficients,
  type Regressor,
  type Training,
  type Tube,
} from './regressor.ts'

export const combinationCount = 7

export interface Scores {
  readonly mse: readonly number[]
  /** sum over rows of log2 cosh(y - f). */
  readonly logCosh: readonly number[]
  readonly r2: readonly number[]
}

/** `solutions`: the bits of the kept answers. Returns seven regressors. */
export function combined(
  training: Training,
  solutions: readonly ArrayLike<number>[],
  weights: Float64Array,
  tube: Tube,
): Regressor[] {
  const coefficients = solutions.map((bits) => decoded(bits, weights))
  const values = coefficients.map((one) => functionOf(training, regressorOf(training, one, tube)))
  return weightings(scoresOf(training.y, values)).map((shares) =>
    regressorOf(training, averaged(coefficients, shares), tube),
  )
}

/** Which regressor answers: one of the seven by its number, their mean, or the one that says other curves best (without others: the mean). */
export type Choice = number | 'mean' | 'best'

/** Where there are no others. */
export function answerOf(seven: readonly Regressor[], choice: Choice): Regressor {
  return (typeof choice === 'number' ? seven[choice] : undefined) ?? meanOf(seven)
}

/** Their mean as functions: the mean of the seven predictions is what Swift-Hyperband's quantum predictor returns. */
export function meanOf(regressors: readonly Regressor[]): Regressor {
  const delta = new Float64Array(regressors[0]!.delta.length)
  let b = 0
  for (const one of regressors) {
    for (let j = 0; j < delta.length; j++) delta[j] = delta[j]! + one.delta[j]! / regressors.length
    b += one.b / regressors.length
  }
  return { delta, b }
}

export function scoresOf(y: Float64Array, predictions: readonly Float64Array[]): Scores {
  return {
    mse: predictions.map((f) => mse(y, f)),
    logCosh: predictions.map((f) => y.reduce((sum, value, n) => sum + log2Cosh(value - f[n]!), 0)),
    r2: predictions.map((f) => r2(y, f)),
  }
}

/** Seven lists of weights, each with a sum of 1. */
export function weightings(scores: Scores): number[][] {
  const inverseMse = scores.mse.map((value) => 1 / value)
  const inverseLogCosh = scores.logCosh.map((value) => 1 / value)
  const best = scores.mse.indexOf(Math.min(...scores.mse))
  return [
    proportional(inverseMse),
    softmax(inverseMse),
    proportional(inverseLogCosh),
    softmax(inverseLogCosh),
    scores.mse.map((_, one) => (one === best ? 1 : 0)),
    scores.mse.map(() => 1 / scores.mse.length),
    softmax(scores.r2),
  ]
}

function averaged(coefficients: readonly Coefficients[], shares: readonly number[]): Coefficients {
  const sum = (member: keyof Coefficients): Float64Array =>
    coefficients[0]![member].map((_, n) =>
      coefficients.reduce((total, one, k) => total + shares[k]! * one[member][n]!, 0),
    )
  return { alpha: sum('alpha'), alphahat: sum('alphahat') }
}

/** log2((e^x + e^-x) / 2), exact for small x and without overflow for large. */
function log2Cosh(x: number): number {
  const size = Math.abs(x)
  return size < 20 ? Math.log1p(2 * Math.sinh(size / 2) ** 2) / Math.LN2 : size / Math.LN2 - 1
}

function proportional(values: readonly number[]): number[] {
  if (values.some((value) => value === Infinity)) return onlyInfinite(values)
  const sum = values.reduce((total, value) => total + value, 0)
  return values.map((value) => value / sum)
}

function softmax(values: readonly number[]): number[] {
  if (values.some((value) => value === Infinity)) return onlyInfinite(values)
  const largest = Math.max(...values)
  return proportional(values.map((value) => Math.exp(value - largest)))
}

function onlyInfinite(values: readonly number[]): number[] {
  const count = values.filter((value) => value === Infinity).length
  return values.map((value) => (value === Infinity ? 1 / count : 0))
}
