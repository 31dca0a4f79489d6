/**
 * The one schema of the study file and of the library's options, in zod. It also gives the JSON Schema for editors.
 *
 * Convention: the message of an issue of this schema is `CODE: what was expected`. This module loads zod (76 ms), so it is itself imported
 * on first use.
 */
import { z } from 'zod'
import type { Json } from '../core/trial.ts'
import { algorithm, type AlgorithmKind } from './schema-algorithms.ts'
import { executor } from './schema-executors.ts'
import { expectation, problemsOf, says, section, unknownField } from './schema-issues.ts'
import {
  condition,
  constraint,
  duration,
  metricsSource,
  objective,
  positiveDuration,
  space,
  studyName,
  value,
} from './schema-parts.ts'
import type { RawFields, ReadFields, StudyFields } from './study-file-fields.ts'
import type { Problem } from './study-file-problem.ts'

export interface AlgorithmKinds {
  readonly samplers: readonly AlgorithmKind[]
  readonly schedulers: readonly AlgorithmKind[]
}

export interface StudyFileSchema {
  /** Every field by itself, so that mistakes in one hide none in another. */
  read(file: RawFields): ReadFields
  /** Draft 7, the newest that editors understand. */
  jsonSchema(): Json
}

type Fields = { readonly [field in keyof StudyFields]: z.ZodType<StudyFields[field]> }

const keepError = says('WRONG_VALUE', "a whole number of at least 0, or 'all'")

const lists = {
  forbidden: condition,
  constraints: constraint,
  initial: z.record(z.string(), value),
} as const

export function studyFileSchema(kinds: AlgorithmKinds): StudyFileSchema {
  const fields = fieldSchemas(kinds)
  return {
    read: (file) => readFields(fields, file),
    jsonSchema: () => asJsonSchema(fields),
  }
}

function fieldSchemas(kinds: AlgorithmKinds): Fields {
  return {
    name: studyName.describe("The study's name in the store. Default: the file's name."),
    command: z
      .union([z.string().min(1), z.array(z.string()).min(1)], {
        error: says('WRONG_TYPE', 'a command line or a list of arguments'),
      })
      .describe(
        'The training program. {name} stands for a parameter; reserved: {trial} {seed} {from} {until} {checkpoint} {attempt}.',
      ),
    shell: z.boolean().describe('Let a shell read the command. Default: false.'),
    objective: objective.describe('The metric to optimise. Direction: minimize unless said.'),
    objectives: z.array(objective).min(2).describe('Two or more metrics; the answer is a Pareto front.'),
    space: space.describe('The parameters by name.'),
    forbidden: z.array(lists.forbidden).describe('Combinations that are never tried.'),
    epochs: epochs.describe('The training resource. `max: 1`, the default, is plain tuning of results.'),
    sampler: algorithm(kinds.samplers, 'sampler', 'UNKNOWN_SAMPLER').describe(
      'Who proposes configurations. Default: random.',
    ),
    scheduler: algorithm(kinds.schedulers, 'scheduler', 'UNKNOWN_SCHEDULER').describe(
      'Who decides which trial trains next and how far. Default: asha, or none where `epochs.max` is 1.',
    ),
    budget: budget.describe('Where the study ends: the first limit that is reached.'),
    seed: z.int().min(0).describe('All chance of the study comes from it.'),
    failures: failures.describe('What becomes of attempts that fail.'),
    constraints: z
      .array(lists.constraints)
      .describe('Bounds that the last report of a trial must meet to be the best.'),
    metrics: metricsSource.describe('Where metrics come from, if the program does not use the client.'),
    directory: z.string().min(1).describe('The study directory. Default: foretune/<name>/ beside the store.'),
    env: z
      .record(
        z.string().regex(/^[A-Za-z_]\w*$/, { error: says('BAD_NAME', 'the name of an environment variable') }),
        value.transform(String),
      )
      .describe('Environment variables for the program.'),
    resumable: z
      .literal([true, false, 'restart'], { error: says('WRONG_VALUE', "true, false or 'restart'") })
      .describe('Whether a paused trial can continue from its checkpoint, cannot, or trains again from epoch 1.'),
    linger: duration.describe('How long a trial waits at its epoch for more. Default: 20s.'),
    checkpoints: section({
      keep: z.union([z.int().min(0), z.literal('all', { error: keepError })], { error: keepError }).default(3),
    }).describe('How many checkpoints to keep of trials that can no longer be chosen.'),
    executor: executor().describe('Where attempts run. Default: this machine.'),
    initial: z.array(lists.initial).describe('Configurations to try first.'),
    warmStart: warmStart.describe('An earlier study: the first trials are drawn from around its best ones.'),
  }
}

