/**
 * The state of a study: everything that follows from its log, as plain data (what `structuredClone` copies), so that a fold can be cached.
 * `evolve` owns and changes it; nobody else does.
 */
import type { Configuration, Json, Outcome, Reason, TrialState } from '../trial.ts'
import type { FitRequest } from '../schedulers/scheduler.ts'
import type { Budget, Failures, StudyDefinition } from './definition.ts'
import type { ProposedConfiguration } from './events.ts'

export interface LiveAttempt {
  readonly attempt: number
  readonly from: number
  /** The first limit it was given. */
  readonly orderedUntil: number
  /** The limit now. */
  until: number
  /** The furthest epoch that this attempt reported; `from` before its first report. */
  epoch: number
  /** The epoch of its last report; 0 before its first. A second report of that epoch is no further training. */
  saidEpoch: number
  /** Lines read of what it says. */
  lines: number
  readonly startedAt: number
  lastSignAt: number
  process: Json | undefined
  released: boolean
  /** It was asked to save and leave. */
  stopping: Reason | null
  overdue: 'timeout' | 'silence' | null
  handedOver: boolean
  readonly asked: boolean
}

export interface EndedAttempt {
  readonly attempt: number
  readonly from: number
  readonly epoch: number
  readonly startedAt: number
  readonly endedAt: number
  readonly outcome: Outcome
}

export interface TrialRecord {
  readonly number: number
  readonly configuration: Configuration
  readonly by: string
  readonly note: Json | undefined
  readonly tag: Json | undefined
  readonly createdAt: number
  readonly imported: boolean
  state: TrialState
  settledAt: number | null
  /** How far it was ordered to train. */
  until: number
  /** Why it was last ordered to train. */
  order: Reason
  /** The furthest epoch reported. */
  epoch: number
  /** Reported epochs, ascending; `values[column][i]` belongs to `epochs[i]`, NaN where a report lacked that metric. */
  readonly epochs: number[]
  readonly values: number[][]
  live: LiveAttempt | null
  readonly attempts: EndedAttempt[]
  attemptCount: number
  failures: number
  losses: number
  /** A retry waits until then. */
  notBefore: number
  /** A failure that awaits its verdict. */
  failing: Reason | null
  /** Why it was stopped or failed. */
  why: Reason | null
  /** The limit at which the scheduler was told of its arrival. */
  arrivedUntil: number
  /** Epochs set aside of the budget for what it was ordered to train and has not yet. */
  reserved: number
  rejected: number
  /** Its last order was ahead of a decision. */
  isSpeculative: boolean
  /** Epochs trained ahead of a decision that has not wanted them yet. */
  speculated: number
  /** Grows with every change of its state or its reports. */
  revision: number
}

