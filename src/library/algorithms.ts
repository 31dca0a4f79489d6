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

function named<Name extends string>(type: Name): (options?: OptionsGiven) => Named<Name> {
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

/** Trains every trial to the end. */
export const none: (options?: OptionsGiven) => Named<'none'> = named('none')
/** Stops a trial that is worse than the median of the others at the same epoch. */
export const median: (options?: OptionsGiven) => Named<'median'> = named('median')
/** One synchronous bracket. */
export const successiveHalving: (options?: OptionsGiven) => Named<'successive-halving'> = named('successive-halving')
/** Brackets from many short to few long trainings. */
export const hyperband: (options?: { readonly eta?: number; readonly passes?: number }) => Named<'hyperband'> =
  named('hyperband')
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
