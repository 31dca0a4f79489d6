/** The library's front door: a hand-kept list. Everything else is inside and may change. */
export { study } from './library/study.ts'
export type {
  ObjectiveFunction,
  RunOptions,
  StudyHandle,
  StudyOptions,
  StudyResult,
  TypedTrial,
} from './library/study.ts'
export { categorical, float, int, ordinal } from './core/space/builders.ts'
export type { ConfigurationOf } from './core/space/builders.ts'
export {
  asha,
  fastHyperband,
  grid,
  hyperband,
  lhs,
  median,
  none,
  quantumSwiftHyperband,
  random,
  sobol,
  successiveHalving,
  swiftHyperband,
} from './library/algorithms.ts'
export type { FastHyperbandOptions, PredictorChoice, SwiftHyperbandOptions } from './library/algorithms.ts'
export { ForetuneError } from './errors.ts'
export { version } from './library/version.ts'
export type { Configuration, Direction, Metrics, Outcome, Reason, TrialState, Value } from './core/trial.ts'
export type { Event, Fact, Decision } from './core/study/events.ts'
export type { StudyDefinition } from './core/study/definition.ts'
export type { PredictionReport } from './core/study/views/prediction.ts'
