/** Either kind of support vector regression, by its settings. */
import type { Matrix } from '../../maths/matrix.ts'
import type { Solution } from './dual.ts'
import { type EpsilonSvrOptions, solveEpsilonSvr } from './epsilon-svr.ts'
import { kernelMatrix, kernelOf } from './kernel.ts'
import { type NuSvrOptions, solveNuSvr } from './nu-svr.ts'
import { supported, type Svr } from './svr.ts'

export type SvrSettings =
  ({ readonly type: 'nu-svr' } & NuSvrOptions) | ({ readonly type: 'epsilon-svr' } & EpsilonSvrOptions)

export function fitSvr(x: Matrix, y: Float64Array, settings: SvrSettings): Svr {
  const kernel = kernelOf(settings, x)
  return supported(kernel, x, solveSvr(kernelMatrix(kernel, x), y, settings))
}

/** `kernel`: row-major n x n. `start`: the parts of a solution nearby. */
export function solveSvr(
  kernel: Float64Array,
  y: Float64Array,
  settings: SvrSettings,
  start?: Solution['parts'],
): Solution {
  return settings.type === 'nu-svr'
    ? solveNuSvr(kernel, y, settings, start)
    : solveEpsilonSvr(kernel, y, settings, start)
}
