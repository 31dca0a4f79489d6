/** The executor through which a controller sees a virtual world. Each controller gets its own; only the newest one is heard and hears. */
import type { Outcome } from '../core/trial.ts'
import type { AttemptOrder, Executor } from '../ports.ts'
import { sayAgain, tellEnded, tellStarted } from './virtual-speech.ts'
import { beginAttempt, due } from './virtual-world.ts'
import type { Attempt, World } from './virtual-world.ts'

export function virtualExecutor(world: World): Executor {
  const connection = ++world.connection
  world.observer = null
  const isHere = (): boolean => connection === world.connection
  return {
    name: 'simulated',
    slots: world.options.workers,
    open(observe) {
      if (isHere()) world.observer = observe
      return Promise.resolve()
    },
    start(order) {
      if (isHere()) adopt(world, order, 0, false)
    },
    adopt(order, linesRead, process) {
      if (isHere()) adopt(world, order, linesRead, process !== undefined)
    },
    limit(trial, number, until, leave) {
      if (isHere()) limit(world, trial, number, until, leave)
    },
    stop(trial, number, graceMs) {
      if (isHere()) stop(world, trial, number, graceMs)
    },
    deleteCheckpoint(trial) {
      if (isHere()) world.checkpoints[trial] = 0
    },
    close() {
      if (isHere()) {
        world.observer = null
        world.connection++
      }
      return Promise.resolve()
    },
  }
}

function attemptOf(world: World, trial: number, number: number): Attempt | null {
  const attempt = world.latest[trial]
  return attempt !== undefined && attempt.order.attempt === number ? attempt : null
}

/** Starts an attempt that the world does not know, takes over one that an earlier controller started, and leaves its own alone. */
function adopt(world: World, order: AttemptOrder, linesRead: number, isStartKnown: boolean): void {
  const attempt = attemptOf(world, order.trial, order.attempt)
  if (attempt === null) return beginAttempt(world, order)
  const { connection } = world
  if (attempt.adoptedBy === connection) return
  attempt.adoptedBy = connection
  attempt.listener = 0
  attempt.inFlight = 0
  world.clock.after(0, () => {
    if (connection !== world.connection) return
    attempt.listener = connection
    if (!isStartKnown && attempt.state !== 'starting' && attempt.outcome?.type !== 'refused')
      tellStarted(world, attempt)
    sayAgain(world, attempt, linesRead)
    tellEnded(world, attempt)
  })
}

/** A lingering attempt sees a new limit at once, a training one when it gets there. */
function limit(world: World, trial: number, number: number, until: number, leave: boolean): void {
  const attempt = attemptOf(world, trial, number)
  if (attempt === null) return
  attempt.until = until
  attempt.leave ||= leave
  if (attempt.state !== 'lingering') return
  if (until > attempt.epoch) due(world, attempt, world.options.delayMs?.() ?? 0, 'raised')
  else if (leave) due(world, attempt, 0, 'lingered')
}

const saved: Outcome = { type: 'exited', code: 0 }
const killed: Outcome = { type: 'killed', signal: 'SIGKILL' }
/** A program that has not begun to listen yet dies of the signal, and has nothing to say. */
const unheard: Outcome = { type: 'killed', signal: 'SIGTERM' }

function stop(world: World, trial: number, number: number, graceMs: number): void {
  const attempt = attemptOf(world, trial, number)
  if (attempt === null || attempt.state === 'over') return
  const { saveMs = 0 } = world.options
  const isKilled = graceMs <= 0 || saveMs > graceMs
  if (attempt.state === 'leaving' && (graceMs > 0 || attempt.outcome?.type === 'refused')) return
  if (attempt.state === 'lingering') attempt.since = world.clock.now()
  const hasBegun = attempt.state !== 'starting'
  attempt.handsOver = !isKilled && hasBegun && attempt.epoch < attempt.until
  attempt.state = 'leaving'
  attempt.outcome = isKilled ? killed : hasBegun ? saved : unheard
  due(world, attempt, Math.max(0, Math.min(saveMs, graceMs)), 'gone')
}
