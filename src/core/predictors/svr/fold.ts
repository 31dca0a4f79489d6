/**
 * Refits without some rows: leave-one-out, k-fold. A fold holds the data of one refit, ready for many settings.
 *
 * What all kernels of the rows are made of is computed once; if leaving the rows out does not move the scaling of the features, which with
 * min-max is so for all rows but the extreme ones, it is taken from that of all rows.
 *
 * Cost: n^2 p for the distances of all rows; then a refit costs n^2 exponentials and some Newton steps, and n^2 p more where the scaling moves.
 */
import { columnOf, rowsOf, type Matrix } from '../../maths/matrix.ts'
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
    const keptY = columnOf(kept.map((row) => y[row]!))
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

/**
 * For each row, in units of y, what is predicted without the rows of its part; each row is in one part. Everything is refitted, the scaling too, from
 * the solution of all rows (`start`: its parts), from which leaving out a few is not far.
 */
export function predictLeftOut(
  x: Matrix,
  y: Float64Array,
  settings: SvrSettings & Pick<FoldSettings, 'scaling'>,
  parts: readonly (readonly number[])[],
  start: Solution['parts'],
): Float64Array {
  const without = folding(x, y, settings)
  const predicted = new Float64Array(x.rows)
  for (const part of parts) {
    const found = predictLeft(without(part), settings, start)
    part.forEach((row, place) => (predicted[row] = found[place]!))
  }
  return predicted
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
