/**
 * A small pure study for the tests of schedulers: it feeds notices, keeps states and curves, gives slots away, and checks at every step what
 * the contract asks of a scheduler. Time is virtual; whatever goes wrong (failures, early ends, user stops, a short budget) is in the `World`.
 */
import assert from 'node:assert/strict'
import type { StudyView } from '../study/study-view.ts'
import { isSettled, type TrialState } from '../trial.ts'
import { viewOf, type Curve } from './mini-view.laws.ts'
import { aDefinition, resolved, type Course, type World } from './mini-world.laws.ts'
import { denseCurve } from '../study/dense-curve.ts'
import { fitInput, predictorOf } from '../study/fit-input.ts'
import type { FitRequest, Notice, Order, Scheduler, SchedulerKind, Verdict } from './scheduler.ts'

interface Running {
  readonly trial: number
  until: number
  limit: number
  at: number
}

interface Fitting {
  readonly fit: number
  readonly request: FitRequest
  /** Facts to come before its answer. */
  left: number
}

const STEPS_MAX = 1_000_000

/** Runs the study to its end. Throws where the scheduler breaks its contract or gets stuck. */
export function runStudy(kind: SchedulerKind, options: { [option: string]: unknown }, world: World): Course {
  return run(openStudy(kind, options, world))
}

export interface MiniStudy {
  readonly world: World
  readonly view: StudyView
  readonly make: () => Scheduler
  scheduler: Scheduler
  memory: unknown
  readonly states: TrialState[]
  readonly curves: Curve[]
  running: Running[]
  fitting: Fitting[]
  fits: number
  readonly orders: Course['orders'][number][]
  readonly verdicts: Verdict[]
  readonly conclusions: Course['conclusions'][number][]
  readonly decisions: string[]
  epochs: number
  now: number
  isOpen: boolean
  isExhausted: boolean
  wasDone: boolean
}

/** A study before its first order. */
export function openStudy(kind: SchedulerKind, options: { [option: string]: unknown }, world: World): MiniStudy {
  const definition = aDefinition(world)
  const settings = resolved(kind, definition, options, world.slots)
  const make = (): Scheduler => kind.create({ definition, options: settings })
  const scheduler = make()
  const seen = { states: [] as TrialState[], curves: [] as Curve[], isOpen: true }
  const counts = { epochs: 0, fits: 0, now: 0, isExhausted: false, wasDone: false }
  const lists = { running: [], fitting: [], orders: [], verdicts: [], conclusions: [], decisions: [] }
  const mini: Omit<MiniStudy, 'view'> = {
    world,
    make,
    scheduler,
    memory: scheduler.start(),
    ...seen,
    ...counts,
    ...lists,
  }
  return Object.assign(mini, { view: viewOf(mini, definition) })
}

function run(mini: MiniStudy): Course {
  let events = 0
  settle(mini)
  fill(mini)
  while (mini.running.length > 0 || mini.fitting.length > 0) {
    assert.ok(++events < STEPS_MAX, 'the study ends')
    if (mini.running.length > 0) step(mini)
    answerFits(mini)
    if (events === mini.world.closesAfter) close(mini)
    mini.wasDone ||= mini.scheduler.isDone(mini.memory, mini.view)
    if (events % (mini.world.batch ?? 1) === 0 || mini.running.length === 0) fill(mini)
  }
  const isDone = mini.scheduler.isDone(mini.memory, mini.view)
  assert.ok(isDone || mini.isExhausted, 'nothing runs and nothing is ordered only when the scheduler is done')
  return {
    decisions: mini.decisions,
    orders: mini.orders,
    verdicts: mini.verdicts,
    conclusions: mini.conclusions,
    states: mini.states,
    reached: mini.states.map((_, trial) => mini.view.epoch(trial)),
    epochs: mini.epochs,
    makespan: mini.now,
    rungs: mini.scheduler.rungs?.(mini.memory, mini.view) ?? [],
    isDone,
  }
}

