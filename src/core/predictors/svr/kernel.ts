/**
 * Kernels of support vector regression, over the rows of a matrix.
 *
 * `rbf` is computed from differences, not from norms and dot products: near rows, which learning curves are, would lose half their digits.
 */
import { assert } from '../../trial.ts'
import type { Matrix } from '../../maths/matrix.ts'
import type { Kernel } from './svr.ts'

/** 'scale' = 1 / (columns x population variance over all entries), 'auto' = 1 / columns; 1 where that is no number. */
export type Gamma = 'scale' | 'auto' | number

export interface KernelOptions {
  readonly kernel: 'rbf' | 'linear'
  readonly gamma: Gamma
}

export function kernelOf({ kernel, gamma }: KernelOptions, x: Matrix): Kernel {
  if (kernel === 'linear') return { type: 'linear' }
  if (typeof gamma === 'number') {
    assert(gamma >= 0 && gamma < Infinity, `gamma is a finite number of 0 or more, not ${gamma}`)
    return { type: 'rbf', gamma }
  }
  const width = gamma === 'auto' ? x.columns : x.columns * variance(x.values)
  return { type: 'rbf', gamma: width > 0 && 1 / width < Infinity ? 1 / width : 1 }
}

/** Row-major rows x rows, symmetric to the last bit. */
export function kernelMatrix(kernel: Kernel, x: Matrix): Float64Array {
  return kernelOfPairs(kernel, pairs(kernel.type, x), x.rows)
}

/** What the kernels of all settings are made of: squared distances (rbf) or dot products (linear). Row-major rows x rows. */
export function pairs(type: Kernel['type'], { rows, columns, values }: Matrix): Float64Array {
  const found = new Float64Array(rows * rows)
  for (let i = 0; i < rows; i++)
    for (let j = 0; j <= i; j++) {
      const value = pair(type, values, i * columns, values, j * columns, columns)
      found[i * rows + j] = value
      found[j * rows + i] = value
    }
  return found
}

/** The same of the rows of two matrices. Row-major left.rows x right.rows. */
export function pairsBetween(type: Kernel['type'], left: Matrix, right: Matrix): Float64Array {
  const { columns } = left
  const found = new Float64Array(left.rows * right.rows)
  for (let i = 0; i < left.rows; i++)
    for (let j = 0; j < right.rows; j++)
      found[i * right.rows + j] = pair(type, left.values, i * columns, right.values, j * columns, columns)
  return found
}

/** Of the symmetric pairs of so many rows; they are left as they are. */
export function kernelOfPairs(kernel: Kernel, given: Float64Array, rows: number): Float64Array {
  if (kernel.type === 'linear') return given
  const found = new Float64Array(given.length)
  for (let i = 0; i < rows; i++)
    for (let j = 0; j <= i; j++) {
      const value = Math.exp(-kernel.gamma * given[i * rows + j]!)
      found[i * rows + j] = value
      found[j * rows + i] = value
    }
  return found
}

/** Of the rows of two matrices: row-major left.rows x right.rows. */
export function kernelBetween(kernel: Kernel, left: Matrix, right: Matrix): Float64Array {
  return pairsBetween(kernel.type, left, right).map((value) => kernelOfPair(kernel, value))
}

export function kernelOfPair(kernel: Kernel, given: number): number {
  return kernel.type === 'linear' ? given : Math.exp(-kernel.gamma * given)
}

export function pair(
  type: Kernel['type'],
  left: ArrayLike<number>,
  leftFrom: number,
  right: ArrayLike<number>,
  rightFrom: number,
  length: number,
): number {
  return type === 'rbf'
    ? squaredDistance(left, leftFrom, right, rightFrom, length)
    : dotProduct(left, leftFrom, right, rightFrom, length)
}

/** Four sums side by side: one alone would wait for its own last addition at every step. */
export function squaredDistance(
  left: ArrayLike<number>,
  leftFrom: number,
  right: ArrayLike<number>,
  rightFrom: number,
  length: number,
): number {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  const whole = length - (length % 4)
  for (let k = 0; k < whole; k += 4) {
    const da = left[leftFrom + k]! - right[rightFrom + k]!
    const db = left[leftFrom + k + 1]! - right[rightFrom + k + 1]!
    const dc = left[leftFrom + k + 2]! - right[rightFrom + k + 2]!
    const dd = left[leftFrom + k + 3]! - right[rightFrom + k + 3]!
    a += da * da
    b += db * db
    c += dc * dc
    d += dd * dd
  }
  for (let k = whole; k < length; k++) {
    const da = left[leftFrom + k]! - right[rightFrom + k]!
    a += da * da
  }
  return a + b + (c + d)
}

export function dotProduct(
  left: ArrayLike<number>,
  leftFrom: number,
  right: ArrayLike<number>,
  rightFrom: number,
  length: number,
): number {
  let sum = 0
  for (let k = 0; k < length; k++) sum += left[leftFrom + k]! * right[rightFrom + k]!
  return sum
}

function variance(values: Float64Array): number {
  let sum = 0
  for (let index = 0; index < values.length; index++) sum += values[index]!
  const mean = sum / values.length
  let squares = 0
  for (let index = 0; index < values.length; index++) squares += (values[index]! - mean) ** 2
  return squares / values.length
}
