/**
 * The published predictor studies: a support vector regression on random divisions of the rows of a table.
 *
 * Predictors of the product know only the curves that they are trained on. The published studies scaled by all rows and chose features of their own, so that
 * here the regression is put together from its parts: features, scalers, fit.
 */
import { foldSplits, randomSplits, type CurveSet, type Split } from '../src/core/predictors/evaluate.ts'
import { fitScaler, scaled, scaledMatrix, unscaled, type Scaler } from '../src/core/predictors/scaling.ts'
import { predictSvr } from '../src/core/predictors/svr/predict-svr.ts'
import { fitSvr, type SvrSettings } from '../src/core/predictors/svr/settings.ts'
import { matrixOf, type Matrix } from '../src/core/maths/matrix.ts'
import { r2 } from '../src/core/maths/scores.ts'
import { stream } from '../src/core/maths/stream.ts'
import { featuresOf } from './features.ts'
import type { RegressionSpec, RowsSpec, ScalingSpec, Scores } from './measurement.ts'
import { loadTable, type LoadedTable } from './tables.ts'

/** The one with the final loss 597.3, which the published tables leave out. */
const outlier = 52

/** Features and targets of rows. */
export interface Rows {
  readonly x: readonly (readonly number[])[]
  readonly y: readonly number[]
}

/** How features and target are scaled. */
export interface Lens {
  readonly x: Scaler
  readonly y: Scaler
}

export async function regress(folder: string, spec: RegressionSpec): Promise<readonly Scores[]> {
  const table = await loadTable(folder, spec.table)
  const found: Scores[] = []
  for (let number = spec.from; number < spec.from + spec.count; number++) {
    const rows = rowsOf(table, spec.rows, number)
    for (const split of splitsOf(table.set, rows, spec, number)) found.push(scoreSplit(table, rows, spec, split))
  }
  return found
}

export function rowsOf({ set }: LoadedTable, which: RowsSpec, number: number): number[] {
  const all = [...set.curves.keys()]
  if (which === 'all') return all
  if (which === 'below 1') return all.filter((row) => set.curves[row]?.every((loss) => loss < 1))
  if (which === 'without row 52') return all.filter((row) => row !== outlier)
  const order = stream(number, 'drawn rows').permutation(all.length)
  return order.slice(0, which.drawn).sort((a, b) => a - b)
}

function splitsOf(
  set: CurveSet,
  rows: readonly number[],
  { splits }: RegressionSpec,
  number: number,
): readonly Split[] {
  const loose = { ...set, groups: null }
  if (splits.type === 'random') return randomSplits(loose, rows, { ...splits, count: 1, seed: number })
  return foldSplits(splits.grouped ? set : loose, rows, { folds: splits.folds, seed: number })
}

function scoreSplit(table: LoadedTable, rows: readonly number[], spec: RegressionSpec, split: Split): Scores {
  const train = rowsWith(table, split.train, spec)
  const lens = lensOf(spec.scaling, train, spec.scaling.by === 'all' ? rowsWith(table, rows, spec) : train)
  const svr = fitSvr(
    scaledMatrix(lens.x, matrixOf(train.x)),
    scaledMatrix(lens.y, column(train.y)).values,
    settingsOf(spec),
  )
  const test = rowsWith(table, split.test, spec)
  return scoresOf(
    lens,
    test.y,
    test.x.map((row) => predictSvr(svr, scaled(lens.x, row))),
  )
}

function settingsOf({ model }: RegressionSpec): SvrSettings {
  const shared = { kernel: 'rbf', tolerance: 1e-8 } as const
  return model.type === 'nu-svr' ? { ...model, ...shared, gamma: 'scale' } : { ...model, ...shared }
}

export function rowsWith(
  { set, raw }: LoadedTable,
  rows: readonly number[],
  { features, known, target }: Pick<RegressionSpec, 'features' | 'known' | 'target'>,
): Rows {
  const curve = (row: number): readonly number[] => set.curves[row] ?? []
  return {
    x: rows.map((row) => featuresOf(features, raw[row] ?? [], curve(row).slice(0, known))),
    y: rows.map((row) => curve(row)[target - 1] as number),
  }
}

export function lensOf(spec: ScalingSpec, train: Rows, seen: Rows): Lens {
  const quantiles = spec.by === 'all' ? 50 : train.y.length
  return {
    x: fitScaler(spec.x, matrixOf(seen.x), { quantiles }),
    y: fitScaler(spec.y, column(seen.y), { quantiles }),
  }
}

export function column(values: readonly number[]): Matrix {
  return { rows: values.length, columns: 1, values: Float64Array.from(values) }
}

/** `predicted`: in units of the scaled target. */
export function scoresOf(lens: Lens, truth: readonly number[], predicted: readonly number[]): Scores {
  const scaledTruth = truth.map((loss) => scaled(lens.y, [loss])[0] as number)
  return {
    loss: r2(
      truth,
      predicted.map((value) => unscaled(lens.y, 0, value)),
    ),
    scaled: r2(scaledTruth, predicted),
    exchanged: r2(predicted, scaledTruth),
  }
}
