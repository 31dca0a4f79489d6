import type { Value } from './trial.ts'

/**
 * What an algorithm's option may be: plain data, so that the study file's schema, its error messages,
 * `--set`, the library and the docs all read the same description.
 */
export interface OptionSpec {
  readonly type: 'integer' | 'number' | 'boolean' | 'text' | 'any'
  /** Value when the user says nothing; null = none (the algorithm decides, and the resolved value is recorded). */
  readonly default: Value | null
  readonly atLeast?: number
  readonly above?: number
  readonly atMost?: number
  readonly choices?: readonly Value[]
  /** One sentence. */
  readonly doc: string
}

export type OptionSpecs = { readonly [option: string]: OptionSpec }

/** Option values after defaults were filled in. */
export type Options = { readonly [option: string]: unknown }
