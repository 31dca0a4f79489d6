/**
 * Scaling of features and targets, column by column, learnt from training rows. Scalers are JSON.
 *
 * - `min-max`: to 0 .. 1 by the smallest and largest training value; later values are not cut. What decisions are made on: better on the loss itself.
 * - `quantile`: to the share of training values below, linear between quantiles; beyond them 0 or 1. scikit-learn's QuantileTransformer with a uniform
 *   output (also its means of both sides at ties), which the published studies use with 50 quantiles.
 * - `none`.
 *
 * Invariants
 * - Training rows come out within 0 .. 1, but for `none`; a column of equal values comes out as 0.
 * - Finite values come out finite, whatever the training rows were; `unscaled` takes a scaled training value back to it (quantiles: to rounding).
 */
import type { Matrix } from '../maths/matrix.ts'
import { sortedQuantile } from '../maths/quantile.ts'

export const scalings = ['min-max', 'quantile', 'none'] as const
export type Scaling = (typeof scalings)[number]

export type Scaler =
  | { readonly type: 'none' }
  /** One low and one span a column. */
  | { readonly type: 'min-max'; readonly low: readonly number[]; readonly span: readonly number[] }
  /** A column's quantiles, ascending: of equally spaced shares from 0 to 1. */
  | { readonly type: 'quantile'; readonly quantiles: readonly (readonly number[])[] }

/** Of finite values. `quantiles`: how many at most; no more than there are rows. */
export function fitScaler(kind: Scaling, columns: Matrix, { quantiles = 50 }: { quantiles?: number } = {}): Scaler {
  switch (kind) {
    case 'none':
      return { type: 'none' }
    case 'min-max':
      return minMax(columns)
    case 'quantile': {
      const count = Math.max(2, Math.min(quantiles, columns.rows))
      const all = Array.from({ length: columns.columns }, (_, column) => columnQuantiles(columns, column, count))
      return { type: 'quantile', quantiles: all }
    }
  }
}

export function scaled(scaler: Scaler, row: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(row)
  scaleInPlace(scaler, values, 0, values.length)
  return values
}

export function scaledMatrix(scaler: Scaler, { rows, columns, values }: Matrix): Matrix {
  const copy = values.slice()
  for (let row = 0; row < rows; row++) scaleInPlace(scaler, copy, row * columns, columns)
  return { rows, columns, values: copy }
}

export function unscaled(scaler: Scaler, column: number, value: number): number {
  switch (scaler.type) {
    case 'none':
      return value
    case 'min-max':
      return finite(scaler.low[column]! + value * scaler.span[column]!)
    case 'quantile':
      return finite(sortedQuantile(scaler.quantiles[column]!, Math.min(Math.max(value, 0), 1)))
  }
}

function minMax({ rows, columns, values }: Matrix): Scaler {
  const low: number[] = []
  const span: number[] = []
  for (let column = 0; column < columns; column++) {
    let least = Infinity
    let most = -Infinity
    for (let at = column; at < rows * columns; at += columns) {
      least = Math.min(least, values[at]!)
      most = Math.max(most, values[at]!)
    }
    low.push(rows === 0 ? 0 : least)
    span.push(most > least ? finite(most - least) : 1)
  }
  return { type: 'min-max', low, span }
}

/**
 * Shares and interpolation are rounded as numpy rounds them (linspace, then percentages; from the nearer end). Where training values are equal, whether a
 * quantile is that value or a last digit beside it decides on which side of the tie it falls.
 */
function columnQuantiles({ rows, columns, values }: Matrix, column: number, count: number): number[] {
  const sorted = Array.from({ length: Math.max(rows, 1) }, (_, row) => values[row * columns + column] ?? 0)
  sorted.sort((a, b) => a - b)
  const found: number[] = []
  for (let index = 0; index < count; index++) {
    const share = index === count - 1 ? 1 : (index * (1 / (count - 1)) * 100) / 100
    const place = (sorted.length - 1) * share
    const below = sorted[Math.floor(place)]!
    const above = sorted[Math.floor(place) + 1] ?? below
    const part = place - Math.floor(place)
    const gap = finite(above - below)
    const value = part < 0.5 ? below + gap * part : above - gap * (1 - part)
    // Rounding between equal neighbours must not make them descend.
    found.push(Math.max(finite(value), found[index - 1] ?? -Infinity))
  }
  return found
}

function scaleInPlace(scaler: Scaler, values: Float64Array, from: number, columns: number): void {
  switch (scaler.type) {
    case 'none':
      return
    case 'min-max':
      for (let column = 0; column < columns; column++)
        values[from + column] = finite(finite(values[from + column]! - scaler.low[column]!) / scaler.span[column]!)
      return
    case 'quantile':
      for (let column = 0; column < columns; column++)
        values[from + column] = shareBelow(scaler.quantiles[column]!, values[from + column]!)
  }
}

function shareBelow(quantiles: readonly number[], value: number): number {
  const last = quantiles.length - 1
  if (value <= quantiles[0]!) return 0
  if (value >= quantiles[last]!) return 1
  const above = firstBeyond(quantiles, value, false)
  const notBelow = firstBeyond(quantiles, value, true)
  // Among quantiles equal to the value: the middle of their shares.
  if (notBelow < above) return (notBelow + above - 1) / 2 / last
  const below = quantiles[above - 1]!
  return (above - 1 + finite(value - below) / finite(quantiles[above]! - below)) / last
}

/** The first index whose quantile is larger than the value, or, with `orEqual`, as large. */
function firstBeyond(quantiles: readonly number[], value: number, orEqual: boolean): number {
  let low = 0
  let high = quantiles.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (quantiles[middle]! > value || (orEqual && quantiles[middle] === value)) high = middle
    else low = middle + 1
  }
  return low
}

/** A difference of finite numbers may overflow. */
function finite(value: number): number {
  return Math.min(Math.max(value, -Number.MAX_VALUE), Number.MAX_VALUE)
}
