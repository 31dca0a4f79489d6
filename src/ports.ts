/** The three borders of the pure part: where the log is kept, where attempts run, what time it is. Interfaces only. */
import type { Configuration, Json, Metrics, Outcome, Reason } from './core/trial.ts'
import type { FitInput, Model } from './core/predictors/predictor.ts'
import type { Qubo, Sample } from './core/predictors/qsvr/qubo.ts'
import type { Model as SamplerModel, Proposal, SearchInput } from './core/samplers/sampler.ts'
import type { AlgorithmDefinition, StudyDefinition } from './core/study/definition.ts'
import type { Event } from './core/study/events.ts'

/** An event with its place in the log and the chain of hashes: `hash` covers the predecessor's hash, the place and the body. */
export interface StoredEvent {
  readonly seq: number
  readonly event: Event
  readonly hash: string
}

/** A running controller's right to append. `fence` grows with every owner; an older fence is refused. */
export interface Lease {
  readonly study: string
  readonly fence: number
  renew(): Promise<void>
  release(): Promise<void>
}

/** What other processes ask of the owner: kept outside the log, turned into facts by the owner. */
export interface Request {
  readonly id: number
  readonly at: number
  /** stop, pause, resume, import, ask, report, tell, stopTrial. */
  readonly type: string
  readonly data: Json
}

export interface StudySummary {
  readonly name: string
  readonly lastSeq: number
  /** The owner's lease, if one is held and not expired. */
  readonly owner: { readonly host: string; readonly pid: number; readonly fence: number } | null
}

/**
 * Keeps the logs of studies. Laws: what was appended is read back in order, once, after any crash; an append whose `expectedSeq` is not the
 * last number, or whose lease is not the newest, changes nothing and throws `STORE_CONFLICT`; an append is whole or absent.
 */
export interface Store {
  readonly location: string
  studies(): Promise<readonly StudySummary[]>
  /** Takes the study (creating its empty log if there is none); throws `STUDY_IS_RUNNING` if a living controller holds it. */
  acquire(study: string, owner: { readonly host: string; readonly pid: number }): Promise<Lease>
  /** Durable when it resolves. The first event of a log has number 1; `expectedSeq` is the number of the last one (0 = empty). */
  append(lease: Lease, expectedSeq: number, events: readonly Event[]): Promise<void>
  /** In chunks, in order, from `fromSeq` on (default 1); `trial` keeps only the events about one trial. */
  read(
    study: string,
    options?: { readonly fromSeq?: number; readonly trial?: number },
  ): AsyncIterable<readonly StoredEvent[]>
  lastSeq(study: string): Promise<number>
  /** Structure of the file or tables and the chain of hashes; the first wrong event is named. */
  check(study: string): Promise<readonly { readonly seq: number | null; readonly problem: string }[]>
  request(study: string, type: string, data: Json): Promise<number>
  /** Requests with an id above `afterId`, oldest first. */
  requests(study: string, afterId: number): Promise<readonly Request[]>
  answer(study: string, id: number, answer: Json): Promise<void>
  /** undefined = not answered yet. */
  answered(study: string, id: number): Promise<Json | undefined>
  close(): Promise<void>
}

/** What an executor needs to run an attempt: everything is in here, so that `start` can be repeated after a crash. */
export interface AttemptOrder {
  readonly trial: number
  readonly attempt: number
  readonly configuration: Configuration
  readonly note: Json | undefined
  readonly seed: number
  readonly from: number
  readonly until: number
  readonly max: number
}

/** What an executor tells the runtime. Every started attempt ends exactly once; lines count from 1 without gaps. */
export type Observation =
  | { readonly type: 'started'; readonly trial: number; readonly attempt: number; readonly process?: Json }
  | {
      readonly type: 'report'
      readonly trial: number
      readonly attempt: number
      readonly line: number
      readonly epoch: number
      readonly metrics: Metrics
    }
  | {
      readonly type: 'rejected'
      readonly trial: number
      readonly attempt: number
      readonly line: number
      readonly text: string
      readonly why: string
    }
  | {
      readonly type: 'handedOver'
      readonly trial: number
      readonly attempt: number
      readonly line: number
      readonly epoch: number
    }
  | { readonly type: 'ended'; readonly trial: number; readonly attempt: number; readonly outcome: Outcome }
  | { readonly type: 'slots'; readonly slots: number }

