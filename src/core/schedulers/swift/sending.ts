/** Fixed plan: the first `planned` of a round by rank are sent, as soon as their rank is certain. */
import { goOn } from './members.ts'
import { isHere, openPlaces, roundOf } from './memory.ts'
import type { RoundAddress } from './plan.ts'
import { insertReady, removeReady } from './queue.ts'
import type { Scene } from './scene.ts'

/**
 * A rank is certain when those known to be ahead and those that may still enter ahead leave it below `planned`. New trials enter in order of
 * rank. One that fails makes room for the next by rank.
 */
export function sendByRank(scene: Scene, address: RoundAddress): void {
  const { memory } = scene
  const round = roundOf(memory, address)
  const mayComeAhead = address.round === 0 ? 0 : openPlaces(round)
  for (const [rank, { trial }] of round.ranks.entries()) {
    if (rank + mayComeAhead >= round.planned) return
    const member = memory.members.get(trial)
    if (!isHere(member, address) || member.fate === 'selected') {
      // It went on to the next round already, or was selected before it made room: it is at the target, or will be.
      if (!round.sent.includes(trial)) round.sent.push(trial)
      continue
    }
    if (member.fate !== 'open') continue
    member.fate = 'sent'
    round.sent.push(trial)
    // A predictor of an earlier round may have spoken before its rank was certain.
    const predicted = round.partials.findIndex((partial) => partial.trial === trial)
    if (predicted >= 0) round.partials.splice(predicted, 1)
    switch (member.state) {
      case 'ready':
        removeReady(scene, trial)
        member.goal = round.plan.target
        insertReady(scene, trial, member, 'target')
        break
      case 'training':
        if (member.goal < round.plan.target) memory.keeping.push(trial)
        break
      case 'parked':
        goOn(scene, trial, member)
        break
      case 'speculating':
      case 'there':
        break
    }
  }
}

/** The sent trials by rank, once nobody can be added and all of them are at the target; else null. */
export function teachers({ memory }: Scene, address: RoundAddress): number[] | null {
  const round = roundOf(memory, address)
  const isThere = new Set(round.complete.map(({ trial }) => trial))
  const sent: number[] = []
  let mayBeSent = openPlaces(round)
  for (const { trial } of round.ranks) {
    if (round.sent.includes(trial)) sent.push(trial)
    else if (memory.members.get(trial)?.fate === 'open') mayBeSent++
  }
  const isFinal = sent.length >= round.planned || (mayBeSent === 0 && round.isFull)
  return isFinal && sent.every((trial) => isThere.has(trial)) ? sent : null
}
