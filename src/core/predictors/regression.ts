/** Predictors that learn a function from a row of features to the loss at `target`. */
import { matrixOf, rowOf, rowsOf, type Matrix } from '../maths/matrix.ts'
import type { Json } from '../trial.ts'
import { outOfSample } from './calibration.ts'
import type { Learner } from './calibrated.ts'
import { featureRow, featureSpec, type FeatureSpec } from './features.ts'

/** Features (curves x columns) and losses at `target` of the training curves. */
export interface TrainingRows {
  readonly x: Matrix
  readonly y: Float64Array
  /** The last known loss of each. */
  readonly lasts: Float64Array
}

export interface Regression<Fitted> {
  /** From one row or more. `outOfSample`: of each row what is predicted by what had not seen it; empty of one row. */
  learn(rows: TrainingRows, seed: number): { readonly fitted: Fitted; readonly outOfSample: readonly number[] }
  predict(fitted: Fitted, row: ArrayLike<number>, last: number): number
  toJson(fitted: Fitted): Json
  fromJson(json: Json): Fitted
  /** About how many milliseconds `learn` takes. */
  fitMs(rows: number, columns: number): number
}

interface Learnt<Fitted> {
  readonly features: FeatureSpec
  readonly fitted: Fitted
}

/** `features`: a value of the option. */
export function regressionLearner<Fitted>(features: string, regression: Regression<Fitted>): Learner<Learnt<Fitted>> {
  return {
    learn(data, { known, seed }) {
      const spec = featureSpec(features, data)
      const rows: TrainingRows = {
        x: matrixOf(data.starts.map((start) => featureRow(start, known, spec))),
        y: Float64Array.from(data.targets),
        lasts: Float64Array.from(data.starts, ({ values }) => values.at(-1)!),
      }
      const { fitted, outOfSample: predicted } = regression.learn(rows, seed)
      return { learnt: { features: spec, fitted }, outOfSample: predicted }
    },
    predict: ({ features: spec, fitted }, start) =>
      regression.predict(fitted, featureRow(start, start.values.length, spec), start.values.at(-1)!),
    toJson: ({ features: spec, fitted }) => ({ features: spec, fitted: regression.toJson(fitted) }) as unknown as Json,
    fromJson(json) {
      const { features: spec, fitted } = json as unknown as Learnt<Json>
      return { features: spec, fitted: regression.fromJson(fitted) }
    },
    fitMs: ({ curves, known, hyperparameters }) =>
      regression.fitMs(curves.length, columnsOf(features, known, hyperparameters?.[0]?.length ?? 0)),
  }
}

/** `learn` of a regression that is simply fitted again without the rows left out. */
export function byRefits<Fitted>(
  fit: (rows: TrainingRows) => Fitted,
  predict: Regression<Fitted>['predict'],
): Regression<Fitted>['learn'] {
  return (rows, seed) => ({
    fitted: fit(rows),
    outOfSample: outOfSample(rows.y.length, seed, (kept) => {
      const without = fit({
        x: rowsOf(rows.x, kept),
        y: Float64Array.from(kept, (row) => rows.y[row]!),
        lasts: Float64Array.from(kept, (row) => rows.lasts[row]!),
      })
      return (row) => predict(without, rowOf(rows.x, row), rows.lasts[row]!)
    }),
  })
}

function columnsOf(features: string, known: number, hyperparameters: number): number {
  const widths = { curve: known, differences: known - 1, 'second-differences': known - 2, hyperparameters }
  return features.split('+').reduce((sum, kind) => sum + Math.max(0, widths[kind as keyof typeof widths]), 0)
}
