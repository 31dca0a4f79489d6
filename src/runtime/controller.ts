/**
 * The one loop: takes facts in, lets the core decide, appends facts and decisions in one durable write, then makes the world match.
 * Nothing is acted on before it is durable; while a write is under way, further facts gather for the next one (group commit).
 * A store that cannot write stops the controller at once: trials go on training, and a later controller adopts them.
 */
import type { Json } from '../core/trial.ts'
import { assert } from '../core/trial.ts'
import type { StudyDefinition } from '../core/study/definition.ts'
import type { Event, Fact } from '../core/study/events.ts'
import { step } from '../core/study/step.ts'
import { createStudy } from '../core/study/study.ts'
import type { Algorithms, Study } from '../core/study/study.ts'
import type { Clock, Executor, Fitter, Lease, Observation, Store } from '../ports.ts'
import { deadlineTimer } from './deadlines.ts'
import type { DeadlineTimer } from './deadlines.ts'
import { newFits } from './fits.ts'
import type { Fits } from './fits.ts'
import { foldStudy } from './fold.ts'
import { newInbox } from './inbox.ts'
import type { Inbox } from './inbox.ts'
import { sessionClock } from './session-clock.ts'
import { newWorld } from './world.ts'
import type { World } from './world.ts'

export interface ControllerOptions {
  readonly store: Store
  readonly name: string
  /** Makes the executor once it is known what the study trains. */
  readonly executor: (study: StudyToRun) => Executor | Promise<Executor>
  readonly clock: Clock
  readonly algorithms: Algorithms
  /** Closed with the controller. */
  readonly fitter: Fitter
  readonly host: string
  readonly pid: number
  readonly version: string
  /** What to create if the store does not hold the study yet. */
  readonly create?: Omit<StudyToRun, 'createdAt'>
  /** Gives options that depend on the number of slots, or on an earlier study, their final value, when the study is created. */
  readonly resolve?: (definition: StudyDefinition, slots: number) => StudyDefinition | Promise<StudyDefinition>
  /** Facts to begin with, after ControllerStarted (a changed budget, a lifted pause). */
  readonly openWith?: (study: Study) => readonly FactWithoutTime[]
  readonly cacheFile?: (directory: string) => string | undefined
  /** Does not leave because the study is finished: whoever opened it says `leave`. */
  readonly stays?: boolean
  /** Told after each durable batch. */
  readonly onEvents?: (events: readonly Event[], study: Study) => void
}

export interface StudyToRun {
  /** When the study was created: with its name, what tells it from another one in the same directory. */
  readonly createdAt: number
  readonly definition: StudyDefinition
  readonly program: Json
  readonly directory: string
}

type WithoutTime<F> = F extends Fact ? Omit<F, 'at' | 'more'> : never
export type FactWithoutTime = WithoutTime<Fact>

export interface Controller {
  readonly study: Study
  readonly lease: Lease
  /** Facts are being recorded or acted upon; false = all that could follow has followed, and it waits for the world. */
  readonly isBusy: boolean
  /** Resolves when the fact and all that follows from it is durable: with the events of its batch. */
  submit(fact: FactWithoutTime): Promise<readonly Event[]>
  /** Resolves when the controller has left: the study is finished, or was asked to stop; rejects if the store or the code failed. */
  readonly left: Promise<void>
  /** Resolves when no predictor is being trained and no configuration proposed; rejects where `left` does. */
  fitted(): Promise<void>
  /** Resolves when no configuration is being proposed; rejects where `left` does. */
  proposed(): Promise<void>
  /** Stops acting at once, records nothing more, leaves every attempt running: as if the process had been killed. */
  abandon(): Promise<void>
  /** Leaves in order, whatever is under way: recorded, attempts of other processes go on, the lease is handed back. */
  leave(why: string): Promise<void>
  /** Stops because of an error outside the loop (a lost lease): `left` rejects with it. */
  fail(error: unknown): Promise<void>
  /** Leaves now: running attempts are killed, all they wrote is read first. */
  kill(by: string): void
}

