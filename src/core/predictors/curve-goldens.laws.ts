/**
 * Stored scores of support vector regressions on recorded curves (scikit-learn's, on stored folds and splits of mlpf.csv): the numbers, and what must hold of
 * so many of them. The quick suite asks a sample, the heavy one all.
 */
import { ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { shared } from '../../../test/shared.ts'
import { curveTableFromCsv } from '../../simulation/curve-table.ts'
import { columnOf, matrixOf, type Matrix } from '../maths/matrix.ts'
import { r2 } from '../maths/scores.ts'
import { recordedCurves } from './curve-tables.laws.ts'
import { trainingCurves } from './curve.ts'
import { inputOf, type CurveSet, type Split } from './evaluate.ts'
import { featureRow, featureSpec } from './features.ts'
import { fitScaler, scaledMatrix, unscaled, type Scaling } from './scaling.ts'
import { predictSvrRows } from './svr/predict-svr.ts'
import { fitSvr, type SvrSettings } from './svr/settings.ts'

export interface StoredFolds {
  readonly rows: string
  readonly features: string
  /** 0 where only hyperparameters are looked at. */
  readonly known: number
  readonly model: string
  /** One a fold. */
  readonly r2: readonly number[]
}

interface Golden {
  readonly populations: { readonly [name: string]: { readonly rows: number[]; readonly folds: number[][] } }
  readonly fiveFold: readonly StoredFolds[]
  readonly twentyPoints: {
    readonly splits: readonly Split[]
    readonly results: readonly { scaling: string; model: string; r2: number[]; r2OfScaledTarget: number[] }[]
  }
}

export const golden = (): Golden =>
  JSON.parse(readFileSync(shared.path('spec/golden/curve-prediction.json'), 'utf8')) as Golden

/** The hyperparameters as they stand in the table, as the golden numbers take them. */
export function plainMlpf(): CurveSet {
  const table = curveTableFromCsv(readFileSync(shared.path('data/curves/mlpf.csv'), 'utf8'))
  const hyperparameters = table.rows.map((row) => table.parameters.map((name) => Number(row[name])))
  return { ...recordedCurves('mlpf'), hyperparameters, groups: null }
}

export const storedFeatures: { readonly [stored: string]: string } = {
  c: 'curve',
  hp: 'hyperparameters',
  'hp+c': 'curve+hyperparameters',
  'c+d1+d2': 'curve+differences+second-differences',
  'hp+c+d1+d2': 'curve+differences+second-differences+hyperparameters',
  'last known value': 'curve',
}

const shape = { kernel: 'rbf', gamma: 'scale', tolerance: 1e-8 } as const

/** Without the least-squares line. */
const storedModels: { readonly [stored: string]: SvrSettings } = {
  NuSVR: { type: 'nu-svr', C: 1, nu: 0.5, ...shape },
  'NuSVR C=5.55 nu=.903': { type: 'nu-svr', C: 5.55, nu: 0.903, ...shape },
  SVR: { type: 'epsilon-svr', C: 1, epsilon: 0.1, ...shape },
  'SVR eps=.02 gamma=.1 C=67.61': { type: 'epsilon-svr', ...shape, C: 67.61, epsilon: 0.02, gamma: 0.1 },
}

export function near(got: number, want: number, what: string, tolerance = 1e-5): void {
  ok(Math.abs(got - want) < tolerance, `${what}: R2 ${got}, stored ${want}`)
}

/** scikit-learn's own error at the tolerance of 1e-8, which grows with C. */
export const toleranceOf = (model: string): number => (model === 'NuSVR' ? 1e-6 : 5e-5)

/** All stored folds of all stored settings, by the features and the fit alone: without the refits that a predictor makes for its uncertainty. */
export function foldGoldens(): void {
  test('every stored fold gives the stored R2, whatever the features', { skip: shared.skip }, () => {
    const set = plainMlpf()
    const { populations, fiveFold } = golden()
    for (const { rows, features, known, model, r2: stored } of fiveFold) {
      const settings = storedModels[model]
      if (settings === undefined) continue
      const question = { known: Math.max(known, 1), target: 100, seed: 1 }
      const { folds } = populations[rows]!
      for (const [fold, test] of folds.entries()) {
        const train = folds.flatMap((other, place) => (place === fold ? [] : other))
        const data = trainingCurves(inputOf(set, question, train))
        const spec = featureSpec(storedFeatures[features]!, data)
        const x = matrixOf(data.starts.map((start) => featureRow(start, question.known, spec)))
        const asked = test.map((row) => {
          const start = { values: set.curves[row]!, hyperparameters: set.hyperparameters![row]! }
          return featureRow(start, question.known, spec)
        })
        const { losses } = fitted({ x, y: columnOf(data.targets) }, ['min-max', 'min-max'], settings)(matrixOf(asked))
        const truth = test.map((row) => set.curves[row]![99]!)
        near(r2(truth, losses), stored[fold]!, `${rows}, ${features}, ${known}, ${model}, fold ${fold}`)
      }
    }
  })
}

const recipes: { readonly [name: string]: readonly [x: Scaling, y: Scaling, seesAll: boolean] } = {
  'min-max': ['min-max', 'min-max', false],
  'quantile on the 20': ['quantile', 'quantile', false],
  'quantile on all rows': ['quantile', 'quantile', true],
  'quantile on all rows, target min-max on all rows': ['quantile', 'min-max', true],
  'quantile on the 20, target min-max': ['quantile', 'min-max', false],
}

/** The first so many of the 50 stored splits. */
export function splitGoldens(splits: number): void {
  test(
    `${splits} splits of twenty curves and 25 epochs give the stored R2, on the loss and on the scaled target, whatever the scaling`,
    { skip: shared.skip },
    () => {
      const { curves } = plainMlpf()
      const { populations, twentyPoints } = golden()
      const rowsOf = (rows: readonly number[]): Rows => ({
        x: matrixOf(rows.map((row) => curves[row]!.slice(0, 25))),
        y: columnOf(rows.map((row) => curves[row]![99]!)),
      })
      const all = rowsOf(populations['295, without row 52']!.rows)
      for (const { scaling, model, r2: onLoss, r2OfScaledTarget } of twentyPoints.results)
        for (const [index, { train, test: tested }] of twentyPoints.splits.slice(0, splits).entries()) {
          const [kindOfX, kindOfY, seesAll] = recipes[scaling]!
          const rows = rowsOf(train)
          const asked = rowsOf(tested)
          const ask = fitted(rows, [kindOfX, kindOfY], storedModels[model]!, seesAll ? all : rows)
          const { losses, scaledLosses, scale } = ask(asked.x)
          const what = `${scaling}, ${model}, split ${index}`
          near(r2(scale(asked.y), scaledLosses), r2OfScaledTarget[index]!, `${what}, scaled`, toleranceOf(model))
          near(r2(asked.y.values, losses), onLoss[index]!, what, toleranceOf(model))
        }
    },
  )
}

interface Rows {
  readonly x: Matrix
  readonly y: Matrix
}

interface Answers {
  readonly losses: readonly number[]
  readonly scaledLosses: Float64Array
  readonly scale: (losses: Matrix) => Float64Array
}

/** `seen`: what the scaling is learnt from. */
function fitted(
  { x, y }: Rows,
  [kindOfX, kindOfY]: readonly [Scaling, Scaling],
  settings: SvrSettings,
  seen: Rows = { x, y },
): (asked: Matrix) => Answers {
  const scalers = { x: fitScaler(kindOfX, seen.x), y: fitScaler(kindOfY, seen.y) }
  const scale = (losses: Matrix): Float64Array => scaledMatrix(scalers.y, losses).values
  const svr = fitSvr(scaledMatrix(scalers.x, x), scale(y), settings)
  return (asked) => {
    const scaledLosses = predictSvrRows(svr, scaledMatrix(scalers.x, asked))
    return { losses: Array.from(scaledLosses, (value) => unscaled(scalers.y, 0, value)), scaledLosses, scale }
  }
}
