/** The stored study of the reference annealer: ten splits of mlpf.csv, 20 curves to train on and 148 to predict, 25 epochs known. */
import { readFileSync } from 'node:fs'
import { shared } from '../../../../test/shared.ts'
import { matrixOf } from '../../maths/matrix.ts'
import { r2 } from '../../maths/scores.ts'
import { stream } from '../../maths/stream.ts'
import { recordedCurves } from '../curve-tables.laws.ts'
import { fitScaler, scaled, scaledMatrix, unscaled } from '../scaling.ts'
import { predictSvrRows } from '../svr/predict-svr.ts'
import { supported } from '../svr/svr.ts'
import { anneal, annealDefaults } from './anneal.ts'
import { buildQubo, digitWeights } from './build-qubo.ts'
import { combined, meanOf } from './combine.ts'
import { encodingOf, kernelOfRows, reference, termsOf } from './reference.laws.ts'

interface Study {
  /** Of the combinations; the last one is their mean. */
  readonly order: readonly string[]
  readonly summary: { readonly [scalingAndScore: string]: { readonly mean: readonly number[] } }
  readonly splits: readonly { readonly train: readonly number[]; readonly test: readonly number[] }[]
}

/** One a combination. */
type Scores = { readonly [score in 'r2' | 'r2OfScaledTarget']: readonly number[] }

/** A mean over the splits, ours beside the stored one. */
export interface StudyMean {
  readonly what: string
  readonly found: number
  readonly stored: number
}

/** Of each scaling, score and combination. */
export function studyMeans(): StudyMean[] {
  const { study } = JSON.parse(readFileSync(shared.path('spec/golden/qubo.json'), 'utf8')) as { study: Study }
  const { curves } = recordedCurves('mlpf')
  const all = [...curves.keys()].filter((row) => row !== 52)
  return (['min-max on the 20', 'quantile on all rows'] as const).flatMap((scaling) => {
    const isQuantile = scaling.startsWith('quantile')
    const scores = study.splits.map(({ train, test: tested }, seed) =>
      scoresOf(curves, { train, tested, fitOn: isQuantile ? all : train, isQuantile, seed }),
    )
    return (['r2', 'r2OfScaledTarget'] as const).flatMap((score) =>
      study.summary[`${scaling}, ${score}`]!.mean.map((stored, combination) => ({
        what: `${scaling}, ${score} of ${study.order[combination]}`,
        found: scores.reduce((sum, its) => sum + its[score][combination]! / scores.length, 0),
        stored,
      })),
    )
  })
}

function scoresOf(
  curves: readonly (readonly number[])[],
  {
    train,
    tested,
    fitOn,
    isQuantile,
    seed,
  }: {
    readonly train: readonly number[]
    readonly tested: readonly number[]
    readonly fitOn: readonly number[]
    readonly isQuantile: boolean
    readonly seed: number
  },
): Scores {
  const start = (row: number): readonly number[] => curves[row]!.slice(0, 25)
  const end = (row: number): number => curves[row]![99]!
  const kind = isQuantile ? 'quantile' : 'min-max'
  const x = fitScaler(kind, matrixOf(fitOn.map(start)))
  const y = fitScaler(kind, matrixOf(fitOn.map((row) => [end(row)])))
  const rows = scaledMatrix(x, matrixOf(train.map(start)))
  const training = { kernel: kernelOfRows(rows), y: Float64Array.from(train, (row) => scaled(y, [end(row)])[0]!) }
  const settings = { ...annealDefaults, reads: 200, betaRange: [10, 1000] } as const
  const samples = anneal(
    buildQubo(training.kernel, training.y, encodingOf(3), termsOf(0)),
    settings,
    stream(seed, 'study'),
  )
  const tube = { epsilon: reference.settings.epsilon, limit: reference.settings.C }
  const kept = samples.slice(0, 4).map(({ bits }) => bits)
  const seven = combined(training, kept, digitWeights(encodingOf(3)), tube)
  const asked = scaledMatrix(x, matrixOf(tested.map(start)))
  const values = [...seven, meanOf(seven)].map(({ delta, b }) => {
    const svr = supported({ type: 'rbf', gamma: reference.settings.gamma }, rows, { coefficients: delta, intercept: b })
    return Array.from(predictSvrRows(svr, asked))
  })
  const truth = tested.map(end)
  const scaledTruth = truth.map((loss) => scaled(y, [loss])[0]!)
  return {
    r2: values.map((list) =>
      r2(
        truth,
        list.map((value) => unscaled(y, 0, value)),
      ),
    ),
    r2OfScaledTarget: values.map((list) => r2(scaledTruth, list)),
  }
}
