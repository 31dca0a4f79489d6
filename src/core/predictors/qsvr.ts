/**
 * Support vector regression trained on an annealer: the predictor of Quantum-Swift-Hyperband.
 *
 * Coefficients are digits of few bits and training is a QUBO (qsvr/build-qubo.ts). It is solved by simulated annealing here (qsvr/anneal.ts), or on a quantum
 * annealer; the best distinct solutions are combined (qsvr/combine.ts). One QSVR holds `chunk` curves; with more, several share them (qsvr/learner.ts).
 *
 * Where we differ: losses are scaled by min-max, not by quantiles, as that is better on the loss itself; with more than 20 curves all are used, not a random
 * 20 of them; the seven combinations are those intended. Uncertainty comes from curves left out, without further annealing (qsvr/left-out.ts).
 *
 * Cost: about 0.3 s for 20 curves, linear in the number of chunks.
 */
import type { PredictorKind } from './predictor.ts'
import { wantsHyperparameters } from './features.ts'
import { qsvrPredictor } from './qsvr/predictor.ts'
import { combinationOption, qsvrOptions, qsvrSettings } from './qsvr/settings.ts'

export const qsvr: PredictorKind = {
  name: 'qsvr',
  version: 1,
  doc: 'Support vector regression trained by annealing, simulated or on a quantum annealer (as in Quantum-Swift-Hyperband).',
  options: { ...combinationOption, ...qsvrOptions },
  wantsHyperparameters,
  create: (options) => {
    const { combination } = options
    return qsvrPredictor(qsvr, qsvrSettings(options, typeof combination === 'number' ? combination : 'mean'))
  },
}
