/** How a trial moves through a round: it enters, comes to the decision point, goes on to the target, and is there; or it leaves. */
import { isAhead, lossAt, type Standing } from '../standing.ts'
import { stream } from '../../maths/stream.ts'
import type { Reason } from '../../trial.ts'
import { touchWaiting } from './lessons.ts'
import { openPlaces, roundOf, type DropNumbers, type Member } from './memory.ts'
import type { RoundAddress } from './plan.ts'
import { insertReady, removeKept, removeReady } from './queue.ts'
import { touch, type Scene } from './scene.ts'

/** A trial enters: a new one with its place as its key, or a survivor with its loss. */
export function enter(
  scene: Scene,
  address: RoundAddress,
  { key, trial, isEnded }: { key: number; trial: number; isEnded: boolean },
): Member {
  const { memory } = scene
  const round = roundOf(memory, address)
  insertInOrder(round.ranks, { key, trial })
  round.entered++
  if (openPlaces(round) === 0) round.isFull = true
  const { known } = round.plan
  const { bracket, round: number } = address
  const member: Member = {
    bracket,
    round: number,
    key,
    goal: known,
    state: 'training',
    fate: 'open',
    isEnded,
    why: null,
  }
  memory.members.set(trial, member)
  touch(scene, address)
  return member
}

/** A survivor that has trained that far already, or cannot train on, needs no order. */
export function prepare(scene: Scene, trial: number, member: Member): void {
  const { known } = roundOf(scene.memory, member).plan
  if (member.isEnded || scene.study.epoch(trial) >= known) reachKnown(scene, trial, member)
  else insertReady(scene, trial, member, 'known')
}

/** It has trained up to the decision point. */
export function reachKnown(scene: Scene, trial: number, member: Member): void {
  const { memory, plan } = scene
  const { known, target } = roundOf(memory, member).plan
  if (plan.sent === 'arrival' && member.fate === 'open') sendOnArrival(scene, trial, member)
  if (member.fate !== 'open') return goOn(scene, trial, member)
  // By arrival whoever is at the target is complete; by plan what was trained ahead counts only if it is selected.
  const isThrough = plan.sent === 'arrival' && scene.study.epoch(trial) >= target
  if (known === target || member.isEnded || isThrough) return reachTarget(scene, trial, member)
  member.state = 'parked'
  touch(scene, member)
}

/** Published rule: enough are sent when k next of the round are, and those sent and collected make d curves. */
function sendOnArrival({ memory, plan, walk }: Scene, trial: number, member: Member): void {
  const round = roundOf(memory, member)
  const { target } = round.plan
  const underway = memory.underway.get(target) ?? 0
  const curves = underway + (memory.collected.get(target)?.length ?? 0) + walk.earlierOf(target)
  if (round.sent.length >= plan.k * round.next && curves >= plan.d) return
  round.sent.push(trial)
  member.fate = 'sent'
  memory.underway.set(target, underway + 1)
}

/** It is to train to the target; while its attempt lives it keeps its worker. */
export function goOn(scene: Scene, trial: number, member: Member): void {
  const { memory, study } = scene
  const { known, target } = roundOf(memory, member).plan
  member.goal = target
  const isThere = study.epoch(trial) >= target
  if (member.isEnded || (isThere && known === target)) return reachTarget(scene, trial, member)
  if (isThere) {
    // It trained ahead: an order tells the study that this was wanted.
    member.state = 'training'
    memory.keeping.push(trial)
    return
  }
  if (member.fate === 'sent' && study.state(trial) === 'running') memory.keeping.push(trial)
  insertReady(scene, trial, member, member.fate === 'audited' ? 'audit' : 'target')
  touch(scene, member)
}

export function reachTarget(scene: Scene, trial: number, member: Member): void {
  const { memory, study } = scene
  const round = roundOf(memory, member)
  const { target } = round.plan
  member.state = 'there'
  // Its program may have ended before there were epochs left to raise it.
  removeKept(memory, trial)
  const key = lossAt(study, trial, target)
  touch(scene, member)
  if (member.fate === 'audited') {
    const record = memory.tally.audits.get(trial)
    if (record) record.loss = key
    return
  }
  insertInOrder(round.complete, { key, trial })
  if (member.fate === 'sent') collect(scene, trial, target)
}

/** Arrival rule: rounds of other brackets may wait for this curve. */
function collect(scene: Scene, trial: number, target: number): void {
  const { memory, plan } = scene
  if (plan.sent !== 'arrival') return
  touchWaiting(scene, target)
  memory.underway.set(target, (memory.underway.get(target) ?? 0) - 1)
  const collected = memory.collected.get(target)
  if (collected) collected.push(trial)
  else memory.collected.set(target, [trial])
}

/** The trial failed, or was stopped: by a verdict of ours, or by the user. */
export function leave(scene: Scene, trial: number): void {
  const { memory, plan } = scene
  const member = memory.members.get(trial)
  if (!member) return
  memory.members.delete(trial)
  removeReady(scene, trial)
  const says = memory.sayings.findIndex((saying) => saying.type === 'stop' && saying.trial === trial)
  if (says >= 0) memory.sayings.splice(says, 1)
  if (memory.tally.audits.get(trial)?.loss === null) {
    memory.tally.audits.delete(trial)
    memory.tally.openAudits--
  }
  const round = roundOf(memory, member)
  const { target } = round.plan
  if (plan.sent === 'arrival' && member.fate === 'sent' && member.state !== 'there') {
    memory.underway.set(target, (memory.underway.get(target) ?? 0) - 1)
    touchWaiting(scene, target)
  }
  touch(scene, member)
  if (round.isCut) return
  const isIt = (standing: Standing): boolean => standing.trial === trial
  removeFrom(round.ranks, isIt)
  if (member.fate === 'open') removeFrom(round.partials, isIt)
  if (!round.through.includes(trial)) removeFrom(round.complete, isIt)
}

/** A prediction drops it; some are trained on anyway, to see whether that was right. */
export function drop(scene: Scene, member: Member, numbers: DropNumbers, why: Reason): void {
  const { memory, plan } = scene
  const { tally } = memory
  const { trial, mean, sd, bar } = numbers
  const its = roundOf(memory, member)
  const { known, target } = its.plan
  // What it trained ahead in vain is counted where all such epochs are.
  const spared = target - known
  tally.dropped++
  tally.spared += spared
  if (stream(plan.seed, 'audit', trial).uniform() >= plan.audit || member.isEnded) {
    member.fate = 'dropped'
    if (member.isEnded) memory.members.delete(trial)
    else memory.sayings.push({ type: 'stop', trial, why })
    return
  }
  const { bracket, round } = member
  const { relaxation } = tally
  const record = { bracket, round, trial, known, target, predicted: mean, sd, threshold: bar, relaxation }
  tally.audits.set(trial, { ...record, loss: null, bar: null, isFalseDrop: null })
  tally.openAudits++
  // As if it were stopped, it stands in nobody's way: whoever is sent later is counted without it.
  removeFrom(its.ranks, (standing) => standing.trial === trial)
  its.audited.push(trial)
  tally.auditEpochs += spared
  member.fate = 'audited'
  member.why = { ...why, rule: 'swift-audit' }
  if (member.state !== 'speculating') goOn(scene, trial, member)
}

function insertInOrder(standings: Standing[], standing: Standing): void {
  const at = standings.findIndex((other) => isAhead(standing, other))
  standings.splice(at === -1 ? standings.length : at, 0, standing)
}

function removeFrom<T>(list: T[], isIt: (item: T) => boolean): void {
  const index = list.findIndex(isIt)
  if (index >= 0) list.splice(index, 1)
}
