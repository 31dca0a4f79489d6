import { assert, type Value } from './trial.ts'

/**
 * What an algorithm's option may be: plain data, so that the study file's schema, its error messages,
 * `--set`, the library and the docs all read the same description.
 */
export interface OptionSpec {
  /** `predictor`: the name of a predictor, or `{ type: name, ...options }`. */
  readonly type: 'integer' | 'number' | 'boolean' | 'text' | 'any' | 'predictor'
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

/** Whether an option may have this value. Of a predictor only the form is looked at: its name and its own options are its kind's. */
export function isOptionValue(spec: OptionSpec, value: unknown): boolean {
  if (value === null) return spec.default === null
  if (spec.choices !== undefined) return spec.choices.some((choice) => choice === value)
  switch (spec.type) {
    case 'integer':
    case 'number': {
      const { atLeast = -Infinity, above = -Infinity, atMost = Infinity } = spec
      if (typeof value !== 'number' || !(value >= atLeast && value > above && value <= atMost)) return false
      return spec.type === 'number' ? Number.isFinite(value) : Number.isSafeInteger(value)
    }
    case 'boolean':
      return typeof value === 'boolean'
    case 'text':
      return typeof value === 'string'
    case 'predictor':
      return (
        typeof value === 'string' ||
        (typeof value === 'object' && typeof (value as { type?: unknown }).type === 'string')
      )
    case 'any':
      return true
  }
}

/** Readers of values that were checked against their description before: what does not fit is a bug. */
export function numberOf(options: Options, name: string): number {
  const value = options[name]
  assert(typeof value === 'number', `option ${name} is a resolved number, got ${String(value)}`)
  return value
}

/** A number, or null where none was given. */
export function numberOrNull(options: Options, name: string): number | null {
  return options[name] === null || options[name] === undefined ? null : numberOf(options, name)
}

/** One of these words. */
export function choiceOf<T extends string>(options: Options, name: string, choices: readonly T[]): T {
  const value = choices.find((choice) => choice === options[name])
  assert(value !== undefined, `option ${name} is one of ${choices.join(', ')}, got ${String(options[name])}`)
  return value
}

export function defaultsOf(specs: OptionSpecs): Options {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, spec.default]))
}
