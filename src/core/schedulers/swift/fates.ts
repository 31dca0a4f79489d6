/**
 * What becomes of parked trials: selected (trained to the target) or dropped. Paper rules (published-work 1.3.2, phase two) in one line: selected
 * are the first max(number below the threshold, next - complete) in order of (prediction, trial number); the threshold is the 0.25 quantile of the
 * losses of those that were sent.
 *
 * Phase two: everybody is at the decision point and all sent are at the target. Before it, what no missing loss can change is decided at once:
 * with a = trials that are not at the decision point or whose rank is open, the parked one of place j by prediction is
 * - selected if j + a < next - sent, or its prediction is below the threshold though the missing losses were -infinity;
 * - dropped if j >= next - sent and its prediction is not below the threshold though they were +infinity.
 */
import { predictorOf, curveStart } from '../../study/fit-input.ts'
import { sortedQuantile } from '../../maths/quantile.ts'
import { assert } from '../../trial.ts'
import { isAhead } from '../standing.ts'
import { dropReason, selectionConclusion, selectReason } from './conclusions.ts'
import { wantArrived, wantPlanned } from './lessons.ts'
import { drop, goOn } from './members.ts'
import { isHere, membersOf, openPlaces, roundOf, type Member, type Partial, type SwiftRound } from './memory.ts'
import { modelKey, type RoundAddress } from './plan.ts'
import { isOfScale } from './earlier.ts'
import type { Scene } from './scene.ts'

export function decideFates(scene: Scene, address: RoundAddress): void {
  const round = roundOf(scene.memory, address)
  if (round.isDecided) return
  const here = membersOf(scene.memory, address)
  const parked = here.filter(({ member }) => isParked(member))
  const onTheWay = here.filter(({ member }) => member.fate === 'open' && !isParked(member) && member.state !== 'there')
  const missing = openPlaces(round) + onTheWay.length
  const sentMissing = here.filter(({ member }) => member.fate === 'sent' && member.state !== 'there').length
  const isPhaseTwo = missing === 0 && round.isFull && sentMissing === 0
  if (isPhaseTwo && parked.length === 0) {
    round.isDecided = true
    // All were decided before, for no missing loss could have changed it.
    if (round.partials.length > 0) conclude(scene, address, phaseTwo(scene, round))
    return
  }
  if (round.isBlind || modelOf(scene, round) === null) return isPhaseTwo ? trainAll(scene, address) : undefined
  if (modelOf(scene, round) === undefined) {
    if (isPhaseTwo) wantModel(scene, address)
    return
  }
  if (!predictParked(scene, address, parked)) return
  const decided = isPhaseTwo ? phaseTwo(scene, round) : certain(scene, round, missing, sentMissing)
  apply(scene, address, decided)
  if (!isPhaseTwo) return
  round.isDecided = true
  conclude(scene, address, decided)
}

/** Asked again for where an earlier answer could not be had. */
function wantModel(scene: Scene, address: RoundAddress): void {
  const { target, known } = roundOf(scene.memory, address).plan
  if (scene.plan.sent === 'arrival') wantArrived(scene, address)
  else wantPlanned(scene, target, known)
}

function conclude(scene: Scene, address: RoundAddress, decided: Decided): void {
  scene.memory.sayings.push(selectionConclusion(scene, address, decided))
}

/** A round that adds one epoch: nobody waits for its predictor, but what it says is recorded. */
export function recordSelection(scene: Scene, address: RoundAddress): void {
  const { memory } = scene
  const round = roundOf(memory, address)
  if (!round.isRecordDue || !round.isFull || round.complete.length < round.ranks.length) return
  const unsent = round.ranks.filter(({ trial }) => !round.sent.includes(trial))
  const model = modelOf(scene, round)
  if (unsent.length === 0 || model === null || round.isBlind) round.isRecordDue = false
  else if (model === undefined) {
    wantModel(scene, address)
  } else {
    for (const { trial } of unsent) round.partials.push(predicted(scene, round, trial))
    round.isRecordDue = false
    conclude(scene, address, phaseTwo(scene, round))
  }
}

interface Decided {
  readonly rule: 'threshold' | 'fill'
  readonly selected: readonly Partial[]
  readonly dropped: readonly Partial[]
  readonly bar: number
}

/** All that were parked are looked at, also those that were decided before. */
export function phaseTwo(scene: Scene, round: SwiftRound): Decided {
  const ordered = inOrder(scene, round)
  const bar = barOf(scene, round, 0, 0)
  const below = ordered.filter(({ mean, sd }) => relaxed(scene, mean, sd) < bar).length
  const fill = round.next - sentLosses(round).length
  const count = Math.max(below, fill)
  return {
    rule: below < fill ? 'fill' : 'threshold',
    selected: ordered.slice(0, Math.max(count, 0)),
    dropped: ordered.slice(Math.max(count, 0)),
    bar,
  }
}

