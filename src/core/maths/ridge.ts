/**
 * Ridge regression (Hoerl, Kennard 1970) whose strength is the one of thirteen with the smallest leave-one-out error, which one factorisation a strength
 * gives (PRESS: Allen 1974).
 *
 * Columns are centred and divided by their range, so that none counts for its unit. With p columns and n rows the smaller of a p x p and an
 * n x n system is solved, by Cholesky; both hold the same solution.
 *
 * Cost: 13 (min(n, p)^3 / 6 + n min(n, p)^2) + n p min(n, p).
 */
import { factorise, solve } from './cholesky.ts'
import type { Matrix } from './matrix.ts'

/** mean + sum over columns of weight (value - center). JSON. */
export interface Plane {
  readonly mean: number
  readonly centers: readonly number[]
  readonly weights: readonly number[]
}

export function valueAt({ mean, centers, weights }: Plane, row: ArrayLike<number>): number {
  let value = mean
  for (let column = 0; column < weights.length; column++) value += weights[column]! * (row[column]! - centers[column]!)
  return value
}

/** Of the mean square of a scaled column, times the number of rows. */
const strengths = Array.from({ length: 13 }, (_, step) => 10 ** (step / 2 - 5))

/** Fewer than three rows, or none that differ: the mean of y. */
export function fitRidge(x: Matrix, y: Float64Array): Plane {
  const { rows: n, columns: p } = x
  const mean = y.reduce((sum, value) => sum + value / n, 0)
  const { scaled, centers, ranges } = centred(x)
  let squares = 0
  for (const value of scaled) squares += value * value
  if (n < 3 || squares === 0) return { mean, centers, weights: centers.map(() => 0) }
  const residual = y.map((value) => value - mean)
  const system = p < n ? columnSystem(scaled, n, p) : rowSystem(scaled, n, p)
  let best: Solution = { error: Infinity, weights: new Float64Array(p) }
  for (const strength of strengths) {
    const found = system(residual, (strength * squares) / p)
    if (found.error < best.error) best = found
  }
  return { mean, centers, weights: centers.map((_, column) => best.weights[column]! / ranges[column]!) }
}

/** Weights and the mean square of leave-one-out errors. */
interface Solution {
  readonly error: number
  readonly weights: Float64Array
}

type System = (target: Float64Array, strength: number) => Solution

/** (X'X + s I) w = X'y. Row i's leave-one-out error is its residual / (1 - h), h = 1/n + x_i' (X'X + s I)^-1 x_i. */
function columnSystem(x: Float64Array, n: number, p: number): System {
  const gram = new Float64Array(p * p)
  for (let row = 0; row < n; row++)
    for (let i = 0; i < p; i++) for (let j = 0; j <= i; j++) gram[i * p + j]! += x[row * p + i]! * x[row * p + j]!
  return (target, strength) => {
    const factor = factorOf(gram, p, strength)
    const weights = new Float64Array(p)
    for (let row = 0; row < n; row++) for (let j = 0; j < p; j++) weights[j]! += x[row * p + j]! * target[row]!
    solve(factor, p, p, weights)
    let error = 0
    for (let row = 0; row < n; row++) {
      const values = x.subarray(row * p, (row + 1) * p)
      const solved = values.slice()
      solve(factor, p, p, solved)
      const leverage = 1 / n + product(values, solved)
      error += ((target[row]! - product(values, weights)) / Math.max(1 - leverage, 1e-9)) ** 2 / n
    }
    return { error, weights }
  }
}

/** w = X'a with (XX' + s I) a = y. Residual i is s a_i, and 1 - h = s [(XX' + s I)^-1]_ii - 1/n. */
function rowSystem(x: Float64Array, n: number, p: number): System {
  const gram = new Float64Array(n * n)
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++)
      gram[i * n + j] = product(x.subarray(i * p, (i + 1) * p), x.subarray(j * p, (j + 1) * p))
  return (target, strength) => {
    const factor = factorOf(gram, n, strength)
    const alpha = target.slice()
    solve(factor, n, n, alpha)
    let error = 0
    for (let row = 0; row < n; row++) {
      const inverse = new Float64Array(n)
      inverse[row] = 1
      solve(factor, n, n, inverse)
      error += ((strength * alpha[row]!) / Math.max(strength * inverse[row]! - 1 / n, 1e-9)) ** 2 / n
    }
    const weights = new Float64Array(p)
    for (let row = 0; row < n; row++) for (let j = 0; j < p; j++) weights[j]! += x[row * p + j]! * alpha[row]!
    return { error, weights }
  }
}

function factorOf(gram: Float64Array, size: number, strength: number): Float64Array {
  const factor = gram.slice()
  for (let i = 0; i < size; i++) factor[i * size + i]! += strength
  factorise(factor, size, size, strength / 2)
  return factor
}

function product(left: Float64Array, right: Float64Array): number {
  let sum = 0
  for (let index = 0; index < left.length; index++) sum += left[index]! * right[index]!
  return sum
}

/** Columns less their mean, over their range. A constant column becomes 0. */
function centred({ rows, columns, values }: Matrix): {
  scaled: Float64Array
  centers: number[]
  ranges: number[]
} {
  const scaled = new Float64Array(values.length)
  const centers: number[] = []
  const ranges: number[] = []
  for (let column = 0; column < columns; column++) {
    let low = Infinity
    let high = -Infinity
    let mean = 0
    for (let row = 0; row < rows; row++) {
      const value = values[row * columns + column]!
      low = Math.min(low, value)
      high = Math.max(high, value)
      mean += value / rows
    }
    const range = high > low ? high - low : 1
    if (high > low)
      for (let row = 0; row < rows; row++)
        scaled[row * columns + column] = (values[row * columns + column]! - mean) / range
    centers.push(mean)
    ranges.push(range)
  }
  return { scaled, centers, ranges }
}
