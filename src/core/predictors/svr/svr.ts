/** What an SVR is once it is trained, whichever way: shared by nu-SVR and epsilon-SVR. */
import type { Matrix } from '../../maths/matrix.ts'

export type Kernel =
  | { readonly type: 'linear' }
  /** exp(-gamma |x - z|^2). */
  | { readonly type: 'rbf'; readonly gamma: number }

/** f(x) = sum over i of coefficients[i] k(rows[i], x) + intercept. */
export interface Svr {
  readonly kernel: Kernel
  /** The training rows with a coefficient other than 0, row-major `coefficients.length` x `features`. */
  readonly rows: Float64Array
  readonly features: number
  readonly coefficients: Float64Array
  readonly intercept: number
}

/** The regression of a solved dual problem. */
export function supported(
  kernel: Kernel,
  { rows, columns, values }: Matrix,
  { coefficients, intercept }: { readonly coefficients: Float64Array; readonly intercept: number },
): Svr {
  const kept = Array.from({ length: rows }, (_, row) => row).filter((row) => coefficients[row] !== 0)
  const support = new Float64Array(kept.length * columns)
  kept.forEach((row, place) => support.set(values.subarray(row * columns, (row + 1) * columns), place * columns))
  return {
    kernel,
    rows: support,
    features: columns,
    coefficients: Float64Array.from(kept, (row) => coefficients[row]!),
    intercept,
  }
}
