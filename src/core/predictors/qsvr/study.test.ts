/** The stored study of the reference annealer: ten splits of mlpf.csv, 20 curves to train on and 148 to predict, 25 epochs known. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { shared } from '../../../../test/shared.ts'
import { matrixOf } from '../../maths/matrix.ts'
import { r2 } from '../../maths/scores.ts'
import { stream } from '../../maths/stream.ts'
import { recordedCurves } from '../curve-tables.laws.ts'
import { fitScaler, scaled, scaledMatrix, unscaled } from '../scaling.ts'
import { squaredDistance } from '../svr/kernel.ts'
import { anneal, annealDefaults } from './anneal.ts'
import { buildQubo, digitWeights } from './build-qubo.ts'
import { combined, meanOf } from './combine.ts'
import { encodingOf, kernelOfRows, reference, termsOf } from './reference.laws.ts'

interface Study {
  readonly order: readonly string[]
  readonly summary: { readonly [scalingAndScore: string]: { readonly mean: readonly number[] } }
  readonly splits: readonly { readonly train: readonly number[]; readonly test: readonly number[] }[]
}

type Scores = { readonly [score in 'r2' | 'r2OfScaledTarget']: readonly number[] }

test(
  'over the stored splits no combination falls short of the reference annealer by more than 0.01 in R2',
  { skip: shared.skip },
  () => {
    const { study } = JSON.parse(readFileSync(shared.path('spec/golden/qubo.json'), 'utf8')) as { study: Study }
    const { curves } = recordedCurves('mlpf')
    const all = [...curves.keys()].filter((row) => row !== 52)
    for (const scaling of ['min-max on the 20', 'quantile on all rows'] as const) {
      const isQuantile = scaling.startsWith('quantile')
      const found = study.splits.map(({ train, test: tested }, number) =>
        scoresOf(curves, { train, tested, fitOn: isQuantile ? all : train, isQuantile, seed: number }),
      )
      for (const score of ['r2', 'r2OfScaledTarget'] as const)
        study.summary[`${scaling}, ${score}`]!.mean.forEach((want, combination) => {
          const mean = found.reduce((sum, scores) => sum + scores[score][combination]! / found.length, 0)
          assert.ok(mean >= want - 0.01, `${scaling}, ${score} of ${study.order[combination]}: ${mean}, not ${want}`)
        })
    }
  },
)

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
  const values = [...seven, meanOf(seven)].map(({ delta, b }) =>
    tested.map((row) => {
      const asked = scaled(x, start(row))
      return delta.reduce(
        (sum, d, j) => sum + d * Math.exp(-0.1 * squaredDistance(asked, 0, rows.values, 25 * j, 25)),
        b,
      )
    }),
  )
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
