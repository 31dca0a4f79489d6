/**
 * Some rows left out and the others scaled without them: the data of one refit, ready for many settings.
 *
 * What all kernels of the rows are made of is computed once; if leaving the rows out does not move the scaling of the features, which with
 * min-max is so for all rows but the extreme ones, it is taken from that of all rows.
 */
import type { Matrix } from '../../maths/matrix.ts'
import { fitScaler, scaledMatrix, type Scaler, type Scaling, unscaled } from '../scaling.ts'
import type { Solution } from './dual.ts'
import { kernelOf, kernelOfPair, kernelOfPairs, pairs, pairsBetween } from './kernel.ts'
import { solveSvr, type SvrSettings } from './settings.ts'
import type { Kernel } from './svr.ts'

export interface Fold {
  readonly left: readonly number[]
  readonly kept: readonly number[]
  /** Of the kept rows, scaled. */
  readonly x: Matrix
  readonly y: Float64Array
  /** Row-major kept x kept. */
  readonly within: Float64Array
  /** Row-major left x kept. */
  readonly between: Float64Array
  readonly yScaler: Scaler
}

export interface FoldSettings {
  readonly scaling: Scaling
  readonly kernel: Kernel['type']
}

/** Makes folds of these rows: which are left out is told one fold at a time. */
export function folding(
  x: Matrix,
  y: Float64Array,
  { scaling, kernel }: FoldSettings,
): (left: readonly number[]) => Fold {
  const scaler = fitScaler(scaling, x)
  const all = scaledMatrix(scaler, x)
  const allPairs = pairs(kernel, all)
  return (left) => {
    const isLeft = new Set(left)
    const kept = Array.from({ length: x.rows }, (_, row) => row).filter((row) => !isLeft.has(row))
    const keptRows = rowsOf(x, kept)
    const own = fitScaler(scaling, keptRows)
    const isSame = sameScaler(own, scaler)
    const keptX = isSame ? rowsOf(all, kept) : scaledMatrix(own, keptRows)
    const keptY: Matrix = { rows: kept.length, columns: 1, values: Float64Array.from(kept, (row) => y[row]!) }
    const yScaler = fitScaler(scaling, keptY)
    return {
      left,
      kept,
      x: keptX,
      y: scaledMatrix(yScaler, keptY).values,
      within: isSame ? chosen(allPairs, x.rows, kept, kept) : pairs(kernel, keptX),
      between: isSame
        ? chosen(allPairs, x.rows, left, kept)
        : pairsBetween(kernel, scaledMatrix(own, rowsOf(x, left)), keptX),
      yScaler,
    }
  }
}

/** For each row left out, in units of y, what is predicted without it. `start`: parts of a solution of all rows. */
export function predictLeft(fold: Fold, settings: SvrSettings, start: Solution['parts'] = []): Float64Array {
  const { kept, x, y, within, between, yScaler } = fold
  const kernel = kernelOf(settings, x)
  const { coefficients, intercept } = solveSvr(
    kernelOfPairs(kernel, within, kept.length),
    y,
    settings,
    start.map((parts) => Float64Array.from(kept, (row) => parts[row]!)),
  )
  return Float64Array.from(fold.left, (_, place) => {
    let sum = 0
    for (let at = 0; at < kept.length; at++)
      sum += coefficients[at]! * kernelOfPair(kernel, between[place * kept.length + at]!)
    return unscaled(yScaler, 0, sum + intercept)
  })
}

function rowsOf({ columns, values }: Matrix, rows: readonly number[]): Matrix {
  const chosenValues = new Float64Array(rows.length * columns)
  rows.forEach((row, place) => chosenValues.set(values.subarray(row * columns, (row + 1) * columns), place * columns))
  return { rows: rows.length, columns, values: chosenValues }
}

function chosen(all: Float64Array, size: number, rows: readonly number[], columns: readonly number[]): Float64Array {
  const found = new Float64Array(rows.length * columns.length)
  let at = 0
  for (const row of rows) for (const column of columns) found[at++] = all[row * size + column]!
  return found
}

function sameScaler(one: Scaler, other: Scaler): boolean {
  if (one.type === 'none') return true
  if (one.type !== 'min-max' || other.type !== 'min-max') return false
  return one.low.every((low, column) => low === other.low[column] && one.span[column] === other.span[column])
}
