/**
 * epsilon-support vector regression (Vapnik 1995) on the start of the curve.
 *
 * The width of the tube is given, in units of the scaled target, where nu-SVR finds it. The defaults are those of scikit-learn; the published study of training on
 * 20 curves takes `epsilon: 0.02, gamma: 0.1, C: 67.61`.
 *
 * Cost: as nu-SVR.
 */
import { numberOf } from '../options.ts'
import { calibratedPredictor } from './calibrated.ts'
import { featuresOf, wantsHyperparameters } from './features.ts'
import type { PredictorKind } from './predictor.ts'
import { regressionLearner } from './regression.ts'
import { svrOptions, svrRegression, svrSettings } from './svr-regression.ts'

export const epsilonSvr: PredictorKind = {
  name: 'epsilon-svr',
  version: 1,
  doc: 'epsilon-support vector regression on the known losses.',
  options: {
    ...svrOptions,
    epsilon: {
      type: 'number',
      default: 0.1,
      atLeast: 0,
      doc: 'Errors up to this size cost nothing, in units of the scaled target.',
    },
  },
  wantsHyperparameters,
  create(options) {
    const regression = svrRegression(options, svrSettings(options, { epsilon: numberOf(options, 'epsilon') }))
    return calibratedPredictor(epsilonSvr, regressionLearner(featuresOf(options), regression))
  },
}
