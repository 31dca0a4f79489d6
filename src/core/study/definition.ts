import type { Configuration, Direction } from '../trial.ts'
import type { SpaceDefinition } from '../space/definition.ts'

export interface Objective {
  readonly metric: string
  readonly direction: Direction
  /** A trial's value is its last report, or its best one. */
  readonly value: 'last' | 'best'
}

/** A soft constraint on a reported metric: a trial's last report must meet it to be `best`. */
export interface Constraint {
  readonly metric: string
  readonly atMost?: number
  readonly atLeast?: number
}

/** An algorithm by name with all its options resolved. */
export interface AlgorithmDefinition {
  readonly type: string
  readonly [option: string]: unknown
}

/** An earlier study whose best trials say where to begin. */
export interface WarmStart {
  /** A study of the store, or a file. */
  readonly from: string
  /** Which study of a file that holds several. */
  readonly study?: string
  /** Of parameters and metrics there, the name here. */
  readonly rename?: { readonly [theirs: string]: string }
  /** How many of its trials, best first, are good. */
  readonly share: number
  /** Their places in the unit cube, recorded when the study is created; null where a parameter is absent. */
  readonly places?: readonly (readonly (number | null)[])[]
}

/** All fields: no limit where absent. */
export interface Budget {
  readonly trials?: number
  readonly epochs?: number
  readonly timeMs?: number
  readonly target?: number
}

export interface Failures {
  /** Further attempts after a failed one, per trial. */
  readonly retries: number
  /** Longest time of one attempt. */
  readonly timeoutMs?: number
  /** Longest silence of one attempt. */
  readonly noReportForMs?: number
  /** From SIGTERM to SIGKILL. */
  readonly graceMs: number
  /** So many failed trials in a row end the study (exit 3). */
  readonly stopStudyAfter: number
}

/**
 * A study with every default resolved, as recorded in its first event: plain data, so that a later default never
 * changes an old study.
 */
export interface StudyDefinition {
  readonly name: string
  readonly space: SpaceDefinition
  /** One, or several (then the answer is a Pareto front). */
  readonly objectives: readonly Objective[]
  readonly constraints: readonly Constraint[]
  readonly epochs: { readonly min: number; readonly max: number; readonly resource: string }
  readonly sampler: AlgorithmDefinition
  readonly scheduler: AlgorithmDefinition
  readonly budget: Budget
  readonly failures: Failures
  /** `restart`: a continued trial trains from epoch 1 again. */
  readonly resumable: boolean | 'restart'
  readonly lingerMs: number
  readonly checkpoints: { readonly keep: number | 'all' }
  readonly seed: number
  readonly initial: readonly Configuration[]
  readonly warmStart?: WarmStart
}
