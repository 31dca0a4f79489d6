/**
 * The one loop: takes facts in, lets the core decide, appends facts and decisions in one durable write, then makes the world match.
 * Nothing is acted on before it is durable; while a write is under way, further facts gather for the next one (group commit).
 * A store that cannot write stops the controller at once: trials go on training, and a later controller adopts them.
 */
import type { Json } from '../core/trial.ts'
import { assert } from '../core/trial.ts'
import { stream } from '../core/maths/stream.ts'
import type { StudyDefinition } from '../core/study/definition.ts'
import { nextDeadline } from '../core/study/decide.ts'
import type { Event, Fact } from '../core/study/events.ts'
import type { LiveAttempt, TrialRecord } from '../core/study/state.ts'
import { step } from '../core/study/step.ts'
import { createStudy } from '../core/study/study.ts'
import type { Algorithms, Study } from '../core/study/study.ts'
import { wantedOf } from '../core/study/wanted.ts'
import type { AttemptOrder, Clock, Executor, Lease, Observation, Store } from '../ports.ts'
import { nextOverdue, overdueFacts } from './deadlines.ts'
import { foldStudy } from './fold.ts'
import { expectLive, newInbox } from './inbox.ts'

export interface ControllerOptions {
  readonly store: Store
  readonly name: string
  /** Makes the executor once it is known what the study trains. */
  readonly executor: (study: StudyToRun) => Executor | Promise<Executor>
  readonly clock: Clock
  readonly algorithms: Algorithms
  readonly host: string
  readonly pid: number
  readonly version: string
  /** What to create if the store does not hold the study yet. */
  readonly create?: Omit<StudyToRun, 'createdAt'>
  /** Gives options that depend on the number of slots their final value, when the study is created. */
  readonly resolve?: (definition: StudyDefinition, slots: number) => StudyDefinition
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
  /** Resolves when the fact and all that follows from it is durable: with the events of its batch. */
  submit(fact: FactWithoutTime): Promise<readonly Event[]>
  /** Resolves when the controller has left: the study is finished, or was asked to stop; rejects if the store or the code failed. */
  readonly left: Promise<void>
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
    const loop = startLoop(options, study, lease, executor)
    await executor.open(loop.observe)
    loop.begin()
    return loop.controller
  } catch (error) {
    await lease.release()
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
  const definition = options.resolve ? options.resolve(written, slots) : written
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

interface Told {
  readonly attempt: number
  until: number
  leave: boolean
  stop: boolean
}

function startLoop(
  options: ControllerOptions,
  study: Study,
  lease: Lease,
  executor: Executor,
): { readonly controller: Controller; observe(observation: Observation): void; begin(): void } {
  const { clock } = options
  const { state } = study
  const inbox = newInbox()
  const told = new Map<number, Told>()
  let facts: Fact[] = []
  let waiting: { resolve(events: readonly Event[]): void; reject(error: unknown): void }[] = []
  let isPumping = false
  let isOver = false
  let cancelTimer: (() => void) | null = null
  let timerAt = Infinity
  const { promise: left, resolve: resolveLeft, reject: rejectLeft } = Promise.withResolvers<void>()

  const now = (): number => Math.max(clock.now(), state.now)

  const observe = (observation: Observation): void => {
    if (isOver) return
    inbox.take(observation, now(), facts)
    if (facts.length > 0) void pump()
  }

  async function pump(): Promise<void> {
    if (isPumping) return
    isPumping = true
    try {
      while (facts.length > 0 && !isOver) await commit()
    } catch (error) {
      await end(error)
    }
    isPumping = false
  }

  async function commit(): Promise<void> {
    const batch = facts
    const acknowledged = waiting
    facts = []
    waiting = []
    const { seq } = state
    try {
      const events = step(study, batch)
      await options.store.append(lease, seq, events)
      if (isOver) return
      applyBatch(events, acknowledged)
    } catch (error) {
      for (const waiter of acknowledged) waiter.reject(error)
      throw error
    }
    if (isTimeToLeave()) await leave()
  }

  function applyBatch(events: readonly Event[], acknowledged: typeof waiting): void {
    for (const event of events) act(event)
    for (const waiter of acknowledged) waiter.resolve(events)
    options.onEvents?.(events, study)
    armTimer()
  }

  function act(event: Event): void {
    switch (event.type) {
      case 'StartAttempt':
        if (event.asked) return
        inbox.expect(event.trial, event.attempt, 1)
        told.set(event.trial, { attempt: event.attempt, until: event.until, leave: false, stop: false })
        return executor.start(orderOf(study, trialAt(event.trial), event))
      case 'RaiseUntil':
      case 'ReleaseTrial':
      case 'StopAttempt':
      case 'StopTrial':
      case 'FailTrial':
        return match(trialAt(event.trial))
      case 'DeleteCheckpoint':
        return executor.deleteCheckpoint(event.trial)
      case 'AttemptEnded':
        told.delete(event.trial)
        return
      default:
        return
    }
  }

  function trialAt(number: number): TrialRecord {
    const trial = state.trials[number]
    assert(trial, `trial ${number} exists`)
    return trial
  }

  /** Makes the world match what is wanted of one trial's live attempt. */
  function match(trial: TrialRecord): void {
    const { live } = trial
    if (!live || live.asked) return
    const wanted = wantedOf(trial, live)
    const last = told.get(trial.number)
    if (!last || last.attempt !== live.attempt) return
    if (wanted.stop && !last.stop) executor.stop(trial.number, live.attempt, state.failures.graceMs)
    else if (!wanted.stop && (wanted.until !== last.until || wanted.leave !== last.leave))
      executor.limit(trial.number, live.attempt, wanted.until, wanted.leave)
    last.until = wanted.until
    last.leave = wanted.leave
    last.stop = wanted.stop
  }

  function armTimer(): void {
    const at = Math.min(nextDeadline(state) ?? Infinity, nextOverdue(state))
    if (at >= timerAt && cancelTimer) return
    cancelTimer?.()
    cancelTimer = null
    timerAt = at
    if (at === Infinity) return
    cancelTimer = clock.after(at - now(), () => {
      cancelTimer = null
      timerAt = Infinity
      if (isOver) return
      const time = now()
      const overdue = overdueFacts(state, time)
      if (overdue.length > 0 || (nextDeadline(state) ?? Infinity) <= time)
        facts.push(...overdue, { type: 'TimePassed', at: time })
      if (facts.length > 0) void pump()
      else armTimer()
    })
  }

  function isTimeToLeave(): boolean {
    if (!state.session || state.live.size > state.askedCount) return false
    return state.stopRequested !== null || (state.finished !== null && options.stays !== true)
  }

  async function leave(): Promise<void> {
    const why = state.finished?.rule ?? 'study-stopped'
    const { seq } = state
    const events = step(study, [{ type: 'ControllerLeft', at: now(), why }])
    await options.store.append(lease, seq, events)
    options.onEvents?.(events, study)
    await end()
  }

  async function end(error?: unknown): Promise<void> {
    if (isOver) return
    isOver = true
    cancelTimer?.()
    for (const waiter of waiting) waiter.reject(error ?? new Error('the controller has left'))
    try {
      await executor.close()
      await lease.release()
    } finally {
      if (error === undefined) resolveLeft()
      else rejectLeft(error)
    }
  }

  function begin(): void {
    expectLive(inbox, state)
    const { fence } = lease
    const { host, pid, version } = options
    facts.push({ type: 'ControllerStarted', at: now(), fence, host, pid, version, slots: executor.slots })
    for (const fact of options.openWith?.(study) ?? []) facts.push({ ...fact, at: now() } as Fact)
    // Adopted before the first batch is decided: their observations come later, through `observe`.
    for (const number of state.live) adopt(trialAt(number))
    for (const number of state.doomedCheckpoints) executor.deleteCheckpoint(number)
    void pump()
  }

  function adopt(trial: TrialRecord): void {
    const { live } = trial
    if (!live || live.asked) return
    told.set(trial.number, { attempt: live.attempt, until: live.until, leave: false, stop: false })
    executor.adopt(orderOf(study, trial, live), live.lines, live.process)
    executor.limit(trial.number, live.attempt, live.until, false)
    match(trial)
  }

  const controller: Controller = {
    study,
    lease,
    left,
    submit(fact) {
      if (isOver) return Promise.reject(new Error('the controller has left'))
      facts.push({ ...fact, at: now() } as Fact)
      const durable = new Promise<readonly Event[]>((resolve, reject) => waiting.push({ resolve, reject }))
      void pump()
      return durable
    },
    async abandon() {
      if (isOver) return
      isOver = true
      cancelTimer?.()
      await executor.close()
      resolveLeft()
    },
    async leave(why) {
      const gone = controller.submit({ type: 'ControllerLeft', why }).then(() => end())
      await gone.catch((error: unknown) => {
        if (!isOver) throw error
      })
      await left
    },
    fail: (error) => end(error),
    kill(by) {
      void controller.submit({ type: 'StopRequested', by } as FactWithoutTime).catch(() => undefined)
      for (const number of state.live) {
        const { live } = trialAt(number)
        if (live && !live.asked) executor.stop(number, live.attempt, 0)
      }
    },
  }
  // A rejection that nobody awaits yet must not end the process: whoever awaits `left` sees it.
  left.catch(() => undefined)
  return { controller, observe, begin }
}

function orderOf(
  study: Study,
  trial: TrialRecord,
  live: Pick<LiveAttempt, 'attempt' | 'from' | 'until'>,
): AttemptOrder {
  const { definition } = study.state
  return {
    trial: trial.number,
    attempt: live.attempt,
    configuration: trial.configuration,
    note: trial.note,
    seed: stream(definition.seed, 'trial', trial.number).uint32(),
    from: live.from,
    until: live.until,
    max: definition.epochs.max,
  }
}
