/** The pieces of the study file's schema: durations, names, the search space, objectives, metric sources. */
import { z } from 'zod'
import type { Bound, Condition, ParameterDefinition } from '../core/space/definition.ts'
import type { Constraint, Objective } from '../core/study/definition.ts'
import type { Value } from '../core/trial.ts'
import { durationPattern, parseDuration } from './duration.ts'
import { reservedPlaceholders } from './placeholders.ts'
import type { MetricsSource } from './program.ts'
import { says, section } from './schema-issues.ts'

const durationError = says('BAD_DURATION', 'a duration such as 90s, 20m, 8h or 2d')

/** Milliseconds. A bare 0 needs no unit. */
export const duration: z.ZodType<number> = z
  .union([z.literal(0, { error: durationError }), z.string().regex(durationPattern, { error: durationError })], {
    error: durationError,
  })
  .transform((written) => (written === 0 ? 0 : (parseDuration(written) ?? NaN)))
  .refine((ms) => Number.isFinite(ms), { error: durationError })

export const positiveDuration: z.ZodType<number> = z
  .string({ error: durationError })
  .regex(durationPattern, { error: durationError })
  .transform((written) => parseDuration(written) ?? 0)
  .refine((ms) => ms > 0, { error: says('BAD_DURATION', 'a duration above 0') })

export const value: z.ZodType<Value> = z.union([z.number(), z.string(), z.boolean()], {
  error: says('WRONG_TYPE', 'a number, text, true or false'),
})

/** Also a folder's name, so nothing that a file system could stumble over. */
export const studyName: z.ZodType<string> = z.string().regex(/^[\p{L}\p{N}_][\p{L}\p{N}_. +-]{0,99}$/u, {
  error: says('BAD_NAME', 'a name of letters, digits and `_ . + -`, at most 100, beginning with a letter or digit'),
})

const parameterName = z
  .string()
  .regex(/^(?!\d+$)[\p{L}\p{N}_][\p{L}\p{N}_./-]*$/u, {
    error: says('BAD_NAME', 'a parameter name of letters, digits and `_ . / -`, not digits alone'),
  })
  .refine((name) => name !== '__proto__' && !(reservedPlaceholders as readonly string[]).includes(name), {
    error: says(
      'RESERVED_NAME',
      `a parameter name other than ${reservedPlaceholders.join(', ')} (they are placeholders)`,
    ),
  })

export const metricName: z.ZodType<string> = z
  .string()
  .min(1)
  .refine((name) => name !== 'epoch' && name !== '__proto__', {
    error: says('RESERVED_NAME', 'a metric name other than `epoch`'),
  })

const bound: z.ZodType<Bound> = z.union(
  [
    value,
    z.array(value).min(1),
    section({
      atLeast: z.number().optional(),
      atMost: z.number().optional(),
      above: z.number().optional(),
      below: z.number().optional(),
      not: z
        .union([value, z.array(value).min(1)], { error: says('WRONG_TYPE', 'a value or a list of values') })
        .optional(),
    }),
  ],
  { error: says('WRONG_TYPE', 'a value, a list of values, or bounds such as { atLeast: 2 }') },
) as z.ZodType<Bound>

export const condition: z.ZodType<Condition> = z.record(z.string(), bound)

const when = condition
  .optional()
  .describe('The parameter exists only where all of this holds; a parameter that is absent itself meets no condition.')

const range = { low: z.number(), high: z.number() }
const stepped = {
  log: z.boolean().optional().describe('Search on a logarithmic scale.'),
  step: z.number().gt(0).optional().describe('Only low, low + step, low + 2 step, ...'),
  when,
}

const priorBest = section({
  best: z.union([z.number(), z.string()]).describe('The value that is expected to be best.'),
  sd: z.number().optional().describe('How far the best may lie from it, as a share of the axis. Default: 0.125.'),
})
  .optional()
  .describe('Where good values are expected; the first trials are drawn from it.')

const priorWeights = section({
  weights: z.record(z.string(), z.number()).describe('How likely each choice is the best one; 1 where none is said.'),
})
  .optional()
  .describe('Which choices are expected to be good; the first trials are drawn from it.')

const parameter = z.discriminatedUnion('type', [
  section({ type: z.literal('float'), ...range, ...stepped, prior: priorBest }),
  section({ type: z.literal('int'), ...range, ...stepped, prior: priorBest }),
  section({
    type: z.literal('ordinal'),
    values: z.array(z.union([z.number(), z.string()])).min(1),
    when,
    prior: priorBest,
  }),
  section({ type: z.literal('categorical'), choices: z.array(value).min(1), when, prior: priorWeights }),
])

export const space: z.ZodType<{ readonly [name: string]: ParameterDefinition }> = z.record(
  parameterName,
  parameter,
) as z.ZodType<{ readonly [name: string]: ParameterDefinition }>

export const objective: z.ZodType<Objective> = z.union(
  [
    metricName.transform((metric): Objective => ({ metric, direction: 'minimize', value: 'last' })),
    section({
      metric: metricName.describe('The name of a reported metric.'),
      direction: z.enum(['minimize', 'maximize']).default('minimize'),
      value: z
        .enum(['last', 'best'])
        .default('last')
        .describe("Whether a trial's value is its last report or its best one."),
    }),
  ],
  { error: says('WRONG_TYPE', 'a metric name or { metric, direction }') },
)

export const constraint: z.ZodType<Constraint> = section({
  metric: metricName,
  atMost: z.number().optional(),
  atLeast: z.number().optional(),
}) as z.ZodType<Constraint>

const epochFields = {
  epoch: z.string().min(1).default('epoch').describe('The group, field or column that holds the epoch.'),
  firstEpoch: z.literal([0, 1]).default(1).describe('The number that the program gives its first epoch.'),
}

export const metricsSource: z.ZodType<MetricsSource> = z.discriminatedUnion('from', [
  section({
    from: z.literal('stdout'),
    pattern: z
      .string()
      .min(1)
      .optional()
      .describe('A regular expression with one named group a metric, and `epoch` if it is printed.'),
    format: z.literal('jsonl').optional().describe('Every line that is a JSON object with the metric.'),
    ...epochFields,
  }),
  section({
    from: z.literal('file'),
    path: z
      .string()
      .min(1)
      .describe("Placeholders are filled in; a relative path is looked up in the attempt's folder."),
    format: z.enum(['csv', 'jsonl']),
    ...epochFields,
  }),
]) as unknown as z.ZodType<MetricsSource>