const epochs: z.ZodType<StudyFields['epochs']> = z.union(
  [
    z
      .int()
      .min(1)
      .transform((max) => ({ min: 1, max, resource: 'epochs' })),
    section({
      min: z.int().min(1).default(1),
      max: z.int().min(1),
      resource: z.string().min(1).default('epochs').describe('What one epoch is called: epochs, steps, seconds.'),
    }),
  ],
  { error: says('WRONG_TYPE', '{ min, max } or the largest epoch') },
)

const budget: z.ZodType<StudyFields['budget']> = section({
  trials: z.int().min(1).optional().describe('At most so many trials are started.'),
  epochs: z.int().min(1).optional().describe('All epochs that are trained, repeated ones too.'),
  time: positiveDuration.optional().describe('Running time of the controller.'),
  target: z.number().optional().describe('The study ends when a report meets it.'),
}).transform(({ time, ...rest }) => defined({ ...rest, timeMs: time }))

const failures: z.ZodType<StudyFields['failures']> = section({
  retries: z.int().min(0).default(1).describe('Further attempts after a failed one, per trial.'),
  timeout: positiveDuration.optional().describe('Longest time of one attempt.'),
  noReportFor: positiveDuration.optional().describe('Longest silence of one attempt.'),
  grace: duration.prefault('30s').describe('From SIGTERM to SIGKILL.'),
  stopStudyAfter: z.int().min(1).default(20).describe('So many failed trials in a row end the study.'),
}).transform(({ retries, timeout, noReportFor, grace, stopStudyAfter }) =>
  defined({ retries, timeoutMs: timeout, noReportForMs: noReportFor, graceMs: grace, stopStudyAfter }),
)

const warmStart: z.ZodType<StudyFields['warmStart']> = z.union(
  [
    z
      .string()
      .min(1)
      .transform((from) => ({ from, share: 0.1 })),
    section({
      from: z.string().min(1).describe('A study of the store, or a file as `import` takes it.'),
      study: z.string().min(1).optional().describe('Which study of a file that holds several.'),
      rename: z
        .record(z.string(), z.string())
        .optional()
        .describe('Parameters and metrics that have another name there: { THEIRS: OURS }.'),
      share: z.number().gt(0).max(1).default(0.1).describe('How many of its trials, best first, are good.'),
    }).transform((fields) => defined(fields)),
  ],
  { error: says('WRONG_TYPE', 'the name of a study, or { from, share }') },
)

/** Recorded definitions have no fields that say nothing. */
function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never
}

function readFields(schemas: Fields, file: RawFields): ReadFields {
  const fields: { [field: string]: unknown } = {}
  const broken = new Set<string>()
  const numbers: { [field: string]: number[] } = {}
  const problems: Problem[] = []
  // Returns undefined where there is a mistake; no schema here reads anything as undefined.
  const parse = (schema: z.ZodType, written: unknown, path: (string | number)[]): unknown => {
    const result = schema.safeParse(written, { error: expectation })
    if (result.success) return result.data
    broken.add(path[0] as string)
    problems.push(...problemsOf(result.error.issues, written, path))
    return undefined
  }
  for (const [field, written] of Object.entries(file)) {
    // A section whose entries are all commented out reads as null.
    if (written === undefined || written === null) continue
    if (!Object.hasOwn(schemas, field)) {
      problems.push(unknownField(field, [field], Object.keys(schemas)))
    } else if (field in lists && Array.isArray(written)) {
      const read = written.map((entry: unknown, index) =>
        parse(lists[field as keyof typeof lists], entry, [field, index]),
      )
      numbers[field] = [...read.keys()].filter((index) => read[index] !== undefined)
      fields[field] = read.filter((entry) => entry !== undefined)
    } else if (field === 'space' && typeof written === 'object' && !Array.isArray(written)) {
      const read = Object.entries(written).map(([name, entry]) => parse(space, { [name]: entry as unknown }, ['space']))
      fields[field] = Object.assign({}, ...read.filter((entry) => entry !== undefined))
    } else {
      const read = parse(schemas[field as keyof StudyFields], written, [field])
      if (read !== undefined) fields[field] = read
    }
  }
  return { fields: fields as Partial<StudyFields>, broken: broken as Set<keyof StudyFields>, numbers, problems }
}

function asJsonSchema(fields: Fields): Json {
  const shape = Object.fromEntries(Object.entries(fields).map(([name, schema]) => [name, schema.optional()]))
  const schema = z.toJSONSchema(section(shape), {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // Whole numbers are bounded by what a double can count; editors need not show that.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
    },
  })
  const anyOf = [{ required: ['objective'] }, { required: ['objectives'] }]
  return { ...(schema as { [key: string]: Json }), title: 'Foretune study file', required: ['space'], anyOf }
}
