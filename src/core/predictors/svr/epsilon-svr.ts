/**
 * epsilon support vector regression.
 *
 * V. Vapnik, The Nature of Statistical Learning Theory, 1995; A. J. Smola, B. Schoelkopf, A tutorial on support vector regression, Statistics and Computing 14, 2004. Errors
 * up to epsilon cost nothing, larger ones C a unit. Solved by `smo.ts`. alpha and alpha* of a row are never both above 0 at the optimum, so that one coefficient stands for both.
 *
 * Degenerate data: if all targets fit into a tube there is no support vector, and the middle of the tube is predicted; equal rows, one row, no
 * features and no rows are ordinary cases (no rows predict 0).
 */
import { assert } from '../../trial.ts'
import { dual, type Solution, solutionOf } from './dual.ts'
import type { KernelOptions } from './kernel.ts'
import { minimise } from './smo.ts'

export interface EpsilonSvrOptions extends KernelOptions {
  /** The largest size of a coefficient. */
  readonly C: number
  /** Half the width of the tube, in units of y. */
  readonly epsilon: number
  /** By how much the optimality conditions may fail, in units of y. Default 1e-8. */
  readonly tolerance?: number
}

/** `kernel`: row-major n x n. `start`: the parts of a solution nearby, such as that with one row more. */
export function solveEpsilonSvr(
  kernel: Float64Array,
  y: Float64Array,
  { C, epsilon, tolerance = 1e-8 }: Pick<EpsilonSvrOptions, 'C' | 'epsilon' | 'tolerance'>,
  start: Solution['parts'] = [],
): Solution {
  assert(C > 0 && C < Infinity && epsilon >= 0, `C is above 0 and epsilon 0 or more, not ${C} and ${epsilon}`)
  const problem = dual({ kernel, targets: y, epsilon }, [{ low: -C, high: C, sum: 0 }], start)
  minimise(problem, tolerance)
  return solutionOf(problem)
}
