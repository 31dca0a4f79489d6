/**
 * A world of W workers in virtual time. It outlives its controllers: attempts train on while none is there, and a later controller
 * adopts them. This file holds its state and the life of an attempt; `virtual-speech.ts` what attempts say, and `virtual-executor.ts`
 * what a controller asks of them.
 *
 * An attempt is `starting`, `training`, `lingering` at its limit, `leaving` (asked to save, or refused) and at last `over`:
 *
 *   starting -> training -> lingering -> over       lingering -> training   its limit was raised
 *                  |                                any     -> leaving -> over   it was asked to stop
 *                  +-> over   at `max`, at its curve's end, with leave to go at its limit, or lost
 *
 * It has at most one event ahead of it, due at `dueAt`: an event that comes at another time, or in another state, is stale and does nothing.
 *
 * Cost: O(log workers) a report; the only objects made for one are the observation and its metrics.
 */
import type { Outcome } from '../core/trial.ts'
import type { AttemptOrder, Observation } from '../ports.ts'
import { attemptFaults, noFaults, nonFiniteFrom, slowness } from './faults.ts'
import type { AttemptFaults, Faults } from './faults.ts'
import { rowOf } from './problem.ts'
import type { Problem } from './problem.ts'
import { secondsOfRow } from './seconds.ts'
import type { SecondsPerEpoch } from './seconds.ts'
import { newTally } from './tally.ts'
import type { Tally } from './tally.ts'
import type { VirtualClock } from './virtual-clock.ts'
import { metricsAt, say, tellEnded, tellStarted } from './virtual-speech.ts'

export interface WorldOptions {
  readonly problem: Problem
  readonly clock: VirtualClock
  readonly workers: number
  readonly seed: number
  /** Default: one second. */
  readonly seconds?: SecondsPerEpoch
  /** How long an attempt waits at its limit for more. Default 20 s. */
  readonly lingerMs?: number
  /** What an attempt needs to save when it is asked to leave. Default 0. */
  readonly saveMs?: number
  /** From the start of a program to its first epoch. Default 0. */
  readonly startupMs?: number
  readonly faults?: Faults
  /** How long an order takes to reach the world: the controller's own virtual work. Default 0. */
  readonly delayMs?: () => number
}

export interface Attempt {
  readonly id: number
  readonly order: AttemptOrder
  /** -1 = it got none. */
  readonly worker: number
  readonly epochMs: number
  /** Epochs of its curve. */
  readonly length: number
  readonly nonFiniteFrom: number
  readonly faults: AttemptFaults | null
  state: 'starting' | 'training' | 'lingering' | 'leaving' | 'over'
  until: number
  leave: boolean
  epoch: number
  /** Lines said so far. */
  lines: number
  /** It says that it hands over when it leaves. */
  handsOver: boolean
  dueAt: number
  /** Up to here its working time is counted. */
  since: number
  outcome: Outcome | null
  /** The connection of the controller that hears it; 0 = nobody. */
  listener: number
  /** The connection that started it or took it over: it does so once. */
  adoptedBy: number
  /** Lines that were said and will be read late. */
  inFlight: number
}

export interface World {
  readonly options: WorldOptions
  readonly clock: VirtualClock
  readonly faults: Faults
  readonly tally: Tally
  /** By id; the last one of each trial is kept. */
  readonly attempts: (Attempt | undefined)[]
  /** By trial. */
  readonly latest: (Attempt | undefined)[]
  /** By trial: the epoch whose checkpoint is kept. */
  readonly checkpoints: number[]
  readonly freeWorkers: number[]
  /** The controller of this moment; earlier ones hear nothing any more. */
  connection: number
  observer: ((observation: Observation) => void) | null
  readonly events: { readonly [event in AttemptEvent]: (id: number) => void }
}

type AttemptEvent = 'started' | 'prepared' | 'trained' | 'lost' | 'lingered' | 'raised' | 'gone'

const exitZero: Outcome = { type: 'exited', code: 0 }

export function virtualWorld(options: WorldOptions): World {
  const { workers, problem, clock } = options
  const world: World = {
    options,
    clock,
    faults: options.faults ?? noFaults,
    tally: newTally(problem.objectives[0]),
    attempts: [],
    latest: [],
    checkpoints: [],
    freeWorkers: Array.from({ length: workers }, (_, index) => workers - 1 - index),
    connection: 0,
    observer: null,
    events: {
      started: (id) => on(world, id, 'starting', started),
      prepared: (id) => on(world, id, 'training', goOn),
      trained: (id) => on(world, id, 'training', trained),
      lost: (id) => on(world, id, 'training', lost),
      lingered: (id) => on(world, id, 'lingering', leaveQuietly),
      raised: (id) => on(world, id, 'lingering', trainOn),
      gone: (id) => on(world, id, 'leaving', gone),
    },
  }
  return world
}

