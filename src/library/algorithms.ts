import type { Configuration } from '../core/trial.ts'
import type { AlgorithmDefinition, StudyDefinition } from '../core/study/definition.ts'
import type { Algorithms } from '../core/study/study.ts'
import { samplers } from '../core/samplers/index.ts'
import { schedulers } from '../core/schedulers/index.ts'
import { ForetuneError } from '../errors.ts'
import { unknownAlgorithm } from '../wire/unknown-algorithm.ts'

/** Everything that a study may name. */
export const algorithms: Algorithms = { samplers, schedulers }

/** An algorithm with the options that are given; the rest gets its default when the study is created. */
export interface Named<Name extends string> extends AlgorithmDefinition {
  readonly type: Name
}

type OptionsGiven = { readonly [option: string]: unknown }

function named<Name extends string>(type: Name): (options?: object) => Named<Name> {
  return (options = {}) => ({ ...options, type })
}

/** Independent uniform proposals. */
export const random: (options?: OptionsGiven) => Named<'random'> = named('random')
/** Every combination once; `levels` steps on continuous axes. */
export const grid: (options?: OptionsGiven) => Named<'grid'> = named('grid')
/** Latin hypercube: every axis cut into `n` equal parts, each used once. */
export const lhs: (options?: OptionsGiven) => Named<'lhs'> = named('lhs')
/** Sobol points, Owen-scrambled unless `scramble: false`. */
export const sobol: (options?: OptionsGiven) => Named<'sobol'> = named('sobol')

/** Covariance matrix adaptation: a normal distribution that moves to the best trials. */
export const cmaEs: (options?: CmaEsOptions) => Named<'cma-es'> = named('cma-es')
/** A genetic algorithm, for one objective or several. */
export const nsga2: (options?: GeneticOptions) => Named<'nsga2'> = named('nsga2')
/** A genetic algorithm for three objectives and more. */
export const nsga3: (options?: GeneticOptions & { readonly dividingParameter?: number }) => Named<'nsga3'> =
  named('nsga3')

export interface CmaEsOptions {
  /** Parameter values to begin around. */
  readonly x0?: Configuration
  /** Standard deviation to begin with, in parts of the range of each parameter. */
  readonly sigma0?: number
  /** Trials of a generation. */
  readonly popsize?: number
  readonly restartStrategy?: 'none' | 'ipop' | 'bipop'
}

export interface GeneticOptions {
  /** How many trials have children. */
  readonly populationSize?: number
  readonly crossover?: 'uniform' | 'sbx' | 'blxalpha' | 'undx'
  readonly crossoverProb?: number
  readonly swappingProb?: number
  readonly mutation?: 'polynomial' | 'uniform'
  readonly mutationProb?: number
  readonly etaCrossover?: number
  readonly etaMutation?: number
}

/** Gaussian process. */
export const gp: (options?: OptionsGiven) => Named<'gp'> = named('gp')
/** Tree-structured Parzen estimators. */
export const tpe: (options?: OptionsGiven) => Named<'tpe'> = named('tpe')
/** A forest for many workers at once (DeepHyper). */
export const forest: (options?: OptionsGiven) => Named<'forest'> = named('forest')
/** A kernel density for each budget: with Hyperband it makes BOHB. */
export const bohb: (options?: OptionsGiven) => Named<'bohb'> = named('bohb')
/** Picks one of the others, and says why. */
export const auto: (options?: OptionsGiven) => Named<'auto'> = named('auto')

/** Trains every trial to the end. */
export const none: (options?: OptionsGiven) => Named<'none'> = named('none')
/** Stops a trial that is worse than the median of the others at the same epoch. */
export const median: (options?: OptionsGiven) => Named<'median'> = named('median')
/** One synchronous bracket. */
export const successiveHalving: (options?: OptionsGiven) => Named<'successive-halving'> = named('successive-halving')
/** What the schedulers that are made of brackets have in common. */
interface BracketOptions {
  /** Each round keeps the best 1/eta of its trials. */
  readonly eta?: number
  readonly passes?: number
  readonly order?: 'published' | 'path'
}

