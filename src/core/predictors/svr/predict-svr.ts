import type { Matrix } from '../../maths/matrix.ts'
import { kernelOfPair, pair } from './kernel.ts'
import type { Svr } from './svr.ts'

export function predictSvr(svr: Svr, x: ArrayLike<number>): number {
  return predicted(svr, x, 0)
}

/** One a row. */
export function predictSvrRows(svr: Svr, { rows, columns, values }: Matrix): Float64Array {
  const found = new Float64Array(rows)
  for (let row = 0; row < rows; row++) found[row] = predicted(svr, values, row * columns)
  return found
}

function predicted(
  { kernel, rows, features, coefficients, intercept }: Svr,
  x: ArrayLike<number>,
  from: number,
): number {
  let sum = 0
  for (let index = 0; index < coefficients.length; index++) {
    sum += coefficients[index]! * kernelOfPair(kernel, pair(kernel.type, rows, index * features, x, from, features))
  }
  return sum + intercept
}