/** The next epoch of the trial whose epoch ends first. */
function step(mini: MiniStudy): void {
  const { world } = mini
  const next = mini.running.reduce((first, other) => (other.at < first.at ? other : first))
  const { trial } = next
  const epoch = mini.view.epoch(trial) + 1
  mini.now = next.at
  mini.epochs++
  if (world.failsAt?.(trial) === epoch) return end(mini, next, 'failed', { type: 'failed', trial })
  mini.curves[trial]?.epochs.push(epoch)
  mini.curves[trial]?.losses.push(
    mini.view.definition.objectives.map(
      ({ direction }, i) => world.value(trial, epoch, i) * (direction === 'maximize' ? -1 : 1),
    ),
  )
  tell(mini, { type: 'reported', trial, epoch })
  settle(mini)
  if (!mini.running.includes(next)) return
  const isStopped = world.stoppedAt?.(trial) === epoch
  const isComplete = epoch === world.maxEpochs || world.endsAt?.(trial) === epoch
  if (isComplete) return end(mini, next, 'complete', { type: 'arrived', trial, epoch, complete: true })
  if (epoch >= next.limit && linger(mini, next, epoch)) {
    if (isStopped && mini.view.state(trial) === 'paused') end(mini, next, 'stopped', { type: 'stopped', trial })
    return
  }
  if (!mini.running.includes(next)) return
  if (isStopped) return end(mini, next, 'stopped', { type: 'stopped', trial })
  next.at += world.duration?.(trial, epoch + 1) ?? 1
}

/** Its attempt still lives when its arrival is told: it may be raised. True: it was not, and is paused. */
function linger(mini: MiniStudy, next: Running, epoch: number): boolean {
  tell(mini, { type: 'arrived', trial: next.trial, epoch, complete: false })
  settle(mini)
  if (!mini.running.includes(next) || next.until > epoch) return false
  mini.running = mini.running.filter((other) => other !== next)
  mini.states[next.trial] = 'paused'
  settle(mini)
  return true
}

function end(mini: MiniStudy, running: Running, state: TrialState, notice: Notice): void {
  mini.running = mini.running.filter((other) => other !== running)
  mini.states[running.trial] = state
  tell(mini, notice)
  settle(mini)
}

/** Takes all verdicts. */
function settle(mini: MiniStudy): void {
  for (;;) {
    const verdict = unchanged(mini, () => mini.scheduler.decide(mini.memory, mini.view))
    if (verdict === null) return
    mini.verdicts.push(verdict)
    if (verdict.type === 'raise') {
      raise(mini, verdict)
    } else if (verdict.type === 'fit') {
      const { type: _, ...request } = verdict
      assert.deepEqual(JSON.parse(JSON.stringify(request)), request, 'a request is JSON')
      const { known, target, trials } = request
      for (const trial of trials)
        assert.ok(Number.isFinite(denseCurve(mini.view, trial, target).at(-1)), `trial ${trial} teaches with its end`)
      mini.decisions.push(`fit ${known} -> ${target}`)
      mini.fitting.push({ fit: mini.fits++, request, left: mini.world.fitTakes ?? 0 })
      tell(mini, { type: 'fitting', tag: request.tag })
      answerFits(mini, 0)
    } else if (verdict.type === 'conclude') {
      assert.deepEqual(JSON.parse(JSON.stringify(verdict.data)), verdict.data, 'a conclusion is JSON')
      mini.decisions.push(`conclude ${verdict.topic}`)
      mini.conclusions.push({ data: verdict.data, epochsSoFar: mini.epochs })
      tell(mini, { type: 'concluded', topic: verdict.topic, data: verdict.data })
    } else if (verdict.type === 'stop') {
      const { trial } = verdict
      assert.ok(!isSettled(mini.view.state(trial)), `trial ${trial} is stopped only while it is not settled`)
      assert.deepEqual(JSON.parse(JSON.stringify(verdict.why)), verdict.why, 'a reason is JSON')
      mini.decisions.push(`stop ${trial}`)
      const running = mini.running.find((other) => other.trial === trial)
      mini.running = mini.running.filter((other) => other !== running)
      mini.states[trial] = 'stopped'
      tell(mini, { type: 'stopped', trial })
    }
  }
}

/** Answers the fits whose time has come. */
function answerFits(mini: MiniStudy, passed: number = 1): void {
  for (const fitting of mini.fitting) fitting.left -= passed
  const isIdle = mini.running.length === 0 && passed > 0
  for (const { fit, request, left } of mini.fitting) {
    if (left > 0 && !isIdle) continue
    mini.fitting = mini.fitting.filter((other) => other.fit !== fit)
    const model = mini.world.fitFails?.(fit) ? null : predictorOf(request.predictor).fit(fitInput(mini.view, request))
    tell(mini, model === null ? { type: 'unfitted', tag: request.tag } : { type: 'fitted', tag: request.tag, model })
    settle(mini)
  }
}

