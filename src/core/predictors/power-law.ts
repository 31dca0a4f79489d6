/**
 * A weighted ensemble of parametric learning curves, fitted to the start of the one curve.
 *
 * After Domhan, Springenberg, Hutter 2015: power law, exponential, logarithmic, Janoschek and MMF curves. Each shape of a family's grid is fitted to the start by least squares, its drop
 * drawn towards the drops of the training curves. Within a family, shapes count by how well they fit this start and how often they fitted whole training
 * curves; the families count, beyond that, by how well they predicted the training curves. What the ensemble says is then set right by a small ridge
 * regression on the training curves: of the true change on the predicted one and the last known loss.
 *
 * Where we differ: no Markov chain; the shape parameters lie on a grid (variable projection), so that a prediction costs microseconds and is the same everywhere; and the
 * priors are learnt from the study's own curves.
 *
 * Cost: some 70 shapes x target for each curve; the uncertainty takes as many fits as curves, or ten.
 */
import type { Json } from '../trial.ts'
import { outOfSample, refits } from './calibration.ts'
import { calibratedPredictor, type Learner } from './calibrated.ts'
import { ensembleLoss, learnEnsemble, measure, startSums, type Ensemble } from './curve-ensemble.ts'
import type { PredictorKind } from './predictor.ts'

export const powerLaw: PredictorKind = {
  name: 'power-law',
  version: 1,
  doc: 'A weighted ensemble of parametric learning curves fitted to the start of the curve, with priors from the training curves (after Domhan et al. 2015).',
  options: {},
  wantsHyperparameters: () => false,
  create: () => calibratedPredictor(powerLaw, learner),
}

const learner: Learner<Ensemble> = {
  learn(data, { known, target, seed }) {
    const curves = measure(data, known, target)
    const predicted = outOfSample(curves.length, seed, (rows) => {
      const without = learnEnsemble(
        rows.map((row) => curves[row]!),
        known,
        target,
      )
      return (row) => ensembleLoss(without, curves[row]!.start, curves[row]!.last)
    })
    return { learnt: learnEnsemble(curves, known, target), outOfSample: predicted }
  },
  predict: (learnt, { values }) => ensembleLoss(learnt, startSums(learnt, values), values.at(-1)!),
  toJson: (learnt) => learnt as unknown as Json,
  fromJson: (json) => json as unknown as Ensemble,
  fitMs({ curves, target }) {
    return curves.length * (1e-3 * target + 0.025 * (refits(curves.length) + 1))
  },
}
