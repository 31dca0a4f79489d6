/**
 * The events of a study: all that happened (facts, past tense) and all that was decided (decisions, imperative), in one order.
 * Every event carries `at`, milliseconds since the Unix epoch (virtual milliseconds in the simulator).
 * A fact that came in one batch with the next one carries `more`: between such facts only verdicts are taken, and free slots are
 * given away after the last one.
 */
import type { Configuration, Json, Metrics, Outcome, Reason, TrialState } from '../trial.ts'
import type { Model } from '../predictors/predictor.ts'
import type { FitRequest } from '../schedulers/scheduler.ts'
import type { Budget, Failures, StudyDefinition } from './definition.ts'

interface Stamp {
  readonly at: number
  readonly more?: boolean
  /** The request of another process that this fact answers: a request becomes a fact once, whatever crashes. */
  readonly request?: number
}

/** The versions of the algorithms that decide from here on: what tells `verify` whether it can decide the same again. */
interface Deciders {
  readonly samplerVersion?: number
  readonly schedulerVersion?: number
}

export interface ProposedConfiguration {
  readonly configuration: Configuration
  /** The sampler's own note. */
  readonly note?: Json
}

export type Fact = Stamp &
  (
    | (Deciders & {
        readonly type: 'StudyCreated'
        readonly version: string
        readonly definition: StudyDefinition
        readonly program: Json
        readonly directory: string
      })
    | { readonly type: 'StudyChanged'; readonly budget?: Budget; readonly failures?: Failures; readonly program?: Json }
    | (Deciders & {
        readonly type: 'ControllerStarted'
        readonly fence: number
        readonly host: string
        readonly pid: number
        readonly version: string
        readonly slots: number
      })
    | { readonly type: 'ControllerLeft'; readonly why: string }
    | { readonly type: 'SlotsChanged'; readonly slots: number }
    /** The executor has it running; `process` is what `adopt` needs to find it again. */
    | { readonly type: 'AttemptStarted'; readonly trial: number; readonly attempt: number; readonly process?: Json }
    /** `line` counts everything the attempt said, from 1, without gaps: what makes reading exactly-once. */
    | {
        readonly type: 'TrialReported'
        readonly trial: number
        readonly attempt: number
        readonly line: number
        readonly epoch: number
        readonly metrics: Metrics
      }
    /** A line that is no report: kept (its first 200 characters), told, not acted on. */
    | {
        readonly type: 'ReportRejected'
        readonly trial: number
        readonly attempt: number
        readonly line: number
        readonly text: string
        readonly why: string
      }
    /** The trial says that it saved and leaves below its limit because it was asked to by somebody else (a SIGTERM that was not ours). */
    | {
        readonly type: 'TrialHandedOver'
        readonly trial: number
        readonly attempt: number
        readonly line: number
        readonly epoch: number
      }
    | {
        readonly type: 'AttemptOverdue'
        readonly trial: number
        readonly attempt: number
        readonly cause: 'timeout' | 'silence'
      }
    | { readonly type: 'AttemptEnded'; readonly trial: number; readonly attempt: number; readonly outcome: Outcome }
    /** Nothing but time: wakes time budgets. */
    | { readonly type: 'TimePassed' }
    /** Like the first Ctrl-C: trials save, then the controller leaves. */
    | { readonly type: 'StopRequested'; readonly by: string }
    | { readonly type: 'PauseRequested'; readonly by: string }
    | { readonly type: 'ResumeRequested'; readonly by: string }
    /** A known result from elsewhere (warm start). It takes the next trial number. */
    | {
        readonly type: 'TrialImported'
        readonly configuration: Configuration
        readonly state: TrialState
        readonly reports: readonly { readonly epoch: number; readonly metrics: Metrics }[]
        readonly source: string
      }
    /** Somebody else's loop asks for the next order. */
    | { readonly type: 'TrialAsked'; readonly by: string }
    | { readonly type: 'TrialStopRequested'; readonly trial: number; readonly by: string }
    /** The answer to a `ProposeConfigurations`; fewer than asked for only where the space is `exhausted`. `note.ms` is how long it took. */
    | {
        readonly type: 'ConfigurationsProposed'
        readonly proposal: number
        readonly configurations: readonly ProposedConfiguration[]
        readonly exhausted?: Reason
        readonly note?: Json
      }
    /** The answer to a `FitPredictor`. `note` is what the fit or the device has to say of itself (time, reads, chain breaks). */
    | { readonly type: 'PredictorFitted'; readonly fit: number; readonly model: Model; readonly note?: Json }
    /** It could not be had, after all retries. */
    | { readonly type: 'PredictorFailed'; readonly fit: number; readonly why: Reason }
  )

