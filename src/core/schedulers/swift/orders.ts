/**
 * The orders of Swift-Hyperband: new trials by index merged with those that may train on, in queue order; and, only when none of these is ready,
 * parked trials one epoch ahead of the decision that may want them.
 */
import type { Reason } from '../../trial.ts'
import { bracketAt, startAt, trialsOfPass } from '../bracket-plan.ts'
import type { Start } from '../bracket-plan.ts'
import type { StartTag } from '../bracket-orders.ts'
import { trialsOf } from '../brackets.ts'
import { inOrder } from '../heap.ts'
import type { Order } from '../scheduler.ts'
import { isAhead, lossAt, shownLoss } from '../standing.ts'
import { placeOf } from './conclusions.ts'
import { isParked } from './fates.ts'
import { memberOf, membersOf, roundOf, type Ready } from './memory.ts'
import type { RoundAddress } from './plan.ts'
import { isReadyBefore, isStartBefore } from './queue.ts'
import type { Scene } from './scene.ts'

export function swiftOrders(scene: Scene, limit: number): Order[] {
  const { plan, memory } = scene
  const orders: Order[] = []
  const queue = inOrder(memory.ready, isReadyBefore(plan))
  let ready = queue.next()
  let index = memory.started
  while (orders.length < limit) {
    const start = mayStart(scene, index) ? startAt(plan, index) : null
    if (start !== null && (ready.done || isStartBefore(plan, start, isSentAtStart(scene, start), ready.value))) {
      orders.push(startOrder(scene, start))
      index++
    } else if (!ready.done) {
      orders.push(resumeOrder(scene, ready.value))
      ready = queue.next()
    } else break
  }
  return orders.length < limit && plan.speculate === 'idle'
    ? [...orders, ...speculativeOrders(scene, limit - orders.length)]
    : orders
}

function mayStart({ plan, memory, study }: Scene, index: number): boolean {
  const isPlanned = plan.passes === null || index < plan.passes * trialsOfPass(plan)
  return isPlanned && !memory.closed && study.canCreate
}

/** Fixed plan: whoever is sent by rank needs no stop on the way. */
function isSentAtStart({ plan, walk }: Scene, { bracket, place }: Start): boolean {
  return plan.sent === 'plan' && place < walk.at({ bracket, round: 0 }).planned
}

function startOrder(scene: Scene, start: Start): Order {
  const { plan, walk } = scene
  const { index, pass, bracket, place } = start
  const { s } = bracketAt(plan, bracket)
  const { known, target } = walk.at({ bracket, round: 0 })
  const isSent = isSentAtStart(scene, start)
  const tag: StartTag = { pass, bracket: s, round: 0, index }
  const of = trialsOf(bracketAt(plan, bracket))
  const until = isSent ? target : known
  const rule = isSent ? 'swift-start-sent' : 'swift-start'
  return { type: 'start', until, tag, why: { rule, pass, bracket: s, until, epoch: target, place, of } }
}

function resumeOrder(scene: Scene, ready: Ready): Order {
  const { pass, bracket, round } = placeOf(scene, ready)
  const { trial, until } = ready
  return { type: 'resume', trial, until, tag: { pass, bracket, round }, why: whyOf(scene, ready) }
}

function whyOf(scene: Scene, ready: Ready): Reason {
  const { memory } = scene
  const { trial, until } = ready
  if (ready.isShort) return { rule: 'cut-short', until }
  const member = memberOf(memory, trial)
  if (member.why !== null) return { ...member.why, until }
  return member.fate === 'sent' ? sentReason(scene, trial, ready) : survivorReason(scene, ready)
}

/** Trained without a prediction, as so many of each round are. */
export function sentReason(scene: Scene, trial: number, address: RoundAddress): Reason {
  const round = roundOf(scene.memory, address)
  const rank = round.ranks.findIndex((standing) => standing.trial === trial)
  const count = scene.plan.sent === 'plan' ? round.planned : round.sent.length
  return {
    rule: 'swift-sent',
    ...placeOf(scene, address),
    until: round.plan.target,
    rank: rank + 1,
    sent: count,
    of: round.size,
  }
}

/** Why it goes on, told with the numbers of the round that it comes from. */
function survivorReason(scene: Scene, { bracket, round, trial, until }: Ready): Reason {
  const from = { bracket, round: round - 1 }
  const here = roundOf(scene.memory, from)
  const epoch = here.plan.target
  const value = shownLoss(scene.study, lossAt(scene.study, trial, epoch))
  return { rule: 'round-survivor', ...placeOf(scene, from), epoch, until, value, kept: here.keep, of: here.size }
}

interface Ahead extends RoundAddress {
  readonly trial: number
  readonly isLikely: boolean
  readonly from: number
  readonly rank: number
}

/** First those that would fill the round, then the others; the longest way to go first. */
function speculativeOrders(scene: Scene, limit: number): Order[] {
  const found: Ahead[] = []
  scene.memory.rounds.forEach((rounds, bracket) =>
    rounds.forEach((round, number) => {
      if (round.isDecided || round.isCut) return
      found.push(...aheadOf(scene, { bracket, round: number }))
    }),
  )
  found.sort(
    (a, b) =>
      Number(b.isLikely) - Number(a.isLikely) ||
      a.from - b.from ||
      a.rank - b.rank ||
      a.bracket - b.bracket ||
      a.trial - b.trial,
  )
  return found.slice(0, limit).map((ahead) => speculativeOrder(scene, ahead))
}

/** The parked trials of a round that can train another epoch short of its target, and of the last epoch: that one would make them complete. */
function aheadOf(scene: Scene, address: RoundAddress): Ahead[] {
  const { memory, study, plan } = scene
  const round = roundOf(memory, address)
  const { target, known, from } = round.plan
  const end = Math.min(target, plan.maxEpochs - 1)
  const isQuickToStart = study.startsWithinAnEpoch && study.definition.resumable === true
  const byPrediction = new Map(round.partials.map(({ trial, mean }) => [trial, mean]))
  const keyed = membersOf(memory, address)
    .filter(({ member }) => isParked(member))
    .map(({ trial, member }) => ({ trial, member, key: byPrediction.get(trial) ?? lossAt(study, trial, known) }))
    .toSorted((a, b) => (isAhead(a, b) ? -1 : 1))
  const fill = round.next - Math.max(round.planned, round.sent.length)
  return keyed.flatMap(({ trial, member }, rank) => {
    if (member.state !== 'parked' || member.isEnded || study.epoch(trial) >= end) return []
    // Where a start takes longer than an epoch, or begins at the first one again, only a trial whose program still waits may train ahead.
    if (study.state(trial) !== 'running' && !isQuickToStart) return []
    return [{ ...address, trial, rank, from, isLikely: rank < fill }]
  })
}

function speculativeOrder(scene: Scene, { trial, bracket, round }: Ahead): Order {
  const until = scene.study.epoch(trial) + 1
  const place = placeOf(scene, { bracket, round })
  return {
    type: 'resume',
    trial,
    until,
    tag: { ...place },
    why: { rule: 'swift-ahead', ...place, until },
    speculative: true,
  }
}
