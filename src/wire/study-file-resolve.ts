/** Defaults: what a study is where its file says nothing. They are recorded, so that a later default never changes an old study. */
import type { StudyDefinition } from '../core/study/definition.ts'
import { assert, type Json } from '../core/trial.ts'
import { placeholderNames } from './placeholders.ts'
import type { Program } from './program.ts'
import type { StudyFileSchema } from './schema.ts'
import type { Algorithms } from './schema-algorithms.ts'
import { isWritten, type RawFields, type ReadFields, type StudyFields } from './study-file-fields.ts'
import type { Problem } from './study-file-problem.ts'

export interface StudyFileResult {
  readonly definition: StudyDefinition
  readonly program: Program
}

export interface StudySource {
  /** The study's name unless the file says one. */
  readonly name: string | null
  readonly file: string | null
  readonly folder: string
  readonly seed: number
}

const oneEpoch = { min: 1, max: 1, resource: 'epochs' } as const

/** A program can continue if it is told where from, or if it speaks with the client, which is presumed where nothing else brings metrics. */
function resumableOf(
  fields: Partial<StudyFields>,
): Pick<Program, 'resumableBecause'> & Pick<StudyDefinition, 'resumable'> {
  if (fields.resumable !== undefined) return { resumable: fields.resumable, resumableBecause: 'said' }
  const names = placeholderNames(fields.command ?? [])
  if (names.includes('until') || names.includes('checkpoint'))
    return { resumable: true, resumableBecause: 'placeholder' }
  if (fields.metrics === undefined) return { resumable: true, resumableBecause: 'client' }
  return { resumable: false, resumableBecause: 'noClient' }
}

/** A scheduler that pauses trials needs trials that can go on. */
export function checkScheduler({ fields, broken }: ReadFields, raw: RawFields, algorithms: Algorithms): Problem[] {
  const { scheduler } = fields
  if (scheduler === undefined || broken.has('command') || broken.has('metrics') || broken.has('resumable')) return []
  const { resumable, resumableBecause } = resumableOf(fields)
  const kind = algorithms.schedulers.find(({ name }) => name === scheduler.type)
  const { type: _, ...options } = scheduler
  if (resumable !== false || kind === undefined || !kind.pauses(options)) return []
  const because =
    resumableBecause === 'said'
      ? 'the file says `resumable: false`'
      : 'its command has neither {until} nor {checkpoint} and `metrics` are read from its output'
  return [
    {
      code: 'SCHEDULER_NEEDS_RESUME',
      path: isWritten(raw, 'resumable') ? ['resumable'] : ['scheduler'],
      expected: `trials that can be continued, for ${scheduler.type} pauses them`,
      got: `a program that cannot (${because})`,
      hint: 'use the client or {until} and {checkpoint}, say `resumable: restart` to train from epoch 1 again, or take a scheduler that only stops (asha, median)',
    },
  ]
}

/** What the scheduler itself has to say against its options in this study; the number of slots changes none of it. */
export function checkResolved(definition: StudyDefinition, algorithms: Algorithms): Problem[] {
  const { type, ...options } = definition.scheduler
  const kind = algorithms.schedulers.find(({ name }) => name === type)
  if (kind === undefined) return []
  return kind.resolve({ definition, options, slots: 1 }).problems.map((sentence) => ({
    code: 'SCHEDULER_UNUSABLE',
    path: ['scheduler'],
    expected: `options of ${type} that fit this study`,
    got: sentence,
  }))
}

/** `fields` have no problem any more. */
export function resolveStudy(
  fields: Partial<StudyFields>,
  raw: RawFields,
  schema: StudyFileSchema,
  source: StudySource,
): StudyFileResult {
  const epochs = fields.epochs ?? oneEpoch
  const { resumable, resumableBecause } = resumableOf(fields)
  // The schema fills in the options of an algorithm that only its default names, and the fields of sections that are not there.
  const { fields: defaults, problems } = schema.read({
    sampler: 'random',
    scheduler: epochs.max === 1 ? 'none' : 'asha',
    failures: {},
    checkpoints: {},
    linger: '20s',
    executor: 'local',
  })
  assert(problems.length === 0, 'the defaults of a study are valid')
  const all = { ...(defaults as StudyFields), ...fields }
  const definition: StudyDefinition = {
    name: fields.name ?? 'study',
    space: { parameters: fields.space ?? {}, forbidden: fields.forbidden ?? [] },
    objectives: fields.objectives ?? (fields.objective === undefined ? [] : [fields.objective]),
    constraints: fields.constraints ?? [],
    epochs,
    sampler: all.sampler,
    scheduler: all.scheduler,
    budget: fields.budget ?? {},
    failures: all.failures,
    resumable,
    lingerMs: all.linger,
    checkpoints: all.checkpoints,
    seed: fields.seed ?? source.seed,
    initial: fields.initial ?? [],
    ...(fields.warmStart ? { warmStart: fields.warmStart } : {}),
  }
  const program: Program = {
    command: fields.command ?? null,
    shell: fields.shell ?? false,
    env: fields.env ?? {},
    folder: source.folder,
    file: source.file,
    metrics: fields.metrics ?? null,
    executor: all.executor,
    directory: fields.directory ?? null,
    resumableBecause,
    written: written(raw),
  }
  return { definition, program }
}

/** Plain JSON of what was written: options of the library may hold fields that are undefined. */
function written(raw: RawFields): Program['written'] {
  return JSON.parse(JSON.stringify(raw)) as { readonly [field: string]: Json }
}
