/**
 * Where things stand in a plan of brackets that is gone through pass after pass, and which order comes first.
 *
 * A *bracket number* counts brackets over all passes; the *index* of a trial counts starts over all passes, in published order (largest s
 * first, bracket by bracket). New trials are always created in that order, so that trial `index` has the same configuration whatever the
 * queue order and the number of workers.
 *
 * Queue order *published*: pass, bracket, round. Queue order *path*: pass, then the longest way still to train (R - the epoch of the round
 * before), then bracket; it keeps many workers busy to the end, while the published one brings first results early. In both a new trial
 * has the longest way, so starts come in order of index, before the later rounds of the same bracket. Ties: standing, then trial number.
 */
import { assert } from '../trial.ts'
import { trialsOf, type Bracket, type BracketRound } from './brackets.ts'
import { isAhead, type Standing } from './standing.ts'

export interface BracketPlan {
  /** One pass. */
  readonly brackets: readonly Bracket[]
  readonly eta: number
  /** null = until the study is closed. */
  readonly passes: number | null
  readonly order: QueueOrder
}

export type QueueOrder = 'published' | 'path'

/** A trial that may train on at once, up to the epoch of this round. */
export interface Ready extends Standing {
  readonly bracket: number
  readonly round: number
  /** Its last order was cut short by the budget: it is owed the rest. */
  readonly isShort: boolean
}

export interface Start {
  readonly index: number
  readonly pass: number
  readonly bracket: number
  /** Which one of its bracket, from 0. */
  readonly place: number
}

export function trialsOfPass(plan: BracketPlan): number {
  return plan.brackets.reduce((sum, bracket) => sum + trialsOf(bracket), 0)
}

export function passOf(plan: BracketPlan, bracket: number): number {
  return Math.floor(bracket / plan.brackets.length)
}

export function bracketAt(plan: BracketPlan, bracket: number): Bracket {
  const at = plan.brackets[bracket % plan.brackets.length]
  assert(at !== undefined, `bracket ${bracket} is in the plan`)
  return at
}

export function roundAt(plan: BracketPlan, bracket: number, round: number): BracketRound {
  const at = bracketAt(plan, bracket).rounds[round]
  assert(at !== undefined, `bracket ${bracket} has a round ${round}`)
  return at
}

export function startAt(plan: BracketPlan, index: number): Start {
  const pass = Math.floor(index / trialsOfPass(plan))
  let place = index % trialsOfPass(plan)
  let position = 0
  for (const bracket of plan.brackets) {
    if (place < trialsOf(bracket)) break
    place -= trialsOf(bracket)
    position++
  }
  return { index, pass, bracket: pass * plan.brackets.length + position, place }
}

export function isReadyBefore(plan: BracketPlan): (a: Ready, b: Ready) => boolean {
  return (a, b) => {
    const difference = placeBefore(plan, a, b)
    return difference === 0 ? isAhead(a, b) : difference < 0
  }
}

/** A start has round 0 and comes before everything of its own bracket. */
export function isStartBefore(plan: BracketPlan, start: Start, ready: Place): boolean {
  return placeBefore(plan, { bracket: start.bracket, round: 0 }, ready) <= 0
}

type Place = { readonly bracket: number; readonly round: number }

/** Negative where an order of round `a` comes before one of round `b`. */
export function placeBefore(plan: BracketPlan, a: Place, b: Place): number {
  const passes = passOf(plan, a.bracket) - passOf(plan, b.bracket)
  if (passes !== 0) return passes
  const way = plan.order === 'path' ? trainedBefore(plan, a) - trainedBefore(plan, b) : 0
  return way || a.bracket - b.bracket || a.round - b.round
}

function trainedBefore(plan: BracketPlan, { bracket, round }: Place): number {
  return round === 0 ? 0 : roundAt(plan, bracket, round - 1).epoch
}
