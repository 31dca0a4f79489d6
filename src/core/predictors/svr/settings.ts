/** Either kind of support vector regression, by its settings. */
import type { Matrix } from '../../maths/matrix.ts'
import type { Solution } from './dual.ts'
import { type EpsilonSvrOptions, fitEpsilonSvr, solveEpsilonSvr } from './epsilon-svr.ts'
import { fitNuSvr, type NuSvrOptions, solveNuSvr } from './nu-svr.ts'
import type { Svr } from './svr.ts'

export type SvrSettings =
  ({ readonly type: 'nu-svr' } & NuSvrOptions) | ({ readonly type: 'epsilon-svr' } & EpsilonSvrOptions)

export function fitSvr(x: Matrix, y: Float64Array, settings: SvrSettings): Svr {
  return settings.type === 'nu-svr' ? fitNuSvr(x, y, settings) : fitEpsilonSvr(x, y, settings)
}

/** From the kernel matrix alone. `start`: the parts of a solution nearby. */
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
