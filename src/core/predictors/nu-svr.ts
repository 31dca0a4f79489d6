/**
 * nu-support vector regression (Schölkopf, Smola, Williamson, Bartlett 2000) on the start of the curve: the classical predictor of Swift-Hyperband.
 *
 * With the defaults it is the published one: NuSVR of scikit-learn with C = 1, nu = 0.5, an RBF kernel of width `scale`, on the known losses alone, inputs and target scaled
 * to 0..1 by the training curves, later inputs not cut to that range. It is solved to 1e-8 instead of 1e-3, which moves a prediction by a hundredth of a loss
 * unit at most where losses are some hundred.
 *
 * Cost: some n^2 p + n^3 for n curves of p features; the uncertainty takes n further fits up to 50 curves, ten beyond.
 */
import { numberOf } from '../options.ts'
import { calibratedPredictor } from './calibrated.ts'
import { featuresOf, wantsHyperparameters } from './features.ts'
import type { PredictorKind } from './predictor.ts'
import { regressionLearner } from './regression.ts'
import { svrOptions, svrRegression, svrSettings } from './svr-regression.ts'

export const nuSvr: PredictorKind = {
  name: 'nu-svr',
  version: 1,
  doc: 'nu-support vector regression on the known losses: the classical predictor of Swift-Hyperband.',
  options: {
    ...svrOptions,
    nu: {
      type: 'number',
      default: 0.5,
      above: 0,
      atMost: 1,
      doc: 'At least this share of the curves become support vectors, at most this share lie outside the tube.',
    },
  },
  wantsHyperparameters,
  create(options) {
    const regression = svrRegression(options, svrSettings(options, { nu: numberOf(options, 'nu') }))
    return calibratedPredictor(nuSvr, regressionLearner(featuresOf(options), regression))
  },
}
