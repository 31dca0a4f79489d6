/**
 * A smooth trend below a node of a tree: a quadratic in every ordered column, fitted by ridge regression to what the nodes above have left over.
 *
 * Leaves that hold a constant can promise nothing better than what was seen; a trend can, between the rows and a little beyond. Trends further down
 * the tree correct those above by less and less, as they see fewer rows: the ridge draws each towards "no correction"
 * (linear trees: Quinlan 1992, M5; local linear forests: Friedberg, Tibshirani, Athey, Wager 2020).
 *
 * Columns are those of the unit cube. A missing value and a category have no trend.
 *
 * Cost of a fit: O(rows x terms^2 + terms^3); of an answer O(terms).
 */
import type { Matrix } from '../maths/matrix.ts'
import type { Column } from './tree-table.ts'

/** Two terms an ordered column, orthogonal over the unit interval: a line and a parabola. The terms of a missing value are 0. */
export function trendTerms(x: Matrix, kinds?: readonly Column[]): Matrix {
  const { rows, columns, values } = x
  const ordered = Array.from({ length: columns }, (_, column) => column).filter(
    (column) => kinds?.[column]?.ordered ?? true,
  )
  const count = ordered.length
  const terms = new Float64Array(rows * 2 * count)
  for (let row = 0; row < rows; row++) {
    const from = row * 2 * count
    for (let place = 0; place < count; place++) {
      const value = values[row * columns + ordered[place]!]!
      if (Number.isNaN(value)) continue
      const z = 2 * value - 1
      terms[from + place] = z
      terms[from + count + place] = 1.5 * z * z - 0.5
    }
  }
  return { rows, columns: 2 * count, values: terms }
}

export interface TrendFit {
  /** y less the trend, changed in place for the rows given. */
  readonly y: Float64Array
  readonly weights: ArrayLike<number>
  readonly terms: Matrix
  /** These rows take part. */
  readonly rows: Int32Array
  readonly ridge: number
  /** How much of the fit is believed. */
  readonly share: number
}

/** Fits y = constant + coefficients . terms, adds the coefficients to `coefficients`, takes the trend out of y and gives the constant. */
export function fitTrend({ y, weights, terms, rows, ridge, share }: TrendFit, coefficients: Float64Array): number {
  const { columns, values } = terms
  const center = new Float64Array(columns)
  let weight = 0
  let mean = 0
  for (const row of rows) {
    weight += weights[row]!
    mean += weights[row]! * y[row]!
    for (let term = 0; term < columns; term++)
      center[term] = center[term]! + weights[row]! * values[row * columns + term]!
  }
  mean /= weight
  for (let term = 0; term < columns; term++) center[term] = center[term]! / weight
  const matrix = new Float64Array(columns * columns)
  const found = new Float64Array(columns)
  const deviation = new Float64Array(columns)
  for (const row of rows) {
    for (let term = 0; term < columns; term++) deviation[term] = values[row * columns + term]! - center[term]!
    const residual = weights[row]! * (y[row]! - mean)
    for (let a = 0; a < columns; a++) {
      const scaled = weights[row]! * deviation[a]!
      found[a] = found[a]! + residual * deviation[a]!
      for (let b = 0, place = a * columns; b <= a; b++, place++) matrix[place] = matrix[place]! + scaled * deviation[b]!
    }
  }
  for (let term = 0; term < columns; term++) matrix[term * (columns + 1)] = matrix[term * (columns + 1)]! + ridge
  solvePositive(matrix, found)
  let constant = mean
  for (let term = 0; term < columns; term++) {
    constant -= found[term]! * center[term]!
    coefficients[term] = coefficients[term]! + share * found[term]!
  }
  for (const row of rows) {
    let fitted = constant
    for (let term = 0; term < columns; term++) fitted += found[term]! * values[row * columns + term]!
    y[row] = y[row]! - share * fitted
  }
  return share * constant
}

/** Solves in place by Cholesky's method; only the lower triangle is read. The ridge keeps every pivot positive. */
function solvePositive(matrix: Float64Array, right: Float64Array): void {
  const n = right.length
  for (let a = 0; a < n; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = matrix[a * n + b]!
      for (let k = 0; k < b; k++) sum -= matrix[a * n + k]! * matrix[b * n + k]!
      matrix[a * n + b] = a === b ? Math.sqrt(sum) : sum / matrix[b * n + b]!
    }
    let sum = right[a]!
    for (let k = 0; k < a; k++) sum -= matrix[a * n + k]! * right[k]!
    right[a] = sum / matrix[a * n + a]!
  }
  for (let a = n - 1; a >= 0; a--) {
    let sum = right[a]!
    for (let k = a + 1; k < n; k++) sum -= matrix[k * n + a]! * right[k]!
    right[a] = sum / matrix[a * n + a]!
  }
}
