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
export { asha, grid, hyperband, lhs, median, none, random, sobol, successiveHalving } from './library/algorithms.ts'
export { ForetuneError } from './errors.ts'
export { version } from './library/version.ts'
export type { Configuration, Direction, Metrics, Outcome, Reason, TrialState, Value } from './core/trial.ts'
export type { Event, Fact, Decision } from './core/study/events.ts'
export type { StudyDefinition } from './core/study/definition.ts'