export type Decision = { readonly at: number } & (
  | {
      readonly type: 'CreateTrial'
      readonly trial: number
      readonly configuration: Configuration
      /** Who proposed it. */
      readonly by: string
      /** The sampler's own note (a table row, a grid index): handed back to it and to the executor. */
      readonly note?: Json
      /** The scheduler's own note (bracket, round). */
      readonly tag?: Json
      /** How far it is to train at first. */
      readonly until: number
      readonly why: Reason
    }
  | {
      readonly type: 'StartAttempt'
      readonly trial: number
      readonly attempt: number
      readonly from: number
      readonly until: number
      readonly tag?: Json
      /** Run by somebody else's loop, not by the executor. */
      readonly asked?: boolean
      /** Ahead of a decision that may not want it. */
      readonly speculative?: boolean
      readonly why: Reason
    }
  | {
      readonly type: 'RaiseUntil'
      readonly trial: number
      readonly attempt: number
      readonly until: number
      readonly tag?: Json
      readonly speculative?: boolean
      readonly why: Reason
    }
  /** No verdict can come for this lingering trial without its slot being used otherwise: it need not wait. */
  | { readonly type: 'ReleaseTrial'; readonly trial: number; readonly attempt: number }
  /** Ask the attempt to save and leave; SIGKILL after the grace. The trial itself is not settled by it. */
  | { readonly type: 'StopAttempt'; readonly trial: number; readonly attempt: number; readonly why: Reason }
  /** The trial is settled: stopped. */
  | { readonly type: 'StopTrial'; readonly trial: number; readonly why: Reason }
  /** The trial is settled: failed. */
  | { readonly type: 'FailTrial'; readonly trial: number; readonly why: Reason }
  /** An algorithm's own conclusion in its own words: a closed round, a chosen set. Folded by the algorithm that made it. */
  | { readonly type: 'Conclude'; readonly by: 'scheduler' | 'sampler'; readonly topic: string; readonly data: Json }
  /**
   * The sampler's model is asked for so many configurations, for the trials from number `trial` on. It learns from the study as it stands when this is
   * decided, which is the last decision of its batch; it does so beside the loop, and answers with `ConfigurationsProposed`. `proposal` counts from 1.
   */
  | {
      readonly type: 'ProposeConfigurations'
      readonly proposal: number
      readonly trial: number
      readonly count: number
    }
  /** Slow mathematics, its inputs by reference: done beside the loop, answered by `PredictorFitted` or `PredictorFailed`. `fit` counts from 1. */
  | ({ readonly type: 'FitPredictor'; readonly fit: number } & FitRequest)
  /** No new trial will be created (budget, space exhausted). */
  | { readonly type: 'CloseSampling'; readonly why: Reason }
  | { readonly type: 'DeleteCheckpoint'; readonly trial: number }
  | { readonly type: 'FinishStudy'; readonly why: Reason }
)

export type Event = Fact | Decision

const decisions: ReadonlySet<Event['type']> = new Set<Decision['type']>([
  'CreateTrial',
  'StartAttempt',
  'RaiseUntil',
  'ReleaseTrial',
  'StopAttempt',
  'StopTrial',
  'FailTrial',
  'Conclude',
  'ProposeConfigurations',
  'FitPredictor',
  'CloseSampling',
  'DeleteCheckpoint',
  'FinishStudy',
])

export function isDecision(event: Event): event is Decision {
  return decisions.has(event.type)
}

/** The trial that an event is about, or null. */
export function trialOf(event: Event): number | null {
  return 'trial' in event ? event.trial : null
}
