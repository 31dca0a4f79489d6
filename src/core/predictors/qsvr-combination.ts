/**
 * Several QSVRs, each trained on a chunk of the curves, as the published predictor studies combine them: of each chunk's seven combinations the one that says the
 * curves of the other chunks best, weighted with its R2 there (qsvr/learner.ts).
 *
 * Where we differ: chunks are dealt out evenly (50 curves are 17, 17 and 16) and in order of the losses, so that each covers their range. Up to 20 curves there
 * are no others to choose by: then it answers as `qsvr` does.
 */
import type { PredictorKind } from './predictor.ts'
import { wantsHyperparameters } from './features.ts'
import { qsvrPredictor } from './qsvr/predictor.ts'
import { qsvrOptions, qsvrSettings } from './qsvr/settings.ts'

export const qsvrCombination: PredictorKind = {
  name: 'qsvr-combination',
  version: 1,
  doc: 'Several `qsvr`, each trained on 20 curves, weighted by how well they say the curves of the others.',
  options: qsvrOptions,
  wantsHyperparameters,
  create: (options) => qsvrPredictor(qsvrCombination, qsvrSettings(options, 'best')),
}
