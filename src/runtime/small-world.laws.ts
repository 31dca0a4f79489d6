/**
 * A world for the tests of the runtime: workers in virtual time, a store in memory, and a clock on the wall that may be set. Controllers come and
 * go on it; it outlives them.
 */
import { schedulers } from '../core/schedulers/index.ts'
import { samplers } from '../core/samplers/index.ts'
import type { StudyDefinition } from '../core/study/definition.ts'
import type { Event } from '../core/study/events.ts'
import { aDefinition, schedulerOf } from '../core/study/views/small-study.laws.ts'
import type { Algorithms } from '../core/study/study.ts'
import type { Clock, Executor, Store } from '../ports.ts'
import { builtInProblem } from '../simulation/problems.ts'
import { virtualClock } from '../simulation/virtual-clock.ts'
import type { VirtualClock } from '../simulation/virtual-clock.ts'
import { virtualExecutor } from '../simulation/virtual-executor.ts'
import { virtualWorld } from '../simulation/virtual-world.ts'
import type { WorldOptions } from '../simulation/virtual-world.ts'
import { memoryStore } from '../stores/memory.ts'
import { openController } from './controller.ts'
import { fitter } from './fitter.ts'
import type { Controller, ControllerOptions } from './controller.ts'

export const algorithms: Algorithms = { samplers, schedulers }

const epochs = 8
const problem = builtInProblem('branin', epochs)
const begunAt = 1_800_000_000_000

export interface SmallWorld {
  readonly store: Store
  readonly time: VirtualClock
  /** What a controller reads as the time: the world's, as the wall clock is set. */
  readonly clock: Clock
  /** Somebody sets the wall clock: by so many milliseconds. */
  setClock(byMs: number): void
  /** The one that `open` takes unless told otherwise. */
  executor(): Executor
  open(options?: Partial<ControllerOptions>): Promise<Controller>
  /** As a SIGKILL: it acts no more, and its lease is a dead process's. */
  crash(controller: Controller): Promise<void>
  /** Lets the world and its controller go on for so long, or until the controller has left. */
  pass(ms: number, controller?: Controller): Promise<void>
  events(): Promise<readonly Event[]>
}

export interface SmallWorldOptions {
  readonly definition?: Partial<StudyDefinition>
  readonly world?: Partial<Omit<WorldOptions, 'problem' | 'clock'>>
  readonly store?: Store
}

/** Trials of eight epochs of a second each, two at once. */
export function smallWorld(given: SmallWorldOptions = {}): SmallWorld {
  const time = virtualClock(begunAt)
  let shiftMs = 0
  const clock: Clock = {
    now: () => time.now() + shiftMs,
    after: (delayMs, callback) => time.after(delayMs, callback),
  }
  const world = virtualWorld({ problem, clock: time, workers: 2, seed: 7, ...given.world })
  const dead = new Set<number>()
  let pid = 0
  const store = given.store ?? memoryStore({ now: () => clock.now(), isAlive: (owner) => !dead.has(owner.pid) })
  const definition = aDefinition({
    space: problem.space,
    objectives: problem.objectives,
    epochs: { min: 1, max: epochs, resource: 'epochs' },
    scheduler: schedulerOf('none'),
    budget: { trials: 4 },
    ...given.definition,
  })
  return {
    store,
    time,
    clock,
    setClock(byMs) {
      shiftMs += byMs
    },
    executor: () => virtualExecutor(world),
    open: (options = {}) =>
      openController({
        store,
        name: definition.name,
        executor: (): Executor => virtualExecutor(world),
        clock,
        algorithms,
        fitter: fitter(),
        host: 'here',
        pid: ++pid,
        version: 'test',
        create: { definition, program: null, directory: '' },
        ...options,
      }),
    async crash(controller) {
      await controller.abandon()
      dead.add(pid)
    },
    async pass(ms, controller) {
      let isOver = false
      const over = (): void => {
        isOver = true
      }
      controller?.left.then(over, over)
      const end = time.now() + ms
      time.after(ms, () => undefined)
      for (await settled(); !isOver && time.next() <= end; await settled()) time.advance()
    },
    async events() {
      const all: Event[] = []
      for await (const chunk of store.read(definition.name)) for (const { event } of chunk) all.push(event)
      return all
    },
  }
}

/** Everything that can happen without time passing has happened. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}