export interface Executor {
  readonly name: string
  /** How many attempts fit at once. */
  readonly slots: number
  /** Called once, before anything else: where observations go. Never called back synchronously from `start`, `raise` or `stop`. */
  open(observe: (observation: Observation) => void): Promise<void>
  /** Starts it, or does nothing if this (trial, attempt) was started before. A refusal by the world comes back as `ended: refused`. */
  start(order: AttemptOrder): void
  /**
   * After a restart of the controller: takes over an attempt that an earlier controller started (or was about to start: then it is
   * started now). `linesRead` lines are in the log already. Ends exactly once, like any other.
   */
  adopt(order: AttemptOrder, linesRead: number, process: Json | undefined): void
  /** A new limit, or `leave`: the trial need not linger. */
  limit(trial: number, attempt: number, until: number, leave: boolean): void
  /** Save and leave: SIGTERM, after the grace SIGKILL to every descendant. Repeating it changes nothing; grace 0 kills now. */
  stop(trial: number, attempt: number, graceMs: number): void
  deleteCheckpoint(trial: number): void
  /** Stops watching. Running attempts are left running (out-of-process executors) or ended (in-process). */
  close(): Promise<void>
}

/** A fit that the study decided on, with all that it needs. */
export interface FitOrder {
  readonly fit: number
  readonly predictor: AlgorithmDefinition
  readonly input: FitInput
}

export type FitAnswer =
  | { readonly type: 'fitted'; readonly model: Model; readonly note?: Json }
  /** A device could not be had after all retries. */
  | { readonly type: 'failed'; readonly why: Reason }

/** Configurations that the study decided to ask its sampler's model for. */
export interface ProposalOrder {
  readonly proposal: number
  readonly definition: StudyDefinition
  readonly model: SamplerModel
  /** Whether the definition alone tells which model it is: then another thread can make it, too. */
  readonly isBuiltIn: boolean
  readonly input: SearchInput
}

export interface ProposalAnswer {
  readonly proposals: readonly Proposal[]
  /** How long it took. */
  readonly ms: number
}

/** Where slow mathematics is done, so that it never blocks the loop. Rejects only where the code is wrong. */
export interface Fitter {
  fit(order: FitOrder): Promise<FitAnswer>
  propose(order: ProposalOrder): Promise<ProposalAnswer>
  close(): Promise<void>
}

export interface Clock {
  /** Milliseconds since the Unix epoch; never runs backwards within one controller. */
  now(): number
  /** Calls back once after `delayMs`; the result cancels it. Does not keep the process alive. */
  after(delayMs: number, callback: () => void): () => void
}

/** How a problem is to be annealed. */
export interface AnnealerSettings {
  /** A name the annealer knows; none: as its own configuration says. */
  readonly solver?: string | null
  readonly reads: number
  /** Of a read, on a quantum computer. */
  readonly annealingTimeUs: number
  /** Chain strength in units of the largest entry of the problem, rounded up. */
  readonly chainMultiplier: number
  /** How many samples are handed back, at most. */
  readonly keep: number
  /** For solvers that compute: the same seed gives the same samples. */
  readonly seed?: number
  /** For simulated annealing; the solver's own where nothing is said. */
  readonly sweeps?: number
  readonly betaRange?: readonly [number, number]
}

export type SolverKind = 'qpu' | 'mock' | 'simulated'

export interface AnnealerAnswer {
  /** Lowest energy first, distinct, at most `keep`. Energies are those of the whole problem, also where couplers were dropped. */
  readonly samples: readonly Sample[]
  readonly reads: number
  /** Of all reads. */
  readonly energies: { readonly lowest: number; readonly mean: number; readonly highest: number }
  readonly solver: string
  readonly kind: SolverKind
  readonly timing: {
    /** As the caller waited: retries and queueing included. */
    readonly wallMs: number
    readonly embeddingMs: number
    /** What a quantum computer charges for; null where none was used. */
    readonly qpuAccessMs: number | null
  }
  /** How often it was asked, retries included. */
  readonly tries: number
  /** Null, like all about chains and embeddings, where the solver has no graph. */
  readonly chainStrength: number | null
  /** The share of all chains in all reads that did not hold together. */
  readonly brokenChains: number | null
  readonly longestChain: number | null
  readonly couplersDropped: number
  readonly embedding: 'cached' | 'computed' | null
}

export interface SolverDescription {
  readonly solver: string
  readonly kind: SolverKind
  /** Null where the solver has no graph. */
  readonly qubits: number | null
  readonly couplers: number | null
  readonly topology: string | null
}

/** Solves quadratic problems elsewhere. Rejects with a ForetuneError when the stated retries are used up. */
export interface Annealer {
  readonly name: string
  solve(qubo: Qubo, settings: AnnealerSettings): Promise<AnnealerAnswer>
  /** Whether everything is there that `solve` needs with these settings; nothing is annealed. */
  probe(settings: AnnealerSettings): Promise<SolverDescription>
  /** Ends what is under way: it rejects. */
  close(): Promise<void>
}
