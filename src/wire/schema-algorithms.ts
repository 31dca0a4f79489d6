/** From the options that an algorithm describes to the schema of its section, defaults included. */
import { z } from 'zod'
import type { OptionSpec, OptionSpecs } from '../core/options.ts'
import { predictors } from '../core/predictors/index.ts'
import type { SchedulerKind } from '../core/schedulers/scheduler.ts'
import type { AlgorithmDefinition } from '../core/study/definition.ts'
import { lessonOptions } from './lesson-options.ts'
import { says, section } from './schema-issues.ts'
import { oneOf } from './study-file-problem.ts'

/** An algorithm as far as a study file knows it. */
export interface AlgorithmKind {
  readonly name: string
  readonly doc: string
  readonly options: OptionSpecs
}

/** The algorithms that a study may name. */
export interface Algorithms {
  readonly samplers: readonly AlgorithmKind[]
  readonly schedulers: readonly Pick<SchedulerKind, 'name' | 'doc' | 'options' | 'pauses' | 'resolve'>[]
}

/** A name alone, or a section with the name as its `type`. */
export function algorithm(
  kinds: readonly AlgorithmKind[],
  what: string,
  unknown: string,
  filled: boolean = true,
): z.ZodType<AlgorithmDefinition> {
  const names = kinds.map((kind) => kind.name)
  const error = says(unknown, oneOf(names))
  const sections = kinds.map((kind) =>
    section({ type: z.literal(kind.name).describe(kind.doc), ...optionFields(kind.options, filled) }).describe(
      kind.doc,
    ),
  )
  const whole = z.discriminatedUnion('type', sections as [(typeof sections)[number]], {
    error: (issue) => (issue.code === 'invalid_union' ? error : undefined),
  })
  const short = z
    .enum(names, { error: (issue) => (typeof issue.input === 'string' ? error : undefined) })
    .transform((type) => ({ type }))
    .pipe(whole)
  return z.union([short, whole], {
    error: says('WRONG_TYPE', `a ${what}'s name or { type: name, ...options }`),
  }) as unknown as z.ZodType<AlgorithmDefinition>
}

function optionFields(specs: OptionSpecs, filled: boolean): { [option: string]: z.ZodType } {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, optionField(spec, filled)]))
}

function optionField(spec: OptionSpec, filled: boolean): z.ZodType {
  const plain = optionValue(spec)
  if (!filled) {
    const field = (spec.default === null ? plain.nullable() : plain).optional()
    return field.meta({ description: spec.doc, default: spec.default })
  }
  // No default: the algorithm decides. Null says the same, so that a recorded definition can be read again.
  const field = spec.default === null ? plain.nullable().default(null) : plain.default(spec.default)
  return field.describe(spec.doc)
}

function optionValue(spec: OptionSpec): z.ZodType {
  if (spec.choices !== undefined) return z.literal([...spec.choices])
  switch (spec.type) {
    case 'integer':
      return bounded(z.int(), spec)
    case 'number':
      return bounded(z.number(), spec)
    case 'boolean':
      return z.boolean()
    case 'text':
      return z.string()
    case 'any':
      return z.json()
    case 'predictor':
      return predictorField()
  }
}

/** What is not written stays open until the study is created: a saved predictor brings options of its own. */
function predictorField(): z.ZodType {
  const kinds = Object.values(predictors).map((kind) => ({ ...kind, options: { ...kind.options, ...lessonOptions } }))
  return algorithm(kinds, 'predictor', 'UNKNOWN_PREDICTOR', false)
}

function bounded(number: z.ZodNumber, spec: OptionSpec): z.ZodNumber {
  let field = number
  if (spec.atLeast !== undefined) field = field.min(spec.atLeast)
  if (spec.above !== undefined) field = field.gt(spec.above)
  if (spec.atMost !== undefined) field = field.max(spec.atMost)
  return field
}
