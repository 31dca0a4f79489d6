/** Predictors that learn a function from a row of features to the loss at `target`. */
import type { Json } from '../trial.ts'
import { matrixOf, type Matrix } from '../maths/matrix.ts'
import { outOfSample } from './calibration.ts'
import type { Learner } from './calibrated.ts'
import { featureRow, featureSpec, type FeatureSpec } from './features.ts'

/** Features and losses at `target` of the training curves. */
export interface TrainingRows {
  readonly x: Matrix
  readonly y: Float64Array
  /** The last known loss of each. */
  readonly lasts: Float64Array
}

export interface Regression<Settings, Fitted> {
  /** Settings that hold for all fits on these data, such as those that a search finds. */
  settle(rows: TrainingRows, seed: number): Settings
  fit(rows: TrainingRows, settings: Settings, seed: number): Fitted
  predict(fitted: Fitted, row: readonly number[], last: number): number
  /** Predictions of each row by what had not seen it, where they come cheaper than from refits. */
  outOfSample?(rows: TrainingRows, fitted: Fitted, settings: Settings, seed: number): number[]
  toJson(fitted: Fitted): Json
  fromJson(json: Json): Fitted
  /** About how many milliseconds a fit with its uncertainty takes. */
  fitMs(rows: number, columns: number): number
}

interface Learnt<Fitted> {
  readonly known: number
  readonly features: FeatureSpec
  readonly fitted: Fitted
}

export function regressionLearner<Settings, Fitted>(
  features: string,
  regression: Regression<Settings, Fitted>,
): Learner<Learnt<Fitted>> {
  return {
    learn(data, { known, seed }) {
      const spec = featureSpec(features, data)
      const rows: TrainingRows = {
        x: matrixOf(data.starts.map((start) => featureRow(start, known, spec))),
        y: Float64Array.from(data.targets),
        lasts: Float64Array.from(data.starts, ({ values }) => values.at(-1)!),
      }
      const settings = regression.settle(rows, seed)
      const fitted = regression.fit(rows, settings, seed)
      const predicted =
        regression.outOfSample?.(rows, fitted, settings, seed) ??
        outOfSample(rows.y.length, seed, (some) => {
          const without = regression.fit(onlyRows(rows, some), settings, seed)
          return (row) => regression.predict(without, rowOf(rows.x, row), rows.lasts[row]!)
        })
      return { learnt: { known, features: spec, fitted }, outOfSample: predicted }
    },
    predict: ({ known, features: spec, fitted }, start) =>
      regression.predict(fitted, featureRow(start, known, spec), start.values.at(-1)!),
    toJson: ({ known, features: spec, fitted }) =>
      ({ known, features: spec, fitted: regression.toJson(fitted) }) as unknown as Json,
    fromJson(json) {
      const { known, features: spec, fitted } = json as unknown as Learnt<Json>
      return { known, features: spec, fitted: regression.fromJson(fitted) }
    },
    fitMs: ({ curves, known, hyperparameters }) =>
      regression.fitMs(curves.length, columnsOf(features, known, hyperparameters?.[0]?.length ?? 0)),
  }
}

export function onlyRows({ x, y, lasts }: TrainingRows, rows: readonly number[]): TrainingRows {
  const values = new Float64Array(rows.length * x.columns)
  rows.forEach((row, place) => values.set(x.values.subarray(row * x.columns, (row + 1) * x.columns), place * x.columns))
  return {
    x: { rows: rows.length, columns: x.columns, values },
    y: Float64Array.from(rows, (row) => y[row]!),
    lasts: Float64Array.from(rows, (row) => lasts[row]!),
  }
}

export function rowOf({ columns, values }: Matrix, row: number): number[] {
  return Array.from(values.subarray(row * columns, (row + 1) * columns))
}

function columnsOf(features: string, known: number, hyperparameters: number): number {
  const widths = { curve: known, differences: known - 1, 'second-differences': known - 2, hyperparameters }
  return features.split('+').reduce((sum, kind) => sum + Math.max(0, widths[kind as keyof typeof widths]), 0)
}
