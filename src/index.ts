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
  auto,
  bohb,
  cmaEs,
  fastHyperband,
  forest,
  gp,
  grid,
  hyperband,
  lhs,
  median,
  none,
  nsga2,
  nsga3,
  quantumSwiftHyperband,
  random,
  sobol,
  successiveHalving,
  swiftHyperband,
  tpe,
} from './library/algorithms.ts'
export type {
  CmaEsOptions,
  FastHyperbandOptions,
  GeneticOptions,
  PredictorChoice,
  SwiftHyperbandOptions,
} from './library/algorithms.ts'
export type { OwnAlgorithms } from './library/own-algorithms.ts'
export type { Proposal, Sampler, SamplerKind, SearchInput } from './core/samplers/sampler.ts'
export type { History } from './core/samplers/history.ts'
export type { Notice, Order, Scheduler, SchedulerKind, Verdict } from './core/schedulers/scheduler.ts'
export type { StudyView } from './core/study/study-view.ts'
/** For samplers of your own. */
export { decode, encode, isForbidden, randomConfiguration } from './core/space/space.ts'
export { unseen } from './core/samplers/unseen.ts'
export { stream } from './core/maths/stream.ts'
export { ForetuneError } from './errors.ts'
export { version } from './library/version.ts'
export type { Configuration, Direction, Metrics, Outcome, Reason, TrialState, Value } from './core/trial.ts'
export type { Event, Fact, Decision } from './core/study/events.ts'
export type { StudyDefinition } from './core/study/definition.ts'
export type { ImportanceOptions, ImportanceReport, ParameterImportance } from './core/study/views/importance.ts'
export type { PredictionReport } from './core/study/views/prediction.ts'
