/**
 * A controller with everything around it: the lease kept, requests of other processes served. The one way in which the command line and the
 * library run a study.
 */
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Event } from '../core/study/events.ts'
import type { Algorithms, Study } from '../core/study/study.ts'
import type { Clock, Executor, Store } from '../ports.ts'
import type { Controller, FactWithoutTime, StudyToRun } from '../runtime/controller.ts'
import { openController } from '../runtime/controller.ts'
import type { RequestServer } from '../runtime/requests.ts'
import { serveRequests } from '../runtime/requests.ts'
import { systemClock } from '../runtime/system-clock.ts'
import { algorithms as allAlgorithms, resolveAlgorithms } from './algorithms.ts'
import { version } from './version.ts'

export interface SessionOptions {
  readonly store: Store
  readonly name: string
  readonly executor: (study: StudyToRun) => Executor | Promise<Executor>
  /** What to create if the store does not hold the study yet. */
  readonly create?: Omit<StudyToRun, 'createdAt'>
  readonly openWith?: (study: Study) => readonly FactWithoutTime[]
  readonly onEvents?: (events: readonly Event[], study: Study) => void
  /** Does not leave because the study is finished: whoever opened it says `leave`. */
  readonly stays?: boolean
  readonly algorithms?: Algorithms
  readonly clock?: Clock
}

export type Session = Controller & RequestServer

export async function openSession(options: SessionOptions): Promise<Session> {
  const clock = options.clock ?? systemClock()
  const algorithms = options.algorithms ?? allAlgorithms
  const { store, name, executor, create, openWith, onEvents, stays } = options
  const controller = await openController({
    store,
    name,
    executor,
    clock,
    algorithms,
    host: hostname(),
    pid: process.pid,
    version,
    resolve: (definition, slots) => resolveAlgorithms(definition, slots, algorithms),
    cacheFile: foldCacheFile,
    ...(create ? { create } : {}),
    ...(openWith ? { openWith } : {}),
    ...(onEvents ? { onEvents } : {}),
    ...(stays ? { stays } : {}),
  })
  return Object.assign(controller, serveRequests(controller, store, clock))
}

/** Where a study keeps its cached fold; studies without a directory keep none. */
export function foldCacheFile(directory: string): string | undefined {
  return directory === '' ? undefined : join(directory, 'fold.cache')
}
