/** How the memory of Swift-Hyperband follows the notices of the study. */
import type { Json } from '../../trial.ts'
import { startAt } from '../bracket-plan.ts'
import type { Notice } from '../scheduler.ts'
import { judgeAudits } from './audit.ts'
import { decideFates, recordSelection } from './fates.ts'
import { touchWaiting, wantPlanned } from './lessons.ts'
import { enter, goOn, leave, reachKnown, reachTarget } from './members.ts'
import { roundOf, type Member } from './memory.ts'
import { modelKey, type RoundAddress } from './plan.ts'
import { insertReady, removeReady } from './queue.ts'
import { letThrough, openBracket, shrinkBracket } from './rounds.ts'
import { nextTouched, type Scene } from './scene.ts'
import { sendByRank, teachers } from './sending.ts'

/** The scheduler's note of a fit. */
export interface FitTag {
  readonly [key: string]: Json
  readonly known: number
  readonly target: number
  /** Curves of an earlier study among its lessons. */
  readonly earlier: number
}

export function evolve(scene: Scene, notice: Notice): void {
  take(scene, notice)
  // An order only says what was announced: nothing follows before somebody arrives.
  if (notice.type === 'ordered') return
  for (let address = nextTouched(scene); address; address = nextTouched(scene)) settle(scene, address)
}

function take(scene: Scene, notice: Notice): void {
  switch (notice.type) {
    case 'ordered':
      return notice.isNew
        ? started(scene, notice.trial, notice.until)
        : resumed(scene, notice.trial, notice.until, notice.speculative === true)
    case 'reported':
      return
    case 'arrived':
      return arrived(scene, notice.trial, notice.epoch, notice.complete)
    case 'failed':
    case 'stopped':
      return leave(scene, notice.trial)
    case 'concluded':
      return said(scene, 'conclude')
    case 'fitting':
      return said(scene, 'fit')
    case 'fitted':
    case 'unfitted':
      return fitAnswered(scene, notice)
    case 'closed':
      return closed(scene)
    case 'opened':
      return opened(scene)
  }
}

/** All that follows from what has changed in a round. */
function settle(scene: Scene, address: RoundAddress): void {
  const { memory, plan } = scene
  const round = roundOf(memory, address)
  if (!round.isCut) {
    if (plan.sent === 'plan') {
      sendByRank(scene, address)
      if (round.taught === null) {
        round.taught = teachers(scene, address)
        if (round.taught !== null) wantPlanned(scene, round.plan.target)
      }
    }
    decideFates(scene, address)
    letThrough(scene, address)
  }
  recordSelection(scene, address)
  judgeAudits(scene, address)
}

function started(scene: Scene, trial: number, until: number): void {
  const { plan, memory } = scene
  const { bracket, place } = startAt(plan, memory.started++)
  openBracket(scene, bracket)
  const member = enter(scene, { bracket, round: 0 }, { key: place, trial, isEnded: false })
  member.goal = until
  const { planned } = roundOf(memory, { bracket, round: 0 })
  if (plan.sent === 'plan' && place < planned) {
    member.fate = 'sent'
    roundOf(memory, { bracket, round: 0 }).sent.push(trial)
  }
}

function resumed(scene: Scene, trial: number, until: number, isSpeculative: boolean): void {
  const member = scene.memory.members.get(trial)
  if (member === undefined) return
  removeReady(scene, trial)
  if (!isSpeculative) member.goal = until
  member.state = isSpeculative ? 'speculating' : 'training'
}

function arrived(scene: Scene, trial: number, epoch: number, isComplete: boolean): void {
  const member = scene.memory.members.get(trial)
  if (!member) return
  if (isComplete) member.isEnded = true
  if (member.state === 'speculating') return arrivedAhead(scene, trial, member)
  if (member.state !== 'training') return
  const { known, target } = roundOf(scene.memory, member).plan
  if (isComplete || epoch >= target) {
    if (member.fate === 'open') return reachKnown(scene, trial, member)
    return reachTarget(scene, trial, member)
  }
  if (epoch >= known && member.fate === 'open') return reachKnown(scene, trial, member)
  // The budget cut its order short, unless it was sent on its way to the decision point.
  const isShort = member.fate === 'open' || epoch !== known
  member.goal = member.fate === 'open' ? known : target
  const order = member.fate === 'open' ? 'known' : member.fate === 'audited' ? 'audit' : 'target'
  insertReady(scene, trial, member, order, isShort)
}

/** What was decided while it trained ahead holds from here. */
function arrivedAhead(scene: Scene, trial: number, member: Member): void {
  member.state = 'parked'
  if (member.fate === 'open') reachKnown(scene, trial, member)
  else if (member.fate !== 'dropped') goOn(scene, trial, member)
  else if (member.isEnded) scene.memory.members.delete(trial)
}

function said({ memory }: Scene, type: 'conclude' | 'fit'): void {
  const index = memory.sayings.findIndex((saying) => saying.type === type)
  if (index >= 0) memory.sayings.splice(index, 1)
}

function fitAnswered(scene: Scene, notice: Notice & { readonly type: 'fitted' | 'unfitted' }): void {
  const { memory } = scene
  const { known, target, earlier } = notice.tag as FitTag
  const key = modelKey(target, known)
  memory.fitting.delete(key)
  const isStale = earlier > 0 && memory.isEarlierRefused
  if (isStale && scene.plan.sent === 'plan') wantPlanned(scene, target)
  if (!isStale && notice.type === 'fitted') memory.models.set(key, notice.model)
  if (!isStale && notice.type === 'unfitted') {
    memory.unfitted.add(key)
    blind(scene, target, known)
  }
  touchWaiting(scene, target)
}

/** Rounds that wait for it go on without; a later round asks again. */
function blind({ memory }: Scene, target: number, known: number): void {
  for (const rounds of memory.rounds)
    for (const round of rounds)
      if (round.plan.target === target && round.plan.known === known && round.entered > 0) round.isBlind = true
}

function closed(scene: Scene): void {
  const { plan, memory } = scene
  if (memory.closed) return
  memory.closed = true
  const { bracket, place } = startAt(plan, memory.started)
  if (memory.rounds[bracket] !== undefined) shrinkBracket(scene, bracket, place)
}

/** The bracket that was being filled went on with what it had: new trials begin with the next one. */
function opened({ plan, memory }: Scene): void {
  if (!memory.closed) return
  memory.closed = false
  while (startAt(plan, memory.started).place > 0) memory.started++
}
