/** What each field of a study file is once it was read by itself: short forms written out, durations in milliseconds, defaults filled in. */
import type { Condition, ParameterDefinition } from '../core/space/definition.ts'
import type {
  AlgorithmDefinition,
  Budget,
  Constraint,
  Failures,
  Objective,
  WarmStart,
} from '../core/study/definition.ts'
import type { Configuration } from '../core/trial.ts'
import type { ExecutorSection, MetricsSource } from './program.ts'
import type { Problem } from './study-file-problem.ts'

export interface StudyFields {
  name: string
  command: string | readonly string[]
  shell: boolean
  objective: Objective
  objectives: readonly Objective[]
  space: { readonly [name: string]: ParameterDefinition }
  forbidden: readonly Condition[]
  epochs: { readonly min: number; readonly max: number; readonly resource: string }
  sampler: AlgorithmDefinition
  scheduler: AlgorithmDefinition
  budget: Budget
  seed: number
  failures: Failures
  constraints: readonly Constraint[]
  metrics: MetricsSource
  directory: string
  env: { readonly [name: string]: string }
  resumable: boolean | 'restart'
  /** Milliseconds. */
  linger: number
  checkpoints: { readonly keep: number | 'all' }
  executor: ExecutorSection
  initial: readonly Configuration[]
  warmStart: WarmStart
}

/**
 * The fields that could be read. Of `space`, `forbidden`, `constraints` and `initial` the entries that could be read are here even if others
 * could not; `broken` says so, and `numbers` gives the written place of each entry of a list.
 */
export interface ReadFields {
  readonly fields: Partial<StudyFields>
  /** Fields with a mistake in them. */
  readonly broken: ReadonlySet<keyof StudyFields>
  readonly numbers: { readonly [field: string]: readonly number[] }
  readonly problems: readonly Problem[]
}

/** The fields of a study file or of the library's options as written. */
export type RawFields = { readonly [field: string]: unknown }

/** Whether a field is there at all, readable or not. A section whose entries are all commented out reads as null. */
export function isWritten(raw: RawFields, field: string): boolean {
  return raw[field] !== undefined && raw[field] !== null
}

/** The names in a section; none where it is no section. */
export function namesOf(section: unknown): string[] {
  return section !== null && typeof section === 'object' && !Array.isArray(section) ? Object.keys(section) : []
}