function raise(mini: MiniStudy, { trial, until }: Verdict & { readonly type: 'raise' }): void {
  const running = mini.running.find((other) => other.trial === trial)
  const epoch = mini.view.epoch(trial)
  mini.decisions.push(`raise ${trial} ${until}`)
  assert.ok(running || epoch >= until, `trial ${trial} runs, or has trained to ${until}`)
  if (!running || epoch >= until) {
    tell(mini, { type: 'ordered', trial, until, isNew: false, tag: undefined })
    return tell(mini, { type: 'arrived', trial, epoch, complete: false })
  }
  assert.ok(until > running.until && until <= mini.world.maxEpochs, `trial ${trial} is raised beyond ${running.until}`)
  const left = (mini.world.epochs ?? Infinity) - mini.epochs - orderedOf(mini)
  const limit = Math.min(until, running.until + left)
  running.limit += limit - running.until
  running.until = limit
  tell(mini, { type: 'ordered', trial, until: limit, isNew: false, tag: undefined })
  if (epoch >= limit) tell(mini, { type: 'arrived', trial, epoch, complete: false })
}

/** Epochs that are on order. */
function orderedOf(mini: MiniStudy): number {
  return mini.running.reduce((sum, other) => sum + Math.max(other.until - mini.view.epoch(other.trial), 0), 0)
}

/** Gives the free slots away, one order at a time; each order must be what was announced before the ones ahead of it were recorded. */
function fill(mini: MiniStudy): void {
  let announced: readonly Order[] | null = null
  while (mini.running.length < mini.world.slots && !mini.isExhausted) {
    const free = mini.world.slots - mini.running.length
    const orders = unchanged(mini, () => mini.scheduler.next(mini.memory, mini.view, free))
    assert.ok(orders.length <= free, 'no more orders than asked for')
    assert.deepEqual(
      mini.scheduler.next(mini.memory, mini.view, 1),
      orders.slice(0, 1),
      'next(1) is the first of next(n)',
    )
    if (announced !== null) assert.deepEqual(orders.slice(0, announced.length), announced, 'orders are as announced')
    const order = orders[0]
    if (order === undefined) return
    assert.ok(
      !mini.scheduler.isDone(mini.memory, mini.view),
      `no order is ready when the scheduler is done: ${JSON.stringify(order)}`,
    )
    assert.ok(!mini.wasDone || mini.world.epochs !== undefined, 'no order follows once the scheduler was done')
    const wasOpen = mini.isOpen
    record(mini, order)
    announced = wasOpen === mini.isOpen ? orders.slice(1) : null
  }
}

function record(mini: MiniStudy, order: Order): void {
  const { world, view } = mini
  const isNew = order.type === 'start'
  const trial = isNew ? mini.states.length : order.trial
  const from = isNew ? 0 : view.epoch(trial)
  assert.ok(
    Number.isInteger(order.until) && order.until <= world.maxEpochs && order.until > from,
    `order of trial ${trial} from ${from} to ${order.until}`,
  )
  if (isNew) assert.ok(mini.isOpen, 'no new trial once the study is closed')
  else assert.equal(view.state(trial), 'paused', `trial ${trial} is resumed only when paused`)
  const left = (world.epochs ?? Infinity) - mini.epochs - orderedOf(mini)
  if (left <= 0) {
    mini.isExhausted = true
    return
  }
  const until = Math.min(order.until, from + left)
  mini.states[trial] = 'running'
  if (isNew) mini.curves.push({ epochs: [], losses: [] })
  const limit = until + (mini.world.overrun?.(trial) ?? 0)
  mini.running.push({ trial, until, limit, at: mini.now + (world.duration?.(trial, from + 1) ?? 1) })
  mini.orders.push({ trial, isNew, from, until, order })
  mini.decisions.push(`${order.type} ${trial} ${until}`)
  const speculative = order.type === 'resume' && order.speculative === true ? { speculative: true } : {}
  tell(mini, { type: 'ordered', trial, until, isNew, tag: order.tag, ...speculative })
  if (mini.states.length === world.trials) close(mini)
}

function close(mini: MiniStudy): void {
  if (!mini.isOpen) return
  mini.isOpen = false
  tell(mini, { type: 'closed' })
  settle(mini)
}

function tell(mini: MiniStudy, notice: Notice): void {
  mini.scheduler.evolve(mini.memory, notice, mini.view)
  if (mini.world.isForgetful !== true) return
  mini.memory = structuredClone(mini.memory)
  mini.scheduler = mini.make()
}

/** Asking changes nothing. Looked at only in forgetful studies, for it costs a copy of the memory. */
function unchanged<T>(mini: MiniStudy, ask: () => T): T {
  if (mini.world.isForgetful !== true) return ask()
  const before = structuredClone(mini.memory)
  const answer = ask()
  assert.deepEqual(mini.memory, before, 'asking a scheduler changes nothing')
  return answer
}
