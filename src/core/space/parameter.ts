/**
 * What every kind of parameter answers for itself. Nobody outside this folder asks which kind it is: samplers and surrogates see
 * an axis of the unit cube, cut into cells if the parameter has finitely many values.
 */
import type { Value } from '../trial.ts'
import type { ParameterDefinition } from './definition.ts'

export interface Parameter {
  /** How many values there are; Infinity for a continuous one. */
  readonly size: number
  /** True if neighbours on the axis are alike: numbers and ordinals, not categories. */
  readonly ordered: boolean
  /** True if the values are numbers that grow along the axis. */
  readonly numeric: boolean
  /** A number in [0, 1] -> a value. Equal shares of the axis are equally likely values, or equal shares of the logarithm. */
  decode(unit: number): Value
  /** The centre of the value's cell; `decode(encode(value))` is the value. */
  encode(value: Value): number
  /** The part of the axis that decodes to this value: [from, to]. Of no width for a continuous parameter. */
  cell(value: Value): readonly [number, number]
  contains(value: unknown): boolean
  /** How many values a grid has; `levels` counts for continuous parameters only. */
  count(levels?: number): number
  /** The value at an index in 0 .. count - 1, in the order of the axis. */
  at(index: number, levels?: number): Value
  /** The index of a value, or of the nearest one that the grid has. */
  index(value: Value, levels?: number): number
  /** What is expected of a value, in words: `a number from 0.1 to 0.5`. */
  readonly expected: string
  /** Where the user expects good values, in the unit cube. */
  readonly prior?: AxisPrior
}

/** A normal cut to the axis, or a probability for each category. */
export type AxisPrior = { readonly mu: number; readonly sigma: number } | { readonly probabilities: readonly number[] }

/** A user's mistake in the definition of a space. `path` leads into the definition: ['parameters', 'lr', 'low']. */
export interface DefinitionProblem {
  readonly path: readonly (string | number)[]
  /** What was expected and what was got, in a sentence. */
  readonly problem: string
  readonly code: string
  /** The nearest valid name, if one is near. */
  readonly suggestion?: string
}

/** One kind of parameter: what the definition's `type` refers to. Paths of problems start at the parameter. */
export interface Kind<Type extends ParameterDefinition['type'] = ParameterDefinition['type']> {
  problems(definition: Extract<ParameterDefinition, { type: Type }>): readonly DefinitionProblem[]
  /** For a definition without problems. */
  create(definition: Extract<ParameterDefinition, { type: Type }>): Parameter
}
