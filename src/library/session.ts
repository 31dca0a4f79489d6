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
import { fitter } from '../runtime/fitter.ts'
import type { RequestServer } from '../runtime/requests.ts'
import { serveRequests } from '../runtime/requests.ts'
import { systemClock } from '../runtime/system-clock.ts'
import { algorithms as allAlgorithms, resolveAlgorithms } from './algorithms.ts'
import { programFromJson } from '../wire/program.ts'
import { taughtScheduler } from './earlier-lessons.ts'
import { studyAnnealers } from './annealing.ts'
import { version } from './version.ts'
import { withWarmStart } from './warm-start.ts'

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
  const annealers = studyAnnealers()
  const controller = await openController({
    store,
    name,
    executor: async (study) => {
      const its = await executor(study)
      // Nothing is trained before it is known that its annealer can be had.
      if (its.slots > 0) await annealers.check(study.definition)
      return its
    },
    clock,
    algorithms,
    fitter: fitter(annealers),
    host: hostname(),
    pid: process.pid,
    version,
    resolve: async (definition, slots) => {
      const folder = create ? programFromJson(create.program).folder : '.'
      const scheduler = await taughtScheduler(definition.scheduler, definition, { store, folder, algorithms })
      const taught = await withWarmStart({ ...definition, scheduler }, { store, folder, algorithms })
      const resolved = resolveAlgorithms(taught, slots, algorithms)
      // A study that is asked has no slots: it is looked at once, when it is created.
      if (slots === 0) await annealers.check(resolved)
      return resolved
    },
    cacheFile: foldCacheFile,
    ...(create ? { create } : {}),
    ...(openWith ? { openWith } : {}),
    ...(onEvents ? { onEvents } : {}),
    ...(stays ? { stays } : {}),
  }).catch(async (error: unknown) => {
    await annealers.close()
    throw error
  })
  return Object.assign(controller, serveRequests(controller, store, clock))
}

/** Where a study keeps its cached fold; studies without a directory keep none. */
export function foldCacheFile(directory: string): string | undefined {
  return directory === '' ? undefined : join(directory, 'fold.cache')
}