export async function openController(options: ControllerOptions): Promise<Controller> {
  const { store, name } = options
  const lease = await store.acquire(name, { host: options.host, pid: options.pid })
  try {
    const folded = await foldStudy(store, name, options.algorithms, options.cacheFile)
    const toRun = folded ? folded.study.state : toCreate(options)
    const executor = await options.executor(toRun)
    const study = folded?.study ?? (await createFrom(options, toRun, lease, executor.slots))
    return await ControlLoop.begin(options, study, lease, executor)
  } catch (error) {
    await lease.release().catch(() => undefined) // the first error is the one to tell
    throw error
  }
}

function toCreate(options: ControllerOptions): StudyToRun {
  assert(options.create, `the study ${options.name} is in the store or is to be created`)
  return { ...options.create, createdAt: options.clock.now() }
}

async function createFrom(options: ControllerOptions, toRun: StudyToRun, lease: Lease, slots: number): Promise<Study> {
  const { version, algorithms, store } = options
  const { definition: written, program, directory, createdAt } = toRun
  const definition = options.resolve ? await options.resolve(written, slots) : written
  const event: Fact & { type: 'StudyCreated' } = {
    type: 'StudyCreated',
    at: createdAt,
    version,
    definition,
    program,
    directory,
  }
  await store.append(lease, 0, [event])
  return createStudy(event, algorithms)
}

interface Waiter {
  resolve(events: readonly Event[]): void
  reject(error: unknown): void
}

class ControlLoop implements Controller {
  readonly study: Study
  readonly lease: Lease
  readonly left: Promise<void>
  readonly #options: ControllerOptions
  readonly #clock: Clock
  readonly #executor: Executor
  readonly #inbox: Inbox = newInbox()
  readonly #world: World
  readonly #fits: Fits
  readonly #timer: DeadlineTimer
  readonly #leaving: PromiseWithResolvers<void> = Promise.withResolvers()
  #facts: Fact[] = []
  #waiting: Waiter[] = []
  #isPumping = false
  #isOver = false