export function beginAttempt(world: World, order: AttemptOrder): void {
  const { options, clock, faults } = world
  const worker = world.freeWorkers.pop() ?? -1
  const itsFaults = attemptFaults(faults, options.seed, order)
  const attempt: Attempt = {
    id: world.attempts.length,
    order,
    worker,
    epochMs: epochMs(world, order, worker),
    length: options.problem.length(order.configuration, order.note),
    nonFiniteFrom: nonFiniteFrom(faults, options.seed, order.trial, order.max),
    faults: itsFaults,
    state: 'starting',
    until: order.until,
    leave: false,
    epoch: order.from,
    lines: 0,
    handsOver: false,
    dueAt: 0,
    since: clock.now(),
    outcome: null,
    listener: world.connection,
    adoptedBy: world.connection,
    inFlight: 0,
  }
  world.attempts.push(attempt)
  const earlier = world.latest[order.trial]
  if (earlier !== undefined) world.attempts[earlier.id] = undefined
  world.latest[order.trial] = attempt
  const delayMs = options.delayMs?.() ?? 0
  if (worker >= 0 && !itsFaults?.isRefused) return due(world, attempt, delayMs, 'started')
  attempt.state = 'leaving'
  attempt.outcome = { type: 'refused', detail: worker < 0 ? 'no worker is free' : 'the start failed' }
  due(world, attempt, delayMs, 'gone')
}

function epochMs(world: World, order: AttemptOrder, worker: number): number {
  const { seconds = { type: 'fixed', seconds: 1 }, seed } = world.options
  return 1000 * secondsOfRow(seconds, seed, rowOf(order.note) ?? order.trial) * slowness(world.faults, seed, worker)
}

export function due(world: World, attempt: Attempt, delayMs: number, event: AttemptEvent): void {
  attempt.dueAt = world.clock.schedule(delayMs, world.events[event], attempt.id)
}

function on(world: World, id: number, state: Attempt['state'], act: (world: World, attempt: Attempt) => void): void {
  const attempt = world.attempts[id]
  if (attempt?.state === state && attempt.dueAt === world.clock.now()) act(world, attempt)
}

function started(world: World, attempt: Attempt): void {
  const { order } = attempt
  attempt.since = world.clock.now()
  attempt.state = 'training'
  tellStarted(world, attempt)
  if ((world.checkpoints[order.trial] ?? 0) < order.from) {
    return end(world, attempt, { type: 'exited', code: 1, detail: `there is no checkpoint of epoch ${order.from}` })
  }
  const { startupMs = 0 } = world.options
  if (startupMs > 0) due(world, attempt, startupMs, 'prepared')
  else goOn(world, attempt)
}

/** Trains the next epoch, or lingers at the limit, or ends. */
function goOn(world: World, attempt: Attempt): void {
  if (attempt.epoch >= attempt.length) return end(world, attempt, exitZero)
  if (attempt.epoch < attempt.until) {
    const { faults } = attempt
    const isLast = faults !== null && attempt.epoch - attempt.order.from >= faults.lostAfter
    if (isLast) due(world, attempt, attempt.epochMs * faults.lostPart, 'lost')
    else due(world, attempt, attempt.epochMs, 'trained')
    return
  }
  const { lingerMs = 20_000 } = world.options
  if (attempt.leave || attempt.epoch >= attempt.order.max || lingerMs <= 0) return end(world, attempt, exitZero)
  countWork(world, attempt)
  attempt.state = 'lingering'
  due(world, attempt, lingerMs, 'lingered')
}

function trained(world: World, attempt: Attempt): void {
  attempt.epoch++
  attempt.lines++
  world.checkpoints[attempt.order.trial] = attempt.epoch
  const metrics = metricsAt(world, attempt, attempt.epoch)
  world.tally.trained(metrics, attempt.order.trial, world.clock.now())
  say(world, attempt, attempt.lines, metrics)
  goOn(world, attempt)
}

function lost(world: World, attempt: Attempt): void {
  end(world, attempt, { type: 'lost', detail: `worker ${attempt.worker} is gone` })
}

function leaveQuietly(world: World, attempt: Attempt): void {
  end(world, attempt, exitZero)
}

function trainOn(world: World, attempt: Attempt): void {
  attempt.since = world.clock.now()
  attempt.state = 'training'
  goOn(world, attempt)
}

function gone(world: World, attempt: Attempt): void {
  if (attempt.handsOver) say(world, attempt, ++attempt.lines)
  end(world, attempt, attempt.outcome ?? exitZero)
}

function end(world: World, attempt: Attempt, outcome: Outcome): void {
  if (attempt.state !== 'lingering') countWork(world, attempt)
  attempt.state = 'over'
  attempt.outcome = outcome
  if (attempt.worker >= 0) world.freeWorkers.push(attempt.worker)
  world.tally.ended(world.clock.now())
  tellEnded(world, attempt)
}

function countWork(world: World, attempt: Attempt): void {
  if (attempt.worker >= 0) world.tally.worked(world.clock.now() - attempt.since)
}
