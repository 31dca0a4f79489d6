/**
 * The contract of schedulers: who decides which trial trains next, how far, and which is stopped.
 *
 * A scheduler is a plain object. Its memory is plain data (what `structuredClone` copies), made by `start` and changed by `evolve` alone:
 * it is a fold over notices, which the study derives from the log. `decide` and `next` read the memory and change nothing that matters
 * (a memo that only saves time is allowed), cost O(log trials) or a bounded fit, and depend on nothing but the notices so far.
 *
 * The life of an order: `next` names it -> the study records it (CreateTrial + StartAttempt, StartAttempt, or RaiseUntil for a trial that still
 * lingers, or that has trained that far already, beyond its last order) -> `evolve` gets `ordered` -> reports come as `reported` ->
 * `arrived` when the trial has reached its limit (or its program ended by itself), or `failed` when it has finally failed. Retries in
 * between are the study's own affair.
 * An order may come back shortened: `ordered.until` is what was really ordered (the epoch budget was nearly spent), and the trial
 * `arrived` there. It is to be ordered again: the user may raise the budget.
 */
import type { Json, Reason } from '../trial.ts'
import type { Options, OptionSpecs } from '../options.ts'
import type { Model } from '../predictors/predictor.ts'
import type { AlgorithmDefinition, StudyDefinition } from '../study/definition.ts'
import type { StudyView } from '../study/study-view.ts'

export type Order =
  /** A new trial, its configuration from the sampler. */
  | { readonly type: 'start'; readonly until: number; readonly tag?: Json; readonly why: Reason }
  /** A paused (perhaps lingering) trial trains on. */
  | {
      readonly type: 'resume'
      readonly trial: number
      readonly until: number
      readonly tag?: Json
      readonly why: Reason
      /** Trained ahead of a decision that may not want it, in a slot that nobody else can use: counted apart until an order of the usual kind follows. */
      readonly speculative?: boolean
    }

export type Verdict =
  /** The trial is settled as stopped (paused or running: a running one is asked to leave). */
  | { readonly type: 'stop'; readonly trial: number; readonly why: Reason }
  /** Lets a running trial train further than it was ordered to; or says of one that trained that far already that this was wanted. */
  | { readonly type: 'raise'; readonly trial: number; readonly until: number; readonly why: Reason }
  /** A conclusion of its own, recorded as `Conclude` and handed back to `evolve` as `concluded`. */
  | { readonly type: 'conclude'; readonly topic: string; readonly data: Json }
  /** A predictor is wanted: slow mathematics that is done elsewhere while the study goes on. Its answer comes as `fitted` or `unfitted`. */
  | ({ readonly type: 'fit' } & FitRequest)

/** What a predictor is to be trained on, by reference: so the log stays small, and training does not wait. */
export interface FitRequest {
  readonly predictor: AlgorithmDefinition
  /** From the first `known` epochs to epoch `target`. */
  readonly known: number
  readonly target: number
  /** So many curves of an earlier study (those that the scheduler's `predictor.earlier` holds), ahead of the study's own. */
  readonly earlier: number
  /** Trials whose curves reach `target`, in this order. */
  readonly trials: readonly number[]
  /** The scheduler's own note. */
  readonly tag: Json
}

export type Notice =
  /** An order was recorded. For `start` the new trial's number is `trial`. */
  | {
      readonly type: 'ordered'
      readonly trial: number
      readonly until: number
      readonly isNew: boolean
      readonly tag: Json | undefined
      readonly speculative?: boolean
    }
  /** A new epoch was reported: told once, when one objective is known there and each of them there or before. */
  | { readonly type: 'reported'; readonly trial: number; readonly epoch: number }
  /** The trial has trained as far as ordered, or ended by itself (then it is complete). `epoch` is how far it really came. Told once an order. */
  | { readonly type: 'arrived'; readonly trial: number; readonly epoch: number; readonly complete: boolean }
  /** The trial has finally failed. */
  | { readonly type: 'failed'; readonly trial: number }
  /** A `stop` verdict was recorded, or the user stopped the trial. */
  | { readonly type: 'stopped'; readonly trial: number }
  | { readonly type: 'concluded'; readonly topic: string; readonly data: Json }
  /** A `fit` verdict was recorded. */
  | { readonly type: 'fitting'; readonly tag: Json }
  /** A predictor that was wanted is trained. */
  | { readonly type: 'fitted'; readonly tag: Json; readonly model: Model }
  /** It could not be trained (an annealer that cannot be reached): go on without. */
  | { readonly type: 'unfitted'; readonly tag: Json }
  /** No new trial will be created: brackets go on with what they have. */
  | { readonly type: 'closed' }
  /** New trials may be created again: the user raised the budget. */
  | { readonly type: 'opened' }

