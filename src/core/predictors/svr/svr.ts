/** What an SVR is once it is trained, whichever way: shared by nu-SVR and epsilon-SVR. */
import { rowsOf, type Matrix } from '../../maths/matrix.ts'
import type { Json } from '../../trial.ts'

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
  x: Matrix,
  { coefficients, intercept }: { readonly coefficients: Float64Array; readonly intercept: number },
): Svr {
  const kept = Array.from(coefficients.keys()).filter((row) => coefficients[row] !== 0)
  return {
    kernel,
    rows: rowsOf(x, kept).values,
    features: x.columns,
    coefficients: Float64Array.from(kept, (row) => coefficients[row]!),
    intercept,
  }
}

export function svrToJson({ rows, coefficients, ...rest }: Svr): Json {
  return { ...rest, rows: Array.from(rows), coefficients: Array.from(coefficients) }
}

export function svrFromJson(json: Json): Svr {
  const { rows, coefficients, ...rest } = json as unknown as SvrJson
  return { ...rest, rows: Float64Array.from(rows), coefficients: Float64Array.from(coefficients) }
}

type SvrJson = Omit<Svr, 'rows' | 'coefficients'> & {
  readonly rows: readonly number[]
  readonly coefficients: readonly number[]
}
