/**
 * The parameters of a space as the library's users write them, and the type of the configurations that come out: literal types are
 * kept, so `categorical(['sgd', 'adam'])` gives 'sgd' | 'adam', and a parameter with a condition may be absent.
 *
 * They make nothing but the plain definitions of `definition.ts`; mistakes are found by `spaceProblems`.
 */
import type { Value } from '../trial.ts'
import type { Condition, ParameterDefinition, Prior } from './definition.ts'

export interface RangeOptions {
  /** Even in the logarithm: for learning rates, widths and other sizes. */
  readonly log?: boolean
  /** Only low, low + step, ... high. */
  readonly step?: number
  /** Where good values are expected; `sd` as a share of the axis. */
  readonly prior?: Extract<Prior, { best: unknown }>
  /** The parameter exists only where this holds. */
  readonly when?: Condition
}

export interface ListOptions {
  /** Where good values are expected: of an ordinal `best`, of a categorical parameter `weights` of its choices. */
  readonly prior?: Prior
  /** The parameter exists only where this holds. */
  readonly when?: Condition
}

type Range<Type, Options> = { readonly type: Type; readonly low: number; readonly high: number } & NoInfer<Options>

/** A number from `low` to `high`. */
export function float<const Options extends RangeOptions = {}>(
  low: number,
  high: number,
  options?: Options,
): Range<'float', Options> {
  return { type: 'float', low, high, ...(options as Options) }
}

/** A whole number from `low` to `high`, both included. */
export function int<const Options extends RangeOptions = {}>(
  low: number,
  high: number,
  options?: Options,
): Range<'int', Options> {
  return { type: 'int', low, high, ...(options as Options) }
}

/** One of these, neighbours alike. */
export function ordinal<const Values extends readonly (number | string)[], const Options extends ListOptions = {}>(
  values: Values,
  options?: Options,
): { readonly type: 'ordinal'; readonly values: Values } & NoInfer<Options> {
  return { type: 'ordinal', values, ...(options as Options) }
}

/** One of these, in no order. */
export function categorical<const Choices extends readonly Value[], const Options extends ListOptions = {}>(
  choices: Choices,
  options?: Options,
): { readonly type: 'categorical'; readonly choices: Choices } & NoInfer<Options> {
  return { type: 'categorical', choices, ...(options as Options) }
}

/** The parameters of a space by name. */
export type SpaceParameters = { readonly [name: string]: ParameterDefinition }

/** What a parameter's values are. */
export type ValueOf<Definition extends ParameterDefinition> = Definition extends {
  readonly type: 'categorical'
  readonly choices: readonly (infer Choice)[]
}
  ? Choice
  : Definition extends { readonly type: 'ordinal'; readonly values: readonly (infer Listed)[] }
    ? Listed
    : number

type Conditional<Space extends SpaceParameters> = {
  [Name in keyof Space]: Space[Name] extends { readonly when: Condition } ? Name : never
}[keyof Space]

type Flat<Type> = { readonly [Key in keyof Type]: Type[Key] }

/** The configurations of a space: parameters with a condition are optional. */
export type ConfigurationOf<Space extends SpaceParameters> = Flat<
  { [Name in Exclude<keyof Space, Conditional<Space>>]: ValueOf<Space[Name]> } & {
    [Name in Conditional<Space>]?: ValueOf<Space[Name]>
  }
>
