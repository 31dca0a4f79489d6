/** Samplers and schedulers of the user's own: plain objects that satisfy the contracts, given to the library beside those that Foretune has. */
import type { SamplerKind } from '../core/samplers/sampler.ts'
import type { SchedulerKind } from '../core/schedulers/scheduler.ts'
import type { AlgorithmDefinition } from '../core/study/definition.ts'
import type { Algorithms } from '../core/study/study.ts'
import { ForetuneError } from '../errors.ts'
import type { Algorithms as ListedAlgorithms } from '../wire/schema-algorithms.ts'
import { algorithms as builtIn } from './algorithms.ts'

export interface OwnAlgorithms {
  readonly samplers?: readonly SamplerKind[]
  readonly schedulers?: readonly SchedulerKind[]
}

interface WithAlgorithms {
  readonly sampler?: string | AlgorithmDefinition | SamplerKind
  readonly scheduler?: string | AlgorithmDefinition | SchedulerKind
  readonly algorithms?: OwnAlgorithms
}

/** The fields as a study file would have them, and all that they may name. Throws `ALGORITHM_NAME_TAKEN`. */
export function withOwnAlgorithms<Fields extends WithAlgorithms>(
  given: Fields,
): { readonly fields: Omit<Fields, 'algorithms'>; readonly algorithms: Algorithms } {
  const { algorithms: own = {}, ...fields } = given
  const { sampler, scheduler } = fields
  const ownSamplers = [...(own.samplers ?? []), ...(isKind(sampler) ? [sampler as SamplerKind] : [])]
  const ownSchedulers = [...(own.schedulers ?? []), ...(isKind(scheduler) ? [scheduler as SchedulerKind] : [])]
  if (ownSamplers.length + ownSchedulers.length === 0) return { fields, algorithms: builtIn }
  return {
    fields: {
      ...fields,
      ...(isKind(sampler) ? { sampler: sampler.name } : {}),
      ...(isKind(scheduler) ? { scheduler: scheduler.name } : {}),
    },
    algorithms: {
      samplers: added('sampler', builtIn.samplers, ownSamplers),
      schedulers: added('scheduler', builtIn.schedulers, ownSchedulers),
    },
  }
}

function isKind(given: WithAlgorithms['sampler'] | WithAlgorithms['scheduler']): given is SamplerKind | SchedulerKind {
  return typeof given === 'object' && typeof given['create'] === 'function'
}

function added<Kind extends { readonly name: string }>(
  what: string,
  known: { readonly [name: string]: Kind },
  own: readonly Kind[],
): { readonly [name: string]: Kind } {
  const all: { [name: string]: Kind } = { ...known }
  for (const kind of own) {
    if (Object.hasOwn(all, kind.name) && all[kind.name] !== kind) throw nameTaken(what, kind.name)
    all[kind.name] = kind
  }
  return all
}

function nameTaken(what: string, name: string): ForetuneError {
  return new ForetuneError(
    'ALGORITHM_NAME_TAKEN',
    `Expected a ${what} of your own to have a name that no other ${what} has, got '${name}'. A study's log says its algorithms by name: call yours something else.`,
    { details: { what, name } },
  )
}

const listed = new WeakMap<Algorithms, ListedAlgorithms>()

/** As the reader of study files wants them; the same list for the same algorithms, since a schema is made once for each. */
export function listedAlgorithms(algorithms: Algorithms): ListedAlgorithms {
  const known = listed.get(algorithms)
  if (known) return known
  const list = { samplers: Object.values(algorithms.samplers), schedulers: Object.values(algorithms.schedulers) }
  listed.set(algorithms, list)
  return list
}
