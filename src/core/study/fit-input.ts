/** From the references of a fit request to the numbers that a predictor learns from, and what it needs to predict a trial. */
import { stream } from '../maths/stream.ts'
import { predictors } from '../predictors/index.ts'
import type { CurveStart, FitInput, Predictor } from '../predictors/predictor.ts'
import type { FitRequest } from '../schedulers/scheduler.ts'
import { defaultsOf } from '../options.ts'
import { encode } from '../space/space.ts'
import { assert } from '../trial.ts'
import type { AlgorithmDefinition } from './definition.ts'
import { denseCurve } from './dense-curve.ts'
import type { StudyView } from './study-view.ts'

/** Curves of an earlier study, as the definition of a predictor holds them: losses, minimise-signed. */
export interface EarlierCurves {
  /** The study, or the file. */
  readonly source: string
  readonly curves: readonly (readonly number[])[]
  readonly hyperparameters: readonly (readonly number[])[] | null
}

export function earlierCurves(predictor: AlgorithmDefinition): EarlierCurves | null {
  return (predictor['earlier'] as EarlierCurves | null | undefined) ?? null
}

/** Options that the definition does not name have their defaults. */
export function predictorOf(definition: AlgorithmDefinition): Predictor {
  const kind = predictors[definition.type]
  assert(kind, `the predictor '${definition.type}' is known`)
  return kind.create({ ...defaultsOf(kind.options), ...definition })
}

/** Its chance belongs to what is predicted from what, not to when it was asked for. */
export function fitInput(study: StudyView, request: FitRequest): FitInput {
  const { predictor, known, target, trials } = request
  const earlier = earlierOf(study, predictor)
  const given = earlier?.curves.slice(0, request.earlier) ?? []
  const wants = wantsHyperparameters(predictor)
  return {
    known,
    target,
    curves: [...given, ...trials.map((trial) => denseCurve(study, trial, target))],
    hyperparameters: wants
      ? [
          ...given.map((_, row) => earlier?.hyperparameters?.[row] ?? []),
          ...trials.map((trial) => encodedConfiguration(study, trial)),
        ]
      : null,
    seed: stream(study.definition.seed, 'predictor', known, target).uint32(),
  }
}

/** A request holds no curves: those of an earlier study stand once, in the study's definition. */
function earlierOf({ definition }: StudyView, predictor: AlgorithmDefinition): EarlierCurves | null {
  const own = definition.scheduler['predictor']
  const recorded = typeof own === 'object' && own !== null ? earlierCurves(own as AlgorithmDefinition) : null
  return earlierCurves(predictor) ?? recorded
}

export function curveStart(study: StudyView, predictor: AlgorithmDefinition, trial: number, known: number): CurveStart {
  return {
    values: denseCurve(study, trial, known),
    hyperparameters: wantsHyperparameters(predictor) ? encodedConfiguration(study, trial) : null,
  }
}

function wantsHyperparameters(predictor: AlgorithmDefinition): boolean {
  return predictors[predictor.type]?.wantsHyperparameters(predictor) ?? false
}

function encodedConfiguration(study: StudyView, trial: number): number[] {
  return [...encode(study.space, study.configuration(trial))]
}
