/**
 * How well a predictor does on recorded curves: trained on some rows of a set, asked about others.
 *
 * Everything is a generator, one result a split, so that a caller may show progress or stop. The splits are drawn from a seed and kept apart from their
 * evaluation: several predictors are compared on the same ones. Equal configurations (`groups`) never stand on both sides.
 *
 * R2 is told twice, on the loss and on the quantile-scaled loss: published figures are of the second kind where targets were scaled so.
 */
import { r2, spearman } from '../maths/scores.ts'
import { stream } from '../maths/stream.ts'
import { normal80 } from './calibration.ts'
import { filledStart, isKnown } from './curve.ts'
import type { FitInput, Predictor } from './predictor.ts'
import { fitScaler, scaled, type Scaler } from './scaling.ts'

export interface CurveSet {
  /** Losses, one curve a row; a row may be shorter than others. */
  readonly curves: readonly (readonly number[])[]
  /** The encoded configuration of each row, NaN for a parameter that does not exist in it. */
  readonly hyperparameters: readonly (readonly number[])[] | null
  /** Rows with equal numbers stay together; null = each row is alone. */
  readonly groups: readonly number[] | null
}

export interface Split {
  readonly train: readonly number[]
  readonly test: readonly number[]
}

export interface Question {
  readonly known: number
  readonly target: number
  readonly seed: number
  /** Of `r2OfScaledLoss`; by default a quantile scaling of all rows, with 50 quantiles, as the published studies have it. */
  readonly scaler?: Scaler
}

export interface Evaluation {
  readonly known: number
  readonly target: number
  readonly trained: number
  readonly tested: number
  readonly r2: number
  readonly r2OfScaledLoss: number
  readonly rmse: number
  readonly spearman: number
  /** Share of the true losses inside mean +- 1.2816 sd. */
  readonly coverage80: number
  /** The mean width of these intervals, in parts of the standard deviation of the true losses. */
  readonly width80: number
  /** What the predictor itself expected its root mean square error to be. */
  readonly sigma: number
}

export interface Summary {
  readonly count: number
  readonly mean: number
  /** Sample standard deviation; 0 of one. */
  readonly sd: number
  readonly min: number
  readonly median: number
  readonly max: number
}

/** Rows that can be trained on and tested: the loss at `target` and something before it is known. */
export function usableRows({ curves }: CurveSet, { known, target }: Pick<Question, 'known' | 'target'>): number[] {
  return [...curves.keys()].filter((row) => {
    const curve = curves[row]!
    return isKnown(curve[target - 1]) && filledStart(curve, known) !== null
  })
}

/**
 * Random splits: `train` rows to learn from, one of each group, for no study trains a configuration twice; and at most `test` rows of the
 * groups that are left.
 */
export function randomSplits(
  set: CurveSet,
  rows: readonly number[],
  {
    train,
    test,
    count,
    seed,
  }: { readonly train: number; readonly test: number; readonly count: number; readonly seed: number },
): Split[] {
  return Array.from({ length: count }, (_, number) => {
    const groups = shuffledGroups(set, rows, seed, number)
    return {
      train: groups.slice(0, train).map((group) => group[0]!),
      test: groups.slice(train).flat().slice(0, test),
    }
  })
}

/** Each row is tested once, by what was trained on the other parts. */
export function foldSplits(
  set: CurveSet,
  rows: readonly number[],
  { folds, seed }: { readonly folds: number; readonly seed: number },
): Split[] {
  const parts: number[][] = Array.from({ length: folds }, () => [])
  for (const group of shuffledGroups(set, rows, seed, 0))
    parts.reduce((least, part) => (part.length < least.length ? part : least)).push(...group)
  return parts.map((test) => ({ train: parts.flatMap((part) => (part === test ? [] : part)), test }))
}

function shuffledGroups({ groups }: CurveSet, rows: readonly number[], seed: number, number: number): number[][] {
  const members = new Map<number, number[]>()
  for (const row of rows) {
    const group = groups?.[row] ?? row
    const others = members.get(group)
    if (others === undefined) members.set(group, [row])
    else others.push(row)
  }
  const all = [...members.values()]
  return stream(seed, 'split', number)
    .permutation(all.length)
    .map((index) => all[index]!)
}

/** One evaluation a split. */
export function* evaluate(
  predictor: Predictor,
  set: CurveSet,
  question: Question,
  splits: readonly Split[],
): Generator<Evaluation, void> {
  const scaler = question.scaler ?? scalerOfAll(set, question)
  for (const split of splits) yield evaluateSplit(predictor, set, { ...question, scaler }, split)
}

function scalerOfAll(set: CurveSet, question: Question): Scaler {
  const losses = usableRows(set, question).map((row) => set.curves[row]![question.target - 1]!)
  return fitScaler('quantile', { rows: losses.length, columns: 1, values: Float64Array.from(losses) })
}

function evaluateSplit(
  predictor: Predictor,
  set: CurveSet,
  { known, target, seed, scaler }: Question & { readonly scaler: Scaler },
  { train, test }: Split,
): Evaluation {
  const model = predictor.fit(inputOf(set, { known, target, seed }, train))
  const predictions = test.map((row) =>
    predictor.predict(model, { values: set.curves[row]!, hyperparameters: set.hyperparameters?.[row] ?? null }),
  )
  const truth = test.map((row) => set.curves[row]![target - 1]!)
  const means = predictions.map(({ mean }) => mean)
  const scale = (losses: readonly number[]): number[] => losses.map((loss) => scaled(scaler, [loss])[0]!)
  const center = truth.reduce((sum, loss) => sum + loss / truth.length, 0)
  const spread = Math.sqrt(truth.reduce((sum, loss) => sum + (loss - center) ** 2 / truth.length, 0))
  const squares = truth.reduce((sum, loss, index) => sum + (loss - means[index]!) ** 2, 0)
  const inside = predictions.filter(({ mean, sd }, index) => Math.abs(truth[index]! - mean) <= normal80 * sd)
  const width = predictions.reduce((sum, { sd }) => sum + (2 * normal80 * sd) / predictions.length, 0)
  return {
    known,
    target,
    trained: model.curves,
    tested: test.length,
    r2: r2(truth, means),
    r2OfScaledLoss: r2(scale(truth), scale(means)),
    rmse: Math.sqrt(squares / truth.length),
    spearman: spearman(truth, means),
    coverage80: inside.length / truth.length,
    width80: spread > 0 ? width / spread : 0,
    sigma: model.sigma,
  }
}

export function inputOf(set: CurveSet, question: Question, rows: readonly number[]): FitInput {
  const { known, target, seed } = question
  return {
    known,
    target,
    seed,
    curves: rows.map((row) => set.curves[row]!),
    hyperparameters: set.hyperparameters === null ? null : rows.map((row) => set.hyperparameters![row]!),
  }
}

export type Score = 'r2' | 'r2OfScaledLoss' | 'rmse' | 'spearman' | 'coverage80' | 'width80'

export function summaryOf(evaluations: readonly Evaluation[], score: Score): Summary {
  const values = evaluations.map((evaluation) => evaluation[score]).toSorted((a, b) => a - b)
  const count = values.length
  const mean = values.reduce((sum, value) => sum + value / count, 0)
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const middle = (count - 1) / 2
  return {
    count,
    mean,
    sd: count > 1 ? Math.sqrt(squares / (count - 1)) : 0,
    min: values[0]!,
    median: (values[Math.floor(middle)]! + values[Math.ceil(middle)]!) / 2,
    max: values[count - 1]!,
  }
}
