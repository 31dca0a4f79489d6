/** What predictions have done, for the view: from a scheduler's models and tallies to plain data in the user's sign. */
import type { Model } from '../predictors/predictor.ts'
import type { AlgorithmDefinition } from '../study/definition.ts'
import type { EarlierCurves } from '../study/fit-input.ts'
import type { ModelView, PredictionView } from './scheduler.ts'

/** What every scheduler that predicts has. */
export interface PredictionSoFar {
  readonly predictor: AlgorithmDefinition
  /** null = one that cannot be trained. */
  readonly models: Iterable<Model | null>
  readonly dropped: number
  readonly spared: number
  readonly earlier: EarlierCurves | null
  readonly isEarlierRefused: boolean
}

/** `more`: what only some schedulers do. */
export function predictionView(
  { predictor, models, dropped, spared, earlier, isEarlierRefused }: PredictionSoFar,
  more: Partial<Pick<PredictionView, 'audit' | 'outcomes' | 'relaxation'>> = {},
): PredictionView {
  return {
    predictor: predictor.type,
    models: [...models]
      .filter((model) => model !== null)
      .map(modelView)
      .sort(byEpochs),
    dropped,
    spared,
    audit: null,
    outcomes: [],
    relaxation: 0,
    ...more,
    earlier: earlier && { source: earlier.source, curves: earlier.curves.length, isRefused: isEarlierRefused },
  }
}

function modelView({ known, target, curves, sigma }: Model): ModelView {
  return { known, target, curves, sigma }
}

function byEpochs(a: ModelView, b: ModelView): number {
  return a.target - b.target || a.known - b.known
}