export interface Scheduler<Memory = unknown> {
  start(): Memory
  evolve(memory: Memory, notice: Notice, study: StudyView): void
  /** The next verdict that follows from the notices so far, or null. Asked again after each recorded verdict until it says null. */
  decide(memory: Memory, study: StudyView): Verdict | null
  /** The orders that are ready now, best first, at most `limit`; each as if the ones before it had been recorded. Empty = wait. */
  next(memory: Memory, study: StudyView, limit: number): readonly Order[]
  /** True when no order can ever follow, whatever is still running reports. Open-ended schedulers: once `closed` and nothing is left to do. */
  isDone(memory: Memory, study: StudyView): boolean
  /** Its rungs or rounds for the `rungs` view, plain data: label, epoch, how many arrived, how many went on, the cut. */
  rungs?(memory: Memory, study: StudyView): readonly RungView[]
  /** What its predictions have done so far, for `audit` and `status`, plain data. Only of schedulers that predict. */
  prediction?(memory: Memory, study: StudyView): PredictionView
}

export interface RungView {
  /** e.g. `bracket 6` or `rungs`. */
  readonly group: string
  readonly epoch: number
  /** Trials that are meant to arrive; null = open-ended. */
  readonly size: number | null
  readonly arrived: number
  readonly promoted: number
  /** The value that separated the promoted from the rest so far, in the user's sign; null = none yet. */
  readonly cut: number | null
}

/** Values are in the user's sign. */
export interface PredictionView {
  /** Type of the predictor. */
  readonly predictor: string
  /** Trained ones, by target, then by known epochs. */
  readonly models: readonly ModelView[]
  /** Trials that a prediction dropped, audited ones among them. */
  readonly dropped: number
  /** Epochs that those were not trained in their round, audited ones among them. */
  readonly spared: number
  /** null = this scheduler audits nothing. */
  readonly audit: AuditView | null
  /** Of trials that went on and have reached the epoch that was predicted. */
  readonly outcomes: readonly PredictedOutcome[]
  /** So many sd are taken off every prediction before it is compared: more after each harm that an audit showed. */
  readonly relaxation: number
  /** Curves of an earlier study that were given. */
  readonly earlier: { readonly source: string; readonly curves: number; readonly isRefused: boolean } | null
}

export interface ModelView {
  readonly known: number
  readonly target: number
  readonly curves: number
  /** Its typical error. */
  readonly sigma: number
}

export interface AuditView {
  /** Of the dropped trials: what the option says. */
  readonly share: number
  /** Epochs that audited trials were ordered for. */
  readonly epochs: number
  /** A share of false drops that lies surely above this relaxes prediction. */
  readonly harmAt: number
  /** About the share of false drops if dice were thrown instead of predicting. */
  readonly blind: number
  /** In the order in which they were dropped. */
  readonly audits: readonly AuditedDrop[]
}

/** Where a prediction was made, and what came of it. */
export interface PredictedOutcome {
  readonly trial: number
  readonly pass: number
  /** The paper's s. */
  readonly bracket: number
  readonly round: number
  readonly known: number
  /** The epoch that was predicted. */
  readonly epoch: number
  readonly predicted: number
  readonly sd: number
  /** null = not finite. */
  readonly value: number | null
}

export interface AuditedDrop extends PredictedOutcome {
  /** What it had to beat: when it was dropped, and once it is judged. null = nothing yet, or not finite. */
  readonly threshold: number | null
  /** It ended better than the threshold. null = not judged yet. */
  readonly isFalseDrop: boolean | null
}

/** One entry of a preview: so many trials train up to this epoch. */
export interface PreviewRow {
  readonly group: string
  readonly epoch: number
  readonly trials: number
  /** Where predictions decide: all of them train up to `epoch`, and at least so many of them up to the row's. Absent = all do. */
  readonly least?: { readonly epoch: number; readonly trials: number }
}

export interface SchedulerSetup {
  readonly definition: StudyDefinition
  readonly options: Options
}

/** One entry of the index: what the study file's `scheduler: { type: name, ... }` refers to. */
export interface SchedulerKind {
  readonly name: string
  /** Raised when the same notices may give other decisions than before: `verify` then does not re-derive. */
  readonly version: number
  readonly doc: string
  readonly options: OptionSpecs
  /** Whether it pauses trials and continues them later: with `resumable: false` such a scheduler is refused. */
  pauses(options: Options): boolean
  /**
   * Options that depend on the study (slots, budget, resumable) get their final value here, once, at the study's start;
   * the result is recorded. Throws nothing; problems come back as sentences.
   */
  resolve(setup: SchedulerSetup & { readonly slots: number }): {
    readonly options: Options
    readonly problems: readonly string[]
  }
  create(setup: SchedulerSetup): Scheduler<any>
  /** What will happen at most: rows for `preview`. */
  preview(setup: SchedulerSetup): readonly PreviewRow[]
  /** A reason of this scheduler in one plain sentence with its numbers. `metric` is the objective's name. */
  explain(why: Reason, metric: string): string
  /** A conclusion of this scheduler in one plain sentence without its full stop; null where other events say it all. */
  tell?(topic: string, data: Json, metric: string): string | null
}