function certain(scene: Scene, round: SwiftRound, missing: number, sentMissing: number): Decided {
  const ordered = inOrder(scene, round)
  const fill = round.next - sentLosses(round).length - sentMissing
  const low = barOf(scene, round, sentMissing, -Infinity)
  const high = barOf(scene, round, sentMissing, Infinity)
  const isSentFinal = scene.plan.sent === 'arrival' ? missing === 0 : round.isFull && round.sent.length >= round.planned
  if (!isSentFinal) return { rule: 'threshold', selected: [], dropped: [], bar: high }
  const selected = ordered.filter(({ mean, sd }, j) => j + missing < fill || relaxed(scene, mean, sd) < low)
  const dropped = ordered.filter(({ mean, sd }, j) => j >= fill && relaxed(scene, mean, sd) >= high)
  return { rule: 'threshold', selected, dropped, bar: high }
}

function apply(scene: Scene, address: RoundAddress, { selected, dropped, rule, bar }: Decided): void {
  const undecided = (trial: number): Member | undefined => {
    const member = scene.memory.members.get(trial)
    return isHere(member, address) && isParked(member) ? member : undefined
  }
  for (const partial of selected) {
    const member = undecided(partial.trial)
    if (!member) continue
    member.fate = 'selected'
    const isBelow = relaxed(scene, partial.mean, partial.sd) < bar
    member.why = selectReason(scene, address, partial, bar, isBelow ? 'threshold' : rule)
    // One that trains ahead goes on when its epoch is done.
    if (member.state === 'parked') goOn(scene, partial.trial, member)
  }
  for (const partial of dropped) {
    const member = undecided(partial.trial)
    if (member) drop(scene, member, { ...partial, bar }, dropReason(scene, address, partial, bar))
  }
}

function trainAll(scene: Scene, address: RoundAddress): void {
  const round = roundOf(scene.memory, address)
  round.isDecided = true
  for (const { trial, member } of membersOf(scene.memory, address)) {
    if (!isParked(member)) continue
    member.fate = 'selected'
    member.why = { rule: 'swift-no-predictor', known: round.plan.known, until: round.plan.target }
    if (member.state === 'parked') goOn(scene, trial, member)
  }
}

/** False: the predictor does not fit these curves. */
function predictParked(scene: Scene, address: RoundAddress, parked: readonly { readonly trial: number }[]): boolean {
  const round = roundOf(scene.memory, address)
  if (!isOfScale(scene, address)) return false
  for (const { trial } of parked)
    if (!round.partials.some((partial) => partial.trial === trial)) round.partials.push(predicted(scene, round, trial))
  return true
}

function predicted({ plan, memory, study }: Scene, round: SwiftRound, trial: number): Partial {
  const { known, target } = round.plan
  const key = round.ranks.find((standing) => standing.trial === trial)?.key ?? Infinity
  const model = memory.models.get(modelKey(target, known))
  assert(model, `the predictor from ${known} to ${target} is trained`)
  const { mean, sd } = predictorOf(plan.predictor).predict(model, curveStart(study, plan.predictor, trial, known))
  return { trial, key, mean, sd }
}

function modelOf({ memory }: Scene, { plan: { target, known } }: SwiftRound) {
  return memory.models.get(modelKey(target, known))
}

export function isParked(member: Member): boolean {
  return member.fate === 'open' && (member.state === 'parked' || member.state === 'speculating')
}

function inOrder(scene: Scene, round: SwiftRound): Partial[] {
  return round.partials.toSorted((a, b) =>
    isAhead(
      { key: relaxed(scene, a.mean, a.sd), trial: a.trial },
      { key: relaxed(scene, b.mean, b.sd), trial: b.trial },
    )
      ? -1
      : 1,
  )
}

/** After harm was shown a prediction counts as better than it is. */
function relaxed({ memory }: Scene, mean: number, sd: number): number {
  return memory.tally.relaxation === 0 ? mean : mean - memory.tally.relaxation * sd
}

function barOf({ plan }: Scene, round: SwiftRound, missing: number, stead: number): number {
  const losses = [...sentLosses(round), ...Array.from({ length: missing }, () => stead)].sort((a, b) => a - b)
  return losses.length === 0 ? -Infinity : sortedQuantile(losses, plan.threshold)
}

/** What a loss has to undercut once the round is over; where nobody was sent, the same quantile of all who came to the target. */
export function barAtEnd({ plan }: Scene, round: SwiftRound): number {
  const sent = sentLosses(round)
  const losses = sent.length > 0 ? sent : round.complete.map(({ key }) => key)
  return losses.length === 0 ? -Infinity : sortedQuantile(losses, plan.threshold)
}

/** Of the sent trials at the target, ascending. */
function sentLosses(round: SwiftRound): number[] {
  return round.complete.filter(({ trial }) => round.sent.includes(trial)).map(({ key }) => key)
}