export interface StudyState {
  definition: StudyDefinition
  program: Json
  directory: string
  version: string
  createdAt: number
  seq: number
  /** Time of the last event. */
  now: number
  budget: Budget
  failures: Failures
  slots: number
  /** The controller at work, or null. */
  session: { readonly fence: number; readonly host: string; readonly pid: number; readonly since: number } | null
  sessions: number
  /** Summed over controllers' running time. */
  elapsedMs: number
  /** More facts of the same batch follow: free slots are not given away yet. */
  batchOpen: boolean
  /** Names of metrics by column; the objectives come first. */
  readonly metrics: string[]
  readonly trials: TrialRecord[]
  importedCount: number
  readonly seen: Set<string>
  initialUsed: number
  /** Trials with a live attempt, in order of start. */
  readonly live: Set<number>
  /** Live attempts that somebody else's loop runs: they hold no slot. */
  askedCount: number
  /** At their limit, unsettled, not released: they may go on without a restart. */
  readonly lingering: Set<number>
  /** At their limit, with an objective of that epoch still unsaid: it may come on a line of its own. */
  readonly unjudged: Set<number>
  /** Owed training with no attempt under way (new, to be retried, handed over), in the order they came. */
  readonly owed: Set<number>
  /** Live attempts that will end soon: released, asked to leave, or settled. */
  readonly leaving: Set<number>
  asks: number
  /** The newest request of another process that became a fact. */
  lastRequest: number
  /** The number of that fact in the log; 0 = none yet. */
  lastRequestSeq: number
  /** Trials whose failure or checkpoint needs a verdict after the last fact. */
  readonly attention: number[]
  /** Settled trials whose checkpoints are kept, best first. */
  readonly keptCheckpoints: number[]
  readonly doomedCheckpoints: number[]
  /** The newest that were decided away: a controller that crashed just then may not have deleted them. */
  readonly deletedCheckpoints: number[]
  closed: Reason | null
  stopRequested: string | null
  paused: string | null
  targetMet: Reason | null
  /** The best report of the only objective: what a target that is set later has to be compared with. */
  bestReport: { readonly trial: number; readonly epoch: number; readonly value: number } | null
  failedInARow: number
  finished: Reason | null
  readonly counts: { [state in TrialState]: number }
  epochsTrained: number
  epochsRepeated: number
  epochsOverrun: number
  epochsReserved: number
  /** Among those trained, or trained beyond an order: epochs ahead of decisions that did not want them, or not yet. */
  epochsSpeculated: number
  /** Sums over reports of a new epoch: time from an attempt's start to its first one, and from one to the next. */
  readonly pace: { firstMs: number; firsts: number; furtherMs: number; furthers: number }
  /** Proposed by a model and not trials yet, first come first. */
  readonly proposed: ProposedConfiguration[]
  /** The request for more that is under way. */
  proposing: number | null
  proposalCount: number
  /** How long the last one took. */
  proposalMs: number
  /** The model says that the space holds no more. */
  exhausted: Reason | null
  /** Predictors that are being trained, by number, in order. */
  readonly fits: Map<number, FitRequest>
  fitCount: number
  fitsDone: number
  fitsFailed: number
  reportCount: number
  decisionCount: number
  samplerMemory: unknown
  schedulerMemory: unknown
}

export function newState(created: {
  readonly definition: StudyDefinition
  readonly program: Json
  readonly directory: string
  readonly version: string
  readonly at: number
}): StudyState {
  const { definition } = created
  return {
    definition,
    program: created.program,
    directory: created.directory,
    version: created.version,
    createdAt: created.at,
    seq: 1,
    now: created.at,
    budget: definition.budget,
    failures: definition.failures,
    slots: 0,
    session: null,
    sessions: 0,
    elapsedMs: 0,
    batchOpen: false,
    metrics: [...new Set(definition.objectives.map((objective) => objective.metric))],
    trials: [],
    importedCount: 0,
    seen: new Set(),
    initialUsed: 0,
    live: new Set(),
    askedCount: 0,
    lingering: new Set(),
    unjudged: new Set(),
    owed: new Set(),
    leaving: new Set(),
    asks: 0,
    lastRequest: 0,
    lastRequestSeq: 0,
    attention: [],
    keptCheckpoints: [],
    doomedCheckpoints: [],
    deletedCheckpoints: [],
    closed: null,
    stopRequested: null,
    paused: null,
    targetMet: null,
    bestReport: null,
    failedInARow: 0,
    finished: null,
    counts: { waiting: 0, running: 0, paused: 0, complete: 0, stopped: 0, failed: 0 },
    epochsTrained: 0,
    epochsRepeated: 0,
    epochsOverrun: 0,
    epochsReserved: 0,
    epochsSpeculated: 0,
    pace: { firstMs: 0, firsts: 0, furtherMs: 0, furthers: 0 },
    proposed: [],
    proposing: null,
    proposalCount: 0,
    proposalMs: 0,
    exhausted: null,
    fits: new Map(),
    fitCount: 0,
    fitsDone: 0,
    fitsFailed: 0,
    reportCount: 0,
    decisionCount: 0,
    samplerMemory: undefined,
    schedulerMemory: undefined,
  }
}

/** Epochs of the budget that no order has claimed yet. */
export function epochsLeft(state: StudyState): number {
  const { epochs } = state.budget
  return epochs === undefined ? Infinity : epochs - state.epochsTrained - state.epochsRepeated - state.epochsReserved
}

/** Trials that may still be created under the budget. */
export function trialsLeft(state: StudyState): number {
  const { trials } = state.budget
  return trials === undefined ? Infinity : trials - (state.trials.length - state.importedCount)
}
