/**
 * The contract of predictors: from the start of a learning curve, the loss at a later epoch, with its uncertainty.
 *
 * A predictor learns from whole curves of one study (`fit`) what the loss at epoch `target` will be when those of epochs 1 .. `known` are
 * given. What it learnt is a *model*: plain JSON without NaN or infinities, so that it stands in the log, goes through a worker thread and is saved for another study.
 * Losses are minimise-signed throughout (a metric that is maximised comes negated); mean and sd are in the same units.
 *
 * `fit` and `predict` are pure: the same input gives the same model to the last bit on one machine, chance comes from `input.seed` alone.
 * Rows whose loss at `target` is not finite are left out of a fit; other values that are missing or not finite are filled, never passed on. Every
 * data set has a defined answer: a constant target, equal rows, one curve.
 *
 * `sd` is honest: mean +- 1.2816 sd (the normal 80 % interval) holds the truth in 75 to 85 % of the cases on curves like those it was trained on.
 */
import type { Json } from '../trial.ts'
import type { Options, OptionSpecs } from '../options.ts'
import type { Qubo, Sample } from './qsvr/qubo.ts'

export interface FitInput {
  /** The first `known` epochs are given. 1 .. target. */
  readonly known: number
  readonly target: number
  /** One training curve a row: the loss after epoch e is `[e - 1]`; at least `target` long. May hold NaN and infinities. */
  readonly curves: readonly (readonly number[])[]
  /** One row a curve: the encoded configuration, NaN for a parameter that does not exist in it; null = not wanted, or unknown. */
  readonly hyperparameters: readonly (readonly number[])[] | null
  /** Of all chance in this fit: `stream(seed, purpose, ...)`. */
  readonly seed: number
}

/** The start of a curve that is to be predicted. */
export interface CurveStart {
  /** At least `known` losses. */
  readonly values: readonly number[]
  readonly hyperparameters: readonly number[] | null
}

export interface Prediction {
  readonly mean: number
  readonly sd: number
}

/** What a fit leaves: JSON. Further members belong to the kind. */
export interface Model {
  readonly type: string
  /** Of the kind that made it. */
  readonly version: number
  readonly known: number
  readonly target: number
  /** Curves that it was trained on. */
  readonly curves: number
  /** Root mean square of its out-of-sample errors (leave-one-out, or k-fold where that is too dear); of the plain errors, before any calibration. */
  readonly sigma: number
  readonly [member: string]: Json
}

export interface Predictor {
  fit(input: FitInput): Model
  predict(model: Model, start: CurveStart): Prediction
  /**
   * Whether this model follows from this input, to 1e-6 of the spread of its target: null, or what is wrong. Where a device answered, its answers
   * are taken as they stand and what was made of them is done again.
   */
  check(input: FitInput, model: Model): string | null
  /** About how many milliseconds of CPU a fit takes: for telling how long something will last. */
  fitMs(input: FitInput): number
  /** Only of predictors that a device may train: what is to be annealed, and the model that its answers (one list a problem, lowest energy first) give. */
  readonly annealed?: {
    problems(input: FitInput): readonly Qubo[]
    assemble(input: FitInput, answers: readonly (readonly Sample[])[]): Model
  }
}

/** One entry of the index: what `predictor: { type: name, ... }` refers to. */
export interface PredictorKind {
  readonly name: string
  /** Raised when the same input may give another model than before. */
  readonly version: number
  readonly doc: string
  readonly options: OptionSpecs
  /** Whether `hyperparameters` are looked at with these options. */
  wantsHyperparameters(options: Options): boolean
  create(options: Options): Predictor
}
