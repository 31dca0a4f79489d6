/**
 * Which order comes first: as in bracket-plan.ts, and within one round trials that go to its target before those that go to its decision point.
 * Audits come last of their bracket (in path order: of their pass): they hold nobody up, and yet what they show comes early enough to be of use.
 */
import { bracketAt, isStartBefore as isBracketStartBefore, placeBefore } from '../bracket-plan.ts'
import type { Start } from '../bracket-plan.ts'
import { push, remove } from '../heap.ts'
import { isAhead } from '../standing.ts'
import type { Member, Ready, SwiftMemory } from './memory.ts'
import type { RoundAddress, SwiftPlan } from './plan.ts'
import type { Scene } from './scene.ts'

export function isReadyBefore(plan: SwiftPlan): (a: Ready, b: Ready) => boolean {
  return (a, b) => {
    const difference = placeBefore(plan, placeIn(plan, a), placeIn(plan, b)) || turns[a.order] - turns[b.order]
    return difference === 0 ? isAhead(a, b) : difference < 0
  }
}

const turns: { readonly [order in Ready['order']]: number } = { target: 0, known: 1, audit: 2 }

function placeIn(plan: SwiftPlan, { order, bracket, round }: Ready): RoundAddress {
  return { bracket, round: order === 'audit' ? bracketAt(plan, bracket).rounds.length - 1 : round }
}

/** Within a bracket the starts that go to the target come before those that go to the decision point. */
export function isStartBefore(plan: SwiftPlan, start: Start, isToTarget: boolean, ready: Ready): boolean {
  const isAudit = ready.order === 'audit'
  if (isAudit || ready.bracket !== start.bracket || ready.round > 0)
    return isBracketStartBefore(plan, start, placeIn(plan, ready))
  return isToTarget
    ? ready.order === 'known' || start.place < ready.key
    : ready.order === 'known' && start.place < ready.key
}

export function insertReady(
  { plan, memory }: Scene,
  trial: number,
  member: Member,
  order: Ready['order'],
  isShort = false,
): void {
  const { bracket, round, key, goal } = member
  member.state = 'ready'
  push(memory.ready, { bracket, round, key, trial, until: goal, order, isShort }, isReadyBefore(plan))
}

export function removeReady({ plan, memory }: Scene, trial: number): void {
  remove(memory.ready, (ready) => ready.trial === trial, isReadyBefore(plan))
  removeKept(memory, trial)
}

/** It is not to be raised any more. */
export function removeKept({ keeping }: SwiftMemory, trial: number): void {
  const kept = keeping.indexOf(trial)
  if (kept >= 0) keeping.splice(kept, 1)
}
