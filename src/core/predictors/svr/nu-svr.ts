/**
 * nu support vector regression.
 *
 * B. Schoelkopf, A. J. Smola, R. C. Williamson, P. L. Bartlett, New support vector algorithms, Neural Computation 12, 2000. nu in [0, 1] bounds the share of rows outside
 * the tube from above and the share of support vectors from below; the tube's width comes out of the solution. Solved by `smo.ts`; C is that of each row, as libsvm and scikit-learn
 * have it (the paper's is C n).
 *
 * Where we differ from libsvm: the kernel matrix is in double precision, not single. Where it is nearly singular this moves predictions in the sixth digit.
 *
 * Degenerate data: with a constant target nothing is a support vector and the target is predicted; equal rows, one row, no features and no rows are
 * ordinary cases (no rows predict 0); nu = 0 predicts the middle between the smallest and the largest target.
 */
import { assert } from '../../trial.ts'
import { dual, type Solution, solutionOf } from './dual.ts'
import type { KernelOptions } from './kernel.ts'
import { minimise } from './smo.ts'

export interface NuSvrOptions extends KernelOptions {
  /** The largest size of a coefficient. */
  readonly C: number
  readonly nu: number
  /** By how much the optimality conditions may fail, in units of y. Default 1e-8. */
  readonly tolerance?: number
}

/** `kernel`: row-major n x n. `start`: the parts of a solution nearby, such as that with one row more. */
export function solveNuSvr(
  kernel: Float64Array,
  y: Float64Array,
  { C, nu, tolerance = 1e-8 }: Pick<NuSvrOptions, 'C' | 'nu' | 'tolerance'>,
  start: Solution['parts'] = [],
): Solution {
  assert(C > 0 && C < Infinity && nu >= 0 && nu <= 1, `C is above 0 and nu in 0 .. 1, not ${C} and ${nu}`)
  const half = (C * nu * y.length) / 2
  const boxes = [
    { low: 0, high: C, sum: half },
    { low: -C, high: 0, sum: -half },
  ]
  const problem = dual({ kernel, targets: y, epsilon: 0 }, boxes, start)
  minimise(problem, tolerance)
  return solutionOf(problem)
}
