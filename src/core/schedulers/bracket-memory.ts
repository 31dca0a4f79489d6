/** The memory of a bracket scheduler: plain data. What its states mean is told in bracket-scheduler.ts. */
import { assert, type Reason } from '../trial.ts'
import type { Ready } from './bracket-plan.ts'
import type { Round } from './rounds.ts'

export interface BracketMemory {
  /** Trials ordered so far: the index of the next start. */
  started: number
  closed: boolean
  /** Opened brackets of which a later round may still get its first trial. */
  undecided: number
  /** By bracket number: their rounds. */
  readonly brackets: (readonly Round[])[]
  readonly places: Map<number, Place>
  /** A heap in queue order. */
  readonly ready: Ready[]
  /** Cut rounds that are not concluded yet, oldest first. */
  readonly cuts: RoundAddress[]
  /** Trials that the last concluded cut dropped and that are not stopped yet, the next one last. */
  drops: Drop[]
}

export interface RoundAddress {
  readonly bracket: number
  readonly round: number
}

export interface Place extends RoundAddress {
  readonly state: 'running' | 'standing' | 'ready' | 'dropped' | 'finalist'
  /** Ended by itself, or reached the last epoch: it needs no order any more. */
  readonly isComplete: boolean
}

export interface Drop {
  readonly trial: number
  readonly why: Reason
}

export function openMemory(): BracketMemory {
  const lists = { brackets: [], ready: [], cuts: [], drops: [] }
  return { started: 0, closed: false, undecided: 0, places: new Map(), ...lists }
}

/** The state of a round whose bracket has been opened. */
export function roundOf(memory: BracketMemory, { bracket, round }: RoundAddress): Round {
  const at = memory.brackets[bracket]?.[round]
  assert(at !== undefined, `bracket ${bracket} is open and has a round ${round}`)
  return at
}
