/**
 * Linear least squares on the features, held steady by a ridge.
 *
 * One of the predictors of Baker, Gupta, Raskar, Naik 2017 (ordinary least squares). The values of a learning curve are nearly the same column many times over, and there are
 * often fewer curves than epochs, so that we add a ridge. It draws towards *the loss stays where it is, but for the mean change*: what is fitted is the
 * change from the last known loss.
 *
 * Cost: see `fitRidge`; the uncertainty takes as many fits as curves up to 50, ten beyond.
 */
import { fitRidge, valueAt, type Plane } from '../maths/ridge.ts'
import { refits } from './calibration.ts'
import { calibratedPredictor } from './calibrated.ts'
import { featuresOption, wantsHyperparameters } from './features.ts'
import type { PredictorKind } from './predictor.ts'
import { regressionLearner, type Regression } from './regression.ts'

export const leastSquares: PredictorKind = {
  name: 'least-squares',
  version: 1,
  doc: 'Ridge regression of the change from the last known loss, its strength chosen by leave-one-out (as in Baker et al. 2017, steadied).',
  options: { features: featuresOption },
  wantsHyperparameters: (options) => wantsHyperparameters(String(options['features'])),
  create: (options) => calibratedPredictor(leastSquares, regressionLearner(String(options['features']), regression)),
}

const regression: Regression<null, Plane> = {
  settle: () => null,
  fit: ({ x, y, lasts }) =>
    fitRidge(
      x,
      y.map((loss, row) => loss - lasts[row]!),
    ),
  predict: (plane, row, last) => last + valueAt(plane, row),
  toJson: ({ mean, centers, weights }) => ({ mean, centers, weights }),
  fromJson: (json) => json as unknown as Plane,
  fitMs: (rows, columns) => {
    const small = Math.min(rows, columns)
    const operations = 13 * (small ** 3 / 6 + rows * small ** 2) + 2 * rows * columns * small
    return (refits(rows) + 1) * (0.3 + 1.2e-6 * operations)
  },
}