  private constructor(options: ControllerOptions, study: Study, lease: Lease, executor: Executor) {
    this.study = study
    this.lease = lease
    this.#options = options
    this.#clock = sessionClock(options.clock, study.state.now)
    this.#executor = executor
    this.#world = newWorld(study, executor, this.#inbox)
    this.#fits = newFits(
      study,
      options.fitter,
      (fact) => this.#take(this.#dated(fact)),
      (error) => void this.#end(error),
    )
    this.#timer = deadlineTimer(study.state, this.#clock, (facts) => {
      // Facts that gather behind a write may make these untrue: the timer is armed anew when they are known.
      if (!this.#isPumping) this.#take(...facts)
    })
    this.left = this.#leaving.promise
    // A rejection that nobody awaits yet must not end the process: whoever awaits `left` sees it.
    this.left.catch(() => undefined)
  }

  static async begin(options: ControllerOptions, study: Study, lease: Lease, executor: Executor): Promise<Controller> {
    const openWith = options.openWith?.(study) ?? []
    const loop = new ControlLoop(options, study, lease, executor)
    await executor.open((observation) => loop.#observe(observation))
    // Adopted before the first batch is decided: what they say comes later, as observations.
    loop.#world.adoptAll()
    loop.#fits.beginAll()
    loop.#take(loop.#startedFact(), ...openWith.map((fact) => loop.#dated(fact)))
    return loop
  }

  get isBusy(): boolean {
    return this.#isPumping
  }

  submit(fact: FactWithoutTime): Promise<readonly Event[]> {
    if (this.#isOver) return Promise.reject(new Error('the controller has left'))
    const durable = new Promise<readonly Event[]>((resolve, reject) => this.#waiting.push({ resolve, reject }))
    this.#take(this.#dated(fact))
    return durable
  }

  async fitted(): Promise<void> {
    await this.#fits.idle()
    if (this.#isOver) await this.left
  }

  async proposed(): Promise<void> {
    await this.#fits.proposed()
    if (this.#isOver) await this.left
  }

  async abandon(): Promise<void> {
    if (this.#isOver) return
    this.#isOver = true
    this.#timer.cancel()
    await this.#closeParts()
    this.#leaving.resolve()
  }

  async leave(why: string): Promise<void> {
    // A session of a moment would else leave the same fit to the next one for ever.
    await this.#fits.idle()
    const gone = this.submit({ type: 'ControllerLeft', why }).then(() => this.#end())
    await gone.catch((error: unknown) => {
      if (!this.#isOver) throw error
    })
    await this.left
  }

  fail(error: unknown): Promise<void> {
    return this.#end(error)
  }

  kill(by: string): void {
    if (this.study.state.stopRequested === null) this.submit({ type: 'StopRequested', by }).catch(() => undefined)
    this.#world.killAll()
  }

  #now(): number {
    return Math.max(this.#clock.now(), this.study.state.now)
  }

  #dated(fact: FactWithoutTime): Fact {
    return { ...fact, at: this.#now() } as Fact
  }

  #startedFact(): Fact {
    const { host, pid, version } = this.#options
    const { samplerKind, schedulerKind } = this.study
    const versions = { samplerVersion: samplerKind.version, schedulerVersion: schedulerKind.version }
    const { fence } = this.lease
    const { slots } = this.#executor
    return { type: 'ControllerStarted', at: this.#now(), fence, host, pid, version, ...versions, slots }
  }

  #observe(observation: Observation): void {
    if (this.#isOver) return
    this.#inbox.take(observation, this.#now(), this.#facts)
    if (this.#facts.length > 0) void this.#pump()
  }

  #take(...facts: readonly Fact[]): void {
    if (this.#isOver) return
    this.#facts.push(...facts)
    void this.#pump()
  }

  async #pump(): Promise<void> {
    if (this.#isPumping) return
    this.#isPumping = true
    // All that is observed in one go makes one batch, and one write.
    await Promise.resolve()
    try {
      while (this.#facts.length > 0 && !this.#isOver) await this.#commit()
    } catch (error) {
      await this.#end(error)
    }
    this.#isPumping = false
  }

  async #commit(): Promise<void> {
    const facts = this.#facts
    const waiting = this.#waiting
    this.#facts = []
    this.#waiting = []
    try {
      const events = await this.#record(facts)
      if (this.#isOver) return
      for (const event of events) {
        this.#world.act(event)
        if (event.type === 'FitPredictor') this.#fits.begin(event.fit)
        if (event.type === 'ProposeConfigurations') this.#fits.propose(event)
      }
      for (const waiter of waiting) waiter.resolve(events)
      this.#options.onEvents?.(events, this.study)
      this.#timer.arm()
    } catch (error) {
      for (const waiter of waiting) waiter.reject(error)
      throw error
    }
    if (this.#isTimeToLeave()) await this.#leaveForGood()
  }

  async #record(facts: readonly Fact[]): Promise<readonly Event[]> {
    const { seq } = this.study.state
    const events = step(this.study, facts)
    await this.#options.store.append(this.lease, seq, events)
    return events
  }

  #isTimeToLeave(): boolean {
    const { state } = this.study
    if (!state.session || state.live.size > state.askedCount) return false
    return state.stopRequested !== null || (state.finished !== null && this.#options.stays !== true)
  }

  async #leaveForGood(): Promise<void> {
    const why = this.study.state.finished?.rule ?? 'study-stopped'
    const events = await this.#record([{ type: 'ControllerLeft', at: this.#now(), why }])
    this.#options.onEvents?.(events, this.study)
    await this.#end()
  }

  async #closeParts(): Promise<void> {
    await Promise.all([this.#executor.close(), this.#options.fitter.close()])
  }

  async #end(error?: unknown): Promise<void> {
    if (this.#isOver) return
    this.#isOver = true
    this.#timer.cancel()
    for (const waiter of this.#waiting) waiter.reject(error ?? new Error('the controller has left'))
    let why = error
    try {
      await this.#closeParts()
      await this.lease.release()
    } catch (failure) {
      // A store that broke cannot take the lease back either: the first error is the one to tell.
      why ??= failure
    }
    if (why === undefined) this.#leaving.resolve()
    else this.#leaving.reject(why)
  }
}
