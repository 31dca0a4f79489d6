/**
 * One round of a bracket as it happens: trials arrive at the round's epoch in any order, and the best `keep` of `size` go on.
 *
 * A *certain survivor* is one that goes on whatever the missing trials bring: (arrived ones that are ahead) + (not yet arrived) < keep. In
 * order of standing these are the first `keep - missing` of the arrived ones, and a trial that is once among them stays: every arrival
 * adds one place and puts at most one trial ahead. So one heap of those that still stand is enough, and the cut is the moment when nobody
 * is missing any more. Who goes on does not depend on the order of arrival.
 *
 * Invariants: at most `keep` go on; a failed trial counts as arrived and never goes on; a trial that was never finite goes on only where
 * no finite one does. Cost: O(log size) an arrival.
 */
import { keepOf } from './brackets.ts'
import { isAhead, type Standing } from './standing.ts'
import { pop, push, remove } from './heap.ts'

export interface Round {
  size: number
  keep: number
  /** Arrived, failed, or given up by the round before. */
  arrived: number
  /** A heap: arrived, and not known to go on. */
  standing: Standing[]
  through: Standing[]
  isCut: boolean
}

export function openRound(size: number, eta: number): Round {
  return { size, keep: keepOf(size, eta), arrived: 0, standing: [], through: [], isCut: false }
}

export function arrive(round: Round, standing: Standing): void {
  round.arrived++
  push(round.standing, standing, isAhead)
}

/** So many of the trials that the round expects will not come, or came without a value. */
export function miss(round: Round, count: number): void {
  round.arrived += count
}

/** A trial that has arrived here is out of the race (stopped by the user). It keeps counting as arrived. */
export function withdraw(round: Round, trial: number): void {
  remove(round.standing, (standing) => standing.trial === trial, isAhead)
}

/** The round gets fewer trials than planned. Who is through stays so: `keep` falls by no more than `size` does. */
export function shrinkRound(round: Round, size: number, eta: number): void {
  round.size = size
  round.keep = keepOf(size, eta)
}

export function isFull(round: Round): boolean {
  return round.arrived >= round.size
}

/** Moves the trials that are now certain to go on out of those that stand, best first. */
export function takeThrough(round: Round): Standing[] {
  const taken: Standing[] = []
  const places = round.keep - (round.size - round.arrived)
  const take = (): void => {
    const standing = pop(round.standing, isAhead)
    if (standing === undefined) return
    round.through.push(standing)
    taken.push(standing)
  }
  while (round.through.length < places && (round.standing[0]?.key ?? Infinity) < Infinity) take()
  if (isFull(round) && round.through.length === 0) {
    while (round.through.length < round.keep && round.standing.length > 0) take()
  }
  return taken
}

/** With several objectives a trial's place is known only when all are there: the standings are replaced by the places in this ranking. */
export function rankBy(round: Round, ranked: readonly number[], isFinite: (trial: number) => boolean): void {
  round.standing = []
  ranked.forEach((trial, place) => push(round.standing, { key: isFinite(trial) ? place : Infinity, trial }, isAhead))
}
