/**
 * How a round ends. A *certain survivor* is complete, and (complete trials ahead of it) + (trials that may still become complete) < keep: it enters
 * the next round at once. When nobody may become complete any more the round is cut: the rest is dropped.
 */
import type { Reason } from '../../trial.ts'
import { bracketAt } from '../bracket-plan.ts'
import { ROUND_TOPIC, type RoundConclusion } from '../bracket-verdicts.ts'
import { keepOf } from '../brackets.ts'
import { shownLoss } from '../standing.ts'
import { placeOf } from './conclusions.ts'
import { enter, prepare } from './members.ts'
import { isHere, membersOf, openPlaces, openSwiftRound, roundOf, type Member, type SwiftRound } from './memory.ts'
import { nextOf, type RoundAddress } from './plan.ts'
import { touch, type Scene } from './scene.ts'

export function openBracket({ memory, walk }: Scene, bracket: number): void {
  if (memory.rounds[bracket] !== undefined) return
  const count = walk.roundsOf(bracket)
  memory.rounds[bracket] = Array.from({ length: count }, (_, round) => openSwiftRound(walk.at({ bracket, round })))
  memory.unfinished++
}

/** No more trials will be created: the bracket that is being filled goes on with the `size` that it has. */
export function shrinkBracket(scene: Scene, bracket: number, size: number): void {
  const rounds = scene.memory.rounds[bracket] ?? []
  let left = size
  rounds.forEach((round, number) => {
    round.size = left
    round.keep = keepOf(left, scene.plan.eta)
    round.next = nextOf(left, scene.plan.eta, number === rounds.length - 1)
    round.planned = Math.min(round.planned, left)
    if (openPlaces(round) === 0) round.isFull = true
    left = round.keep
    touch(scene, { bracket, round: number })
  })
}

export function letThrough(scene: Scene, address: RoundAddress): void {
  const { memory, plan } = scene
  const round = roundOf(memory, address)
  const mayComplete = openPlaces(round) + membersOf(memory, address).filter(({ member }) => isOnTheWay(member)).length
  for (const { key, trial } of round.complete.slice(0, Math.max(0, round.keep - mayComplete))) {
    if (round.through.includes(trial) || !(key < Infinity)) continue
    round.through.push(trial)
    const isLast = address.round === bracketAt(plan, address.bracket).rounds.length - 1
    if (!isLast) promote(scene, address, trial, key)
  }
  if (mayComplete === 0 && round.isDecided && round.isFull) cut(scene, address)
}

/** Whether it may still become complete in its round. */
function isOnTheWay({ state, fate }: Member): boolean {
  return state !== 'there' && (fate === 'open' || fate === 'sent' || fate === 'selected')
}

function promote(scene: Scene, { bracket, round }: RoundAddress, trial: number, key: number): void {
  const isEnded = scene.memory.members.get(trial)?.isEnded ?? false
  const member = enter(scene, { bracket, round: round + 1 }, { key, trial, isEnded })
  prepare(scene, trial, member)
}

function cut(scene: Scene, address: RoundAddress): void {
  const { memory, study } = scene
  const round = roundOf(memory, address)
  round.isCut = true
  if (round.entered === 0) return endRound(scene, address)
  const rest = round.complete.filter(({ trial }) => !round.through.includes(trial))
  const data: RoundConclusion = {
    ...placeOf(scene, address),
    epoch: round.plan.target,
    size: round.size,
    keep: round.keep,
    survivors: round.complete.map(({ trial }) => trial).filter((trial) => round.through.includes(trial)),
    dropped: rest.map(({ trial }) => trial),
    cut: cutOf(scene, round),
  }
  memory.sayings.push({ type: 'conclude', topic: ROUND_TOPIC, data })
  for (const [place, { trial, key }] of rest.entries()) {
    const member = memory.members.get(trial)
    if (!isHere(member, address)) continue
    if (member.isEnded) {
      memory.members.delete(trial)
      continue
    }
    const value = shownLoss(study, key)
    const rank = round.through.length + place + 1
    const { epoch, cut: limit } = data
    const why: Reason = {
      rule: 'round-cut',
      ...placeOf(scene, address),
      epoch,
      value,
      cut: limit,
      rank,
      of: round.size,
      kept: round.through.length,
    }
    memory.sayings.push({ type: 'stop', trial, why })
  }
  endRound(scene, address)
}

/** The next round hears that nobody else will come; a bracket whose trials have all failed ends so, round by round. */
function endRound(scene: Scene, { bracket, round }: RoundAddress): void {
  const { memory } = scene
  const next = memory.rounds[bracket]?.[round + 1]
  if (next === undefined) {
    memory.unfinished--
    for (const trial of roundOf(memory, { bracket, round }).through) memory.members.delete(trial)
    return
  }
  next.isFull = true
  touch(scene, { bracket, round: round + 1 })
}

/** The value of the worst survivor so far. */
export function cutOf({ study }: Scene, round: SwiftRound): number | null {
  const keys = round.complete.filter(({ trial }) => round.through.includes(trial)).map(({ key }) => key)
  return keys.length === 0 ? null : shownLoss(study, Math.max(...keys))
}