type PredictorName =
  'nu-svr' | 'epsilon-svr' | 'qsvr' | 'qsvr-combination' | 'forest' | 'least-squares' | 'power-law' | 'last-value'

/** Who predicts: a name, or a section with options of its own. `from` names an earlier study, or a file that `predict --save` wrote. */
export type PredictorChoice =
  PredictorName | { readonly type: PredictorName; readonly from?: string; readonly [option: string]: unknown }

export interface SwiftHyperbandOptions extends BracketOptions {
  readonly predictor?: PredictorChoice
  /** Curves that a predictor is trained on at least. */
  readonly d?: number
  /** Share of the places of the next round that is always trained fully. */
  readonly k?: number
  /** How far into a round the decision lies. */
  readonly knownCurve?: number
  /** A prediction has to beat this quantile of the fully trained. */
  readonly threshold?: number
  /** Share of the dropped trials that is trained on anyway, to see whether prediction can be trusted. */
  readonly audit?: number
  /** Who is trained fully without a prediction: by rank, or whoever arrives first. */
  readonly sent?: 'plan' | 'arrival'
  /** Whether slots that would be idle train ahead of a decision. */
  readonly speculate?: 'idle' | 'never'
  /** The published dispatch, for comparison. */
  readonly waves?: boolean
}

export interface FastHyperbandOptions extends BracketOptions {
  readonly predictor?: PredictorChoice
  readonly d?: number
  readonly delta?: number
  readonly needed?: 'share' | 'all' | 'best'
  readonly kappa?: number
}

/** Brackets from many short to few long trainings. */
export const hyperband: (options?: BracketOptions & { readonly waves?: boolean }) => Named<'hyperband'> =
  named('hyperband')
/** Hyperband that predicts halfway through each round how trials will end, and trains only the promising ones on. */
export const swiftHyperband: (options?: SwiftHyperbandOptions) => Named<'swift-hyperband'> = named('swift-hyperband')
/** Swift-Hyperband whose predictor is trained by annealing: simulated, or on a quantum annealer. */
export const quantumSwiftHyperband: (options?: SwiftHyperbandOptions) => Named<'quantum-swift-hyperband'> =
  named('quantum-swift-hyperband')
/** Hyperband that predicts after every epoch how a trial ends its round, and stops what will end badly. */
export const fastHyperband: (options?: FastHyperbandOptions) => Named<'fast-hyperband'> = named('fast-hyperband')
/** Asynchronous successive halving: promotion of paused trials, or stopping. */
export const asha: (options?: { readonly eta?: number; readonly form?: 'promotion' | 'stopping' }) => Named<'asha'> =
  named('asha')

/**
 * Options that depend on the study get their final value once, at its start, and the versions of the algorithms are recorded beside them.
 * Throws `SCHEDULER_UNSUITABLE` with all that is wrong.
 */
export function resolveAlgorithms(
  definition: StudyDefinition,
  slots: number,
  from: Algorithms = algorithms,
): StudyDefinition {
  const sampler = from.samplers[definition.sampler.type]
  const scheduler = from.schedulers[definition.scheduler.type]
  if (!sampler) throw unknownAlgorithm('sampler', definition.sampler.type, Object.keys(from.samplers))
  if (!scheduler) throw unknownAlgorithm('scheduler', definition.scheduler.type, Object.keys(from.schedulers))
  const resolved = scheduler.resolve({ definition, options: definition.scheduler, slots })
  if (resolved.problems.length > 0) throw schedulerUnsuitable(scheduler.name, resolved.problems)
  return {
    ...definition,
    sampler: { ...definition.sampler, version: sampler.version },
    scheduler: { ...resolved.options, type: scheduler.name, version: scheduler.version },
  }
}

function schedulerUnsuitable(name: string, problems: readonly string[]): ForetuneError {
  return new ForetuneError(
    'SCHEDULER_UNSUITABLE',
    `The scheduler '${name}' does not fit this study:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    {
      details: { name, problems },
    },
  )
}
