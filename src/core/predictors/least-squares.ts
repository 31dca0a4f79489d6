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
import { featuresOf, featuresOption, wantsHyperparameters } from './features.ts'
import type { PredictorKind } from './predictor.ts'
import { byRefits, regressionLearner, type Regression, type TrainingRows } from './regression.ts'

export const leastSquares: PredictorKind = {
  name: 'least-squares',
  version: 1,
  doc: 'Ridge regression of the change from the last known loss, its strength chosen by leave-one-out (as in Baker et al. 2017, steadied).',
  options: { features: featuresOption },
  wantsHyperparameters,
  create: (options) => calibratedPredictor(leastSquares, regressionLearner(featuresOf(options), regression)),
}

function changePlane({ x, y, lasts }: TrainingRows): Plane {
  const changes = y.map((loss, row) => loss - lasts[row]!)
  return fitRidge(x, changes)
}

function predict(plane: Plane, row: ArrayLike<number>, last: number): number {
  return last + valueAt(plane, row)
}

const regression: Regression<Plane> = {
  learn: byRefits(changePlane, predict),
  predict,
  toJson: (plane) => ({ ...plane }),
  fromJson: (json) => json as unknown as Plane,
  fitMs: (rows, columns) => {
    const small = Math.min(rows, columns)
    const operations = 13 * (small ** 3 / 6 + rows * small ** 2) + 2 * rows * columns * small
    return (refits(rows) + 1) * (0.3 + 1.2e-6 * operations)
  },
}
