/** The memory of Swift-Hyperband: plain data. What its states mean is told in swift-hyperband.ts. */
import type { Model, Prediction } from '../../predictors/predictor.ts'
import { assert, type Json, type Reason } from '../../trial.ts'
import type { Standing } from '../standing.ts'
import type { RoundAddress, RoundPlan } from './plan.ts'

export interface SwiftMemory {
  /** Trials ordered so far: the index of the next start. */
  started: number
  closed: boolean
  /** Opened brackets whose last round is not cut yet. */
  unfinished: number
  /** By bracket number. */
  readonly rounds: (readonly SwiftRound[])[]
  /** Trials that are still in the race, or audited. */
  readonly members: Map<number, Member>
  /** A heap in queue order. */
  readonly ready: Ready[]
  /** Sent while their attempt lives: they keep their worker. */
  readonly keeping: number[]
  /** By `modelKey`; null = there are too few curves for it. */
  readonly models: Map<string, Model | null>
  /** Keys of predictors that are wanted, or being trained. */
  readonly fitting: Set<string>
  /** Keys of predictors that could not be had: only a round that needs one asks again. */
  readonly unfitted: Set<string>
  /** What is to be said, oldest first. */
  readonly sayings: Saying[]
  /** Arrival rule only, by target: sent trials that have arrived, in that order, and how many are on their way. */
  readonly collected: Map<number, number[]>
  readonly underway: Map<number, number>
  /** The curves of the earlier study turned out to be of another scale. */
  isEarlierRefused: boolean
  isEarlierChecked: boolean
  readonly tally: PredictionTally
}

/** What prediction did so far. */
export interface PredictionTally {
  /** Trials that were dropped by a prediction. */
  dropped: number
  /** Epochs that those were not trained in their round. */
  spared: number
  /** Epochs that audited trials were ordered for. */
  auditEpochs: number
  /** By trial, in the order in which they were dropped. */
  readonly audits: Map<number, AuditRecord>
  /** Audits that are not judged yet. */
  openAudits: number
  /** Judged audits that were dropped since the last relaxation, and the false drops among them. */
  judged: number
  falseDrops: number
  /** So many sd are taken off a prediction before it is compared: more after each harm that an audit showed. */
  relaxation: number
}

/** A trial that prediction dropped, trained on all the same: losses, minimise-signed. */
export interface AuditRecord extends RoundAddress {
  readonly trial: number
  readonly known: number
  readonly target: number
  readonly predicted: number
  readonly sd: number
  readonly threshold: number
  /** That of the tally when it was dropped. */
  readonly relaxation: number
  /** Once it is there. */
  loss: number | null
  /** Once it is judged: the threshold with the losses of all who set it. */
  bar: number | null
  /** It ended better than that. null = not judged yet. */
  isFalseDrop: boolean | null
}

/** Mutable: only `evolve` changes it. */
export interface SwiftRound {
  size: number
  keep: number
  next: number
  planned: number
  readonly plan: RoundPlan
  /** Trials that entered and have not failed, by rank: place at the start, later the loss that brought them here. */
  readonly ranks: Standing[]
  /** Trained to the target without a prediction, in the order in which that was known. */
  readonly sent: number[]
  entered: number
  /** No further trial can enter. */
  isFull: boolean
  /** Sent trials by rank, once that is final and all of them are at the target. */
  taught: readonly number[] | null
  /** Everybody's fate is known. */
  isDecided: boolean
  /** No predictor can be had: everybody is trained on. */
  isBlind: boolean
  /** A round that adds one epoch decides nothing by prediction; what it would have said is recorded when it can be. */
  isRecordDue: boolean
  /** Parked trials with their predictions, also of those that were dropped since. */
  readonly partials: Partial[]
  /** Dropped, and trained on all the same. */
  readonly audited: number[]
  /** At the target, by loss. */
  readonly complete: Standing[]
  readonly through: number[]
  isCut: boolean
}

/** Its key is its rank in the round. */
export interface Partial extends Prediction, Standing {}

/** What is known of a trial that prediction drops: minimise-signed, `bar` is what it had to undercut. */
export interface DropNumbers extends Prediction {
  readonly trial: number
  readonly bar: number
}

/** Mutable: only `evolve` changes it. */
export interface Member extends RoundAddress {
  readonly key: number
  /** Up to which epoch it is ordered, or ready to be. */
  goal: number
  state: 'ready' | 'training' | 'parked' | 'speculating' | 'there'
  fate: 'open' | 'sent' | 'selected' | 'dropped' | 'audited'
  /** Its program has ended, or it is at the last epoch: it needs no order any more, and cannot be stopped. */
  isEnded: boolean
  /** Why it goes on beyond `known`. */
  why: Reason | null
}

/** A trial that may train on at once. */
export interface Ready extends Standing, RoundAddress {
  readonly until: number
  readonly order: 'target' | 'known' | 'audit'
  readonly isShort: boolean
}

export type Saying =
  | { readonly type: 'stop'; readonly trial: number; readonly why: Reason }
  | { readonly type: 'fit'; readonly target: number; readonly known: number; readonly trials: readonly number[] }
  | { readonly type: 'conclude'; readonly topic: string; readonly data: Json; readonly cut?: RoundAddress }

export function openMemory(): SwiftMemory {
  return {
    started: 0,
    closed: false,
    unfinished: 0,
    rounds: [],
    members: new Map(),
    ready: [],
    keeping: [],
    models: new Map(),
    fitting: new Set(),
    unfitted: new Set(),
    sayings: [],
    collected: new Map(),
    underway: new Map(),
    isEarlierRefused: false,
    isEarlierChecked: false,
    tally: {
      dropped: 0,
      spared: 0,
      auditEpochs: 0,
      audits: new Map(),
      openAudits: 0,
      judged: 0,
      falseDrops: 0,
      relaxation: 0,
    },
  }
}

export function openSwiftRound(plan: RoundPlan): SwiftRound {
  const { size, keep, next, planned } = plan
  return {
    size,
    keep,
    next,
    planned,
    plan,
    ranks: [],
    entered: 0,
    isFull: false,
    sent: [],
    taught: null,
    isDecided: plan.known === plan.target,
    isBlind: false,
    isRecordDue: plan.known === plan.target,
    partials: [],
    audited: [],
    complete: [],
    through: [],
    isCut: false,
  }
}

export function roundOf(memory: SwiftMemory, { bracket, round }: RoundAddress): SwiftRound {
  const at = memory.rounds[bracket]?.[round]
  assert(at !== undefined, `bracket ${bracket} is open and has a round ${round}`)
  return at
}

export function memberOf(memory: SwiftMemory, trial: number): Member {
  const member = memory.members.get(trial)
  assert(member !== undefined, `trial ${trial} is in the race`)
  return member
}

/** Trials that may still enter. */
export function openPlaces(round: SwiftRound): number {
  return round.isFull ? 0 : Math.max(0, round.size - round.entered)
}

export function isHere(member: Member | undefined, { bracket, round }: RoundAddress): member is Member {
  return member?.bracket === bracket && member.round === round
}

/** The members of a round that are still in it, by rank. */
export function membersOf(
  { members, rounds }: SwiftMemory,
  address: RoundAddress,
): { readonly trial: number; readonly member: Member }[] {
  const found: { readonly trial: number; readonly member: Member }[] = []
  for (const { trial } of rounds[address.bracket]?.[address.round]?.ranks ?? []) {
    const member = members.get(trial)
    if (isHere(member, address)) found.push({ trial, member })
  }
  return found
}
