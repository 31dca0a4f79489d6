/** The predictors by the name that a study file gives them. A new one is one file and one line here. */
import { epsilonSvr } from './epsilon-svr.ts'
import { forest } from './forest.ts'
import { lastValue } from './last-value.ts'
import { leastSquares } from './least-squares.ts'
import { nuSvr } from './nu-svr.ts'
import { powerLaw } from './power-law.ts'
import type { PredictorKind } from './predictor.ts'
import { qsvrCombination } from './qsvr-combination.ts'
import { qsvr } from './qsvr.ts'

/** All predictors that a scheduler may name. */
export const predictors: { readonly [name: string]: PredictorKind } = byName([
  nuSvr,
  epsilonSvr,
  qsvr,
  qsvrCombination,
  forest,
  leastSquares,
  powerLaw,
  lastValue,
])

function byName(kinds: readonly PredictorKind[]): { readonly [name: string]: PredictorKind } {
  return Object.fromEntries(kinds.map((kind) => [kind.name, kind]))
}
