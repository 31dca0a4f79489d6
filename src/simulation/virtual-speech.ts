/**
 * What attempts say to the controller that listens. It is a pure function of the line's number, so that no line is kept for a controller
 * to come: line n is the report of epoch `from + n`, and after the last report there may be one line that it handed over, as
 * the real client writes after any request to leave before its limit.
 */
import { assert } from '../core/trial.ts'
import type { Metrics } from '../core/trial.ts'
import type { Observation } from '../ports.ts'
import type { Attempt, World } from './virtual-world.ts'

export function metricsAt(world: World, attempt: Attempt, epoch: number): Metrics {
  const metrics = world.options.problem.metrics(attempt.order.configuration, attempt.order.note, epoch)
  if (epoch < attempt.nonFiniteFrom) return metrics
  return Object.fromEntries(Object.keys(metrics).map((name) => [name, NaN]))
}

function lineOf(world: World, attempt: Attempt, line: number, known?: Metrics): Observation {
  const { trial, attempt: number, from } = attempt.order
  const epoch = from + line
  if (epoch > attempt.epoch) return { type: 'handedOver', trial, attempt: number, line, epoch: attempt.epoch }
  const metrics = known ?? metricsAt(world, attempt, epoch)
  return { type: 'report', trial, attempt: number, line, epoch, metrics }
}

function isHeard(world: World, attempt: Attempt): boolean {
  return world.observer !== null && attempt.listener === world.connection
}

export function say(world: World, attempt: Attempt, line: number, metrics?: Metrics): void {
  const fate = attempt.faults?.line()
  if (!isHeard(world, attempt)) return
  const observation = lineOf(world, attempt, line, metrics)
  const delay = fate?.delayEpochs ?? 0
  if (delay === 0) world.observer?.(observation)
  else sayLater(world, attempt, observation, delay)
  if (fate?.isDoubled) sayLater(world, attempt, observation, delay + 0.5)
}

function sayLater(world: World, attempt: Attempt, observation: Observation, delayEpochs: number): void {
  const { connection } = world
  attempt.inFlight++
  world.clock.after(delayEpochs * attempt.epochMs, () => {
    if (attempt.listener !== connection || !isHeard(world, attempt)) return
    attempt.inFlight--
    world.observer?.(observation)
    tellEnded(world, attempt)
  })
}

/** For a controller that takes over: every line that it has not read, in order. */
export function sayAgain(world: World, attempt: Attempt, linesRead: number): void {
  for (let line = linesRead + 1; line <= attempt.lines && isHeard(world, attempt); line++) {
    world.observer?.(lineOf(world, attempt, line))
  }
}

export function tellStarted(world: World, attempt: Attempt): void {
  if (!isHeard(world, attempt)) return
  const { trial, attempt: number } = attempt.order
  world.observer?.({ type: 'started', trial, attempt: number, process: { worker: attempt.worker } })
}

/** An ending is told once, and after everything that was said before it. */
export function tellEnded(world: World, attempt: Attempt): void {
  if (attempt.state !== 'over' || attempt.inFlight > 0 || !isHeard(world, attempt)) return
  const { trial, attempt: number } = attempt.order
  assert(attempt.outcome, `attempt ${number} of trial ${trial} is over in some way`)
  world.observer?.({ type: 'ended', trial, attempt: number, outcome: attempt.outcome })
  attempt.listener = 0
}
