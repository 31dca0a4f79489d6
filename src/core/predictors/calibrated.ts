/**
 * What all predictors that are refitted out of sample share.
 *
 * A kind says how it learns from cleaned training curves and how it answers for one cleaned start (`Learner`). Here curves are cleaned, the
 * uncertainty is calibrated, a model is checked, and the cases with little to go on are answered:
 * - no usable training curve: the last known loss, as uncertain as the start itself moved;
 * - one: what the kind makes of one curve, as uncertain as anything seen;
 * - nothing known of the curve to predict: mean and spread of the training curves.
 */
import { assert, type Json } from '../trial.ts'
import { calibrate, rootMeanSquare, sdAt, type Calibration } from './calibration.ts'
import { filledStart, isKnown, trainingCurves, type TrainingCurves } from './curve.ts'
import type { CurveStart, FitInput, Model, Prediction, Predictor } from './predictor.ts'

export interface Learner<Learnt> {
  /** From one curve or more. `outOfSample`: for each training curve what was predicted by what had not seen it; empty if that cannot be. */
  learn(data: TrainingCurves, input: FitInput): { readonly learnt: Learnt; readonly outOfSample: readonly number[] }
  /** `start` is filled: as long as what is known. */
  predict(learnt: Learnt, start: CurveStart): number
  toJson(learnt: Learnt): Json
  fromJson(json: Json): Learnt
  fitMs(input: FitInput): number
}

/** What every model of these kinds holds. */
interface CalibratedModel extends Model {
  /** Null = there was nothing to learn from. */
  readonly learnt: Json
  readonly calibration: { readonly [member in keyof Calibration]: Json } | null
  /** The losses at `target` in general: the answer where nothing is known of a curve. */
  readonly prior: { readonly mean: number; readonly sd: number }
  /** The largest difference of two losses seen. */
  readonly range: number
}

/** What models hold, ready to be asked: reading it each time would cost more than the answer. */
const decoded = new WeakMap<Model, unknown>()

export function calibratedPredictor<Learnt>(
  { name, version }: { readonly name: string; readonly version: number },
  learner: Learner<Learnt>,
): Predictor {
  const fit = (input: FitInput): CalibratedModel => {
    const data = trainingCurves(input)
    const count = data.targets.length
    const { learnt, outOfSample } = count === 0 ? { learnt: null, outOfSample: [] } : learner.learn(data, input)
    const range = rangeOf([...data.targets, ...data.starts.flatMap(({ values }) => values)])
    const prior = priorOf(data.targets, range)
    // A prediction beyond all bounds is not what a model would answer, and so no error of its.
    const predicted = outOfSample.map((mean) => (isKnown(mean) ? mean : prior.mean))
    return asJson({
      type: name,
      version,
      known: input.known,
      target: input.target,
      curves: count,
      sigma: rootMeanSquare(predicted.map((mean, row) => data.targets[row]! - mean)),
      learnt: learnt === null ? null : learner.toJson(learnt),
      calibration: calibrate(predicted, data.targets) as CalibratedModel['calibration'],
      prior,
      range,
    }) as CalibratedModel
  }

  const predict = (given: Model, start: CurveStart): Prediction => {
    const model = given as CalibratedModel
    const values = filledStart(start.values, model.known)
    if (values === null) return settled(model.prior.mean, model.prior.sd)
    const wide = Math.max(model.range, rangeOf(values)) || Math.abs(values.at(-1)!) || 1
    if (model.learnt === null) return settled(values.at(-1)!, wide)
    let learnt = decoded.get(model) as Learnt | undefined
    if (learnt === undefined) decoded.set(model, (learnt = learner.fromJson(model.learnt)))
    const mean = learner.predict(learnt, { values, hyperparameters: start.hyperparameters })
    if (!isKnown(mean)) return settled(model.prior.mean, model.prior.sd)
    return settled(mean, model.calibration === null ? wide : sdAt(model.calibration as unknown as Calibration, mean))
  }

  return {
    fit,
    predict,
    check: (input, model) => difference(input, model, fit(input), predict),
    fitMs: (input) => learner.fitMs(input),
  }
}

