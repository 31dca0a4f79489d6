/**
 * The loss stays where it is, but for what the training curves still did on average: the baseline that every predictor must beat.
 *
 * `correction: line` is the least-squares line of the loss at `target` on the last known one, `mean` adds the mean change, `none` nothing. A line needs three
 * curves of which not all stand at the same loss; with less, the mean change is taken.
 *
 * Cost: O(curves).
 */
import { choiceOf } from '../options.ts'
import { calibratedPredictor } from './calibrated.ts'
import type { Predictor, PredictorKind } from './predictor.ts'
import { byRefits, regressionLearner, type Regression, type TrainingRows } from './regression.ts'

const corrections = ['line', 'mean', 'none'] as const

/** mean + slope (last - center). */
interface Line {
  readonly center: number
  readonly mean: number
  readonly slope: number
}

export const lastValue: PredictorKind = {
  name: 'last-value',
  version: 1,
  doc: 'The last known loss, corrected by what the training curves still did after it: a baseline.',
  options: {
    correction: {
      type: 'text',
      default: 'line',
      choices: corrections,
      doc: '`line`: the least-squares line on the last known loss; `mean`: the mean change is added; `none`: nothing is.',
    },
  },
  wantsHyperparameters: () => false,
  create(options): Predictor {
    const correction = choiceOf(options, 'correction', corrections)
    const predict = ({ center, mean, slope }: Line, _row: ArrayLike<number>, last: number): number =>
      mean + slope * (last - center)
    const regression: Regression<Line> = {
      learn: byRefits((rows) => line(rows, correction), predict),
      predict,
      toJson: (fitted) => ({ ...fitted }),
      fromJson: (json) => json as unknown as Line,
      fitMs: (rows) => 0.3 + 0.015 * rows,
    }
    return calibratedPredictor(lastValue, regressionLearner('curve', regression))
  },
}

function line({ y, lasts }: TrainingRows, correction: (typeof corrections)[number]): Line {
  if (correction === 'none') return { center: 0, mean: 0, slope: 1 }
  const center = meanOf(lasts)
  const mean = meanOf(y)
  if (correction === 'mean' || y.length < 3) return { center, mean, slope: 1 }
  let products = 0
  let squares = 0
  for (let row = 0; row < y.length; row++) {
    products += (lasts[row]! - center) * (y[row]! - mean)
    squares += (lasts[row]! - center) ** 2
  }
  const slope = products / squares
  return { center, mean, slope: lasts.every((last) => last === lasts[0]) || !Number.isFinite(slope) ? 1 : slope }
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value / values.length, 0)
}
