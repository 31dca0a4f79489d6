/**
 * Runs a study in virtual time: the same controller, core and store as in earnest, over a virtual clock and virtual workers.
 *
 * The clock moves only when the controller has nothing more to do. The store is in memory and answers in microtasks, so that it is waited
 * for in microtasks, too: this costs a tenth of a microsecond each, a turn of the event loop would cost five.
 */
import { isSettled } from '../core/trial.ts'
import type { Event } from '../core/study/events.ts'
import type { Algorithms, Study } from '../core/study/study.ts'
import type { Fitter, Store } from '../ports.ts'
import { openController } from '../runtime/controller.ts'
import type { Controller } from '../runtime/controller.ts'
import { SimulatedCrash, memoryStore } from '../stores/memory.ts'
import { crashAt, isFitRefused, noFaults } from './faults.ts'
import { simulationResult } from './simulation-result.ts'
import type { SimulationResult } from './simulation-result.ts'
import { setUp, simulationName } from './simulation-setup.ts'
import type { SimulateOptions, SimulationSetup } from './simulation-setup.ts'
import type { Trajectory } from './tally.ts'
import { virtualClock } from './virtual-clock.ts'
import type { VirtualClock } from './virtual-clock.ts'
import { virtualExecutor } from './virtual-executor.ts'
import { virtualFitter } from './virtual-fitter.ts'
import { virtualWorld } from './virtual-world.ts'
import type { World } from './virtual-world.ts'
import { workMeter } from './work-meter.ts'

export interface Simulation {
  /** What `simulate --json` prints. */
  readonly result: SimulationResult
  readonly trajectory: Trajectory
  readonly study: Study
  /** How often the controller crashed. */
  readonly crashes: number
  /** Holds the log, of the study `simulation`. */
  readonly store: Store
  /** What the study's definition names: with them its log can be folded and verified. */
  readonly algorithms: Algorithms
}

/** A controller that crashes at every append for ever would never end. */
const livesMax = 100_000

/** So many groups of events at one time are no progress. */
const groupsMax = 100_000

const settled: Promise<void> = Promise.resolve()

interface Stage {
  readonly setup: SimulationSetup
  readonly clock: VirtualClock
  readonly world: World
  readonly fitter: Fitter
  readonly store: Store
  readonly appends: { count: number; crash: { awayMs: number } | null }
}

export async function simulate(options: SimulateOptions): Promise<Simulation> {
  const begun = performance.now()
  const stage = stageFor(options)
  let study: Study | null = null
  let crashes = -1
  while (study === null) {
    crashes++
    if (crashes > livesMax) throw new Error(`bug: the simulated controller crashed ${livesMax} times`)
    if (crashes > 0) passTime(stage.clock, stage.appends.crash?.awayMs ?? 0)
    stage.appends.crash = null
    study = await oneLife(stage)
  }
  const { world, store } = stage
  const workers = options.workers ?? 1
  const result = simulationResult({ study, world, workers, wallMs: performance.now() - begun })
  const algorithms = algorithmsOf(stage.setup)
  return { result, trajectory: world.tally.trajectory, study, crashes, store, algorithms }
}

/** The log of a simulation, for `--events` and for checks. */
export async function eventsOf(simulation: Simulation): Promise<Event[]> {
  const events: Event[] = []
  for await (const chunk of simulation.store.read(simulationName)) for (const { event } of chunk) events.push(event)
  return events
}

function stageFor(options: SimulateOptions): Stage {
  const { problem, workers = 1, seed = 0, faults = noFaults, fitSeconds = 0 } = options
  const planned = setUp(options)
  const clock = virtualClock()
  const meter = fitSeconds === 0 ? null : workMeter(clock, fitSeconds)
  const setup = meter
    ? { ...planned, sampler: meter.sampler(planned.sampler), scheduler: meter.scheduler(planned.scheduler) }
    : planned
  const { seconds, startupMs, saveMs } = options
  const world = virtualWorld({
    problem,
    clock,
    workers,
    seed,
    faults,
    lingerMs: planned.definition.lingerMs,
    ...(seconds ? { seconds } : {}),
    ...(startupMs === undefined ? {} : { startupMs }),
    ...(saveMs === undefined ? {} : { saveMs }),
    ...(meter ? { delayMs: () => meter.delayMs() } : {}),
  })
  const appends: Stage['appends'] = { count: 0, crash: null }
  const store = memoryStore({
    now: () => clock.now(),
    failAppend() {
      const crash = crashAt(faults, seed, appends.count++)
      appends.crash = crash
      return crash?.when ?? false
    },
  })
  const fitter = virtualFitter(clock, fitSeconds, (fit) => isFitRefused(faults, seed, fit))
  return { setup, clock, world, fitter, store, appends }
}

/** From a controller's start to its leaving (the study) or its crash (null). */
async function oneLife(stage: Stage): Promise<Study | null> {
  const { clock, world, store, setup } = stage
  const { definition } = setup
  try {
    const controller = await openController({
      store,
      name: simulationName,
      executor: () => virtualExecutor(world),
      clock,
      algorithms: algorithmsOf(setup),
      fitter: stage.fitter,
      host: 'simulated',
      pid: 1,
      version: 'simulated',
      create: { definition, program: null, directory: '' },
    })
    await drive(stage, controller)
    await controller.left
    return controller.study
  } catch (error) {
    if (error instanceof SimulatedCrash) return null
    throw error
  }
}

function algorithmsOf({ definition, sampler, scheduler }: SimulationSetup): Algorithms {
  return {
    samplers: { [definition.sampler.type]: sampler },
    schedulers: { [definition.scheduler.type]: scheduler },
  }
}

async function drive({ clock }: Stage, controller: Controller): Promise<void> {
  let isOver = false
  const over = (): void => {
    isOver = true
  }
  controller.left.then(over, over)
  let groups = 0
  let since = clock.now()
  for (;;) {
    do await settled
    while (controller.isBusy)
    if (isOver) return
    groups = clock.now() === since ? groups + 1 : 0
    since = clock.now()
    if (groups > groupsMax) throw standstill(controller.study, since)
    if (clock.advance()) continue
    await new Promise((resolve) => setImmediate(resolve))
    if (isOver) return
    throw standstill(controller.study, clock.now())
  }
}

/** While no controller is there, attempts train on. */
function passTime(clock: VirtualClock, ms: number): void {
  let isBack = false
  clock.after(ms, () => {
    isBack = true
  })
  while (!isBack) clock.advance()
}

function standstill(study: Study, now: number): Error {
  const { state } = study
  const open = state.trials.filter((trial) => !isSettled(trial.state)).map((trial) => `${trial.number} ${trial.state}`)
  return new Error(
    `bug: the simulated study stands still at ${now} ms, after event ${state.seq}; open trials: ${open.slice(0, 20).join(', ')}`,
  )
}