/** JSON has neither NaN nor infinities nor a -0: the first two would be bugs, the last is 0. */
function asJson(value: Json | undefined): Json | undefined {
  if (typeof value === 'number') {
    assert(Number.isFinite(value), 'a model holds finite numbers only')
    return value + 0
  }
  if (Array.isArray(value)) return value.map((member) => asJson(member) as Json)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, asJson(member)]))
}

/** An sd of 0 would turn every later probability into 0 / 0; 0 is added so that -0 is 0, as it is in JSON. */
function settled(mean: number, sd: number): Prediction {
  return { mean: mean + 0, sd: Math.min(Math.max(sd, 1e-12 * Math.abs(mean), 1e-300), Number.MAX_VALUE) }
}

function priorOf(targets: readonly number[], range: number): { mean: number; sd: number } {
  const count = targets.length
  if (count === 0) return { mean: 0, sd: 1 }
  const mean = targets.reduce((sum, loss) => sum + loss / count, 0)
  if (count === 1) return { mean, sd: range || Math.abs(mean) || 1 }
  // A further curve differs from the mean of the others by their spread and by the error of that mean.
  const variance = targets.reduce((sum, loss) => sum + (loss - mean) ** 2 / (count - 1), 0)
  return { mean, sd: Math.sqrt(variance * (1 + 1 / count)) }
}

function rangeOf(values: readonly number[]): number {
  let low = Infinity
  let high = -Infinity
  for (const value of values) {
    if (value < low) low = value
    if (value > high) high = value
  }
  return high > low ? high - low : 0
}

/**
 * Null if both say the same, to 1e-6 of the spread of the targets, of the training curves and of what lies between and beyond them. Coefficients are not
 * compared: where they are not unique, or sums end in other digits on another machine, the predictions are still the same.
 */
function difference(
  input: FitInput,
  model: Model,
  again: Model,
  predict: (model: Model, start: CurveStart) => Prediction,
): string | null {
  for (const member of ['type', 'version', 'known', 'target', 'curves'] as const)
    if (model[member] !== again[member])
      return `${member} is ${String(model[member])}, and ${String(again[member])} when fitted again`
  const missing = Object.keys(again).find((member) => ((model[member] ?? null) === null) !== (again[member] === null))
  if (missing !== undefined) return `${missing} is there in only one of the model and its repetition`
  const { starts, targets } = trainingCurves(input)
  const tolerance = 1e-6 * (rangeOf(targets) || Math.abs(targets[0] ?? 0) || 1)
  const differs = (a: number, b: number): boolean => !(Math.abs(a - b) <= tolerance)
  if (differs(model.sigma, again.sigma)) return `sigma is ${model.sigma}, and ${again.sigma} when fitted again`
  for (const [number, start] of probes(starts, input.known).entries()) {
    const one = read(() => predict(model, start))
    if (one === null) return 'what it has learnt cannot be read'
    const other = predict(again, start)
    for (const member of ['mean', 'sd'] as const)
      if (differs(one[member], other[member]))
        return `for curve ${number} it predicts a ${member} of ${one[member]}, and ${other[member]} when fitted again`
  }
  return null
}

/** Null where a model is no model: a log may hold anything. */
function read(predict: () => Prediction): Prediction | null {
  try {
    return predict()
  } catch {
    return null
  }
}

/**
 * The training starts, one of which nothing is known, a flat one, and of neighbours the middle and, of a configuration that is not known, what lies as
 * far again.
 */
function probes(starts: readonly CurveStart[], known: number): CurveStart[] {
  const found: CurveStart[] = [...starts, { values: Array.from({ length: known }, () => NaN), hyperparameters: null }]
  found.push({ values: Array.from({ length: known }, () => 1), hyperparameters: starts[0]?.hyperparameters ?? null })
  for (const [index, { values, hyperparameters }] of starts.entries())
    for (const part of [0.5, 2]) {
      const next = starts[(index + 1) % starts.length]!.values
      const between = values.map((value, epoch) => value + part * (next[epoch]! - value))
      found.push({ values: between, hyperparameters: part < 1 ? hyperparameters : null })
    }
  return found
}
