import type { Value } from '../trial.ts'

/** Bounds that a condition or a forbidden combination puts on one parameter. */
export type Bound =
  | Value
  | readonly Value[] // one of these
  | {
      readonly atLeast?: number
      readonly atMost?: number
      readonly above?: number
      readonly below?: number
      readonly not?: Value | readonly Value[]
    }

/** All of its entries must hold. A parameter that is absent (its own condition does not hold) meets no bound. */
export type Condition = { readonly [parameter: string]: Bound }

/**
 * Where the user expects good values. `sd` is a share of the parameter's axis, on its own scale. Of a categorical parameter the choices have weights; those
 * that are not named weigh 1.
 */
export type Prior =
  { readonly best: number | string; readonly sd?: number } | { readonly weights: { readonly [choice: string]: number } }

export type ParameterDefinition = (
  | {
      readonly type: 'float'
      readonly low: number
      readonly high: number
      readonly log?: boolean
      readonly step?: number
    }
  | {
      readonly type: 'int'
      readonly low: number
      readonly high: number
      readonly log?: boolean
      readonly step?: number
    }
  | { readonly type: 'ordinal'; readonly values: readonly (number | string)[] }
  | { readonly type: 'categorical'; readonly choices: readonly Value[] }
) & { readonly when?: Condition; readonly prior?: Prior }

/** The search space as it stands in the study file and in the log. Parameters keep their written order. */
export interface SpaceDefinition {
  readonly parameters: { readonly [name: string]: ParameterDefinition }
  readonly forbidden: readonly Condition[]
}
