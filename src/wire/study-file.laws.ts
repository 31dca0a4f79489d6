/**
 * Laws of study files: whatever writes a study down, it reads back as it was. Algorithms of every shape of options stand in for the core's, so
 * that what is tested here is the reading alone.
 */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { ParameterDefinition } from '../core/space/definition.ts'
import type { SchedulerKind } from '../core/schedulers/scheduler.ts'
import { ForetuneError } from '../errors.ts'
import { formatDuration } from './duration.ts'
import type { LocatedProblem } from './study-file-problem.ts'
import { type Algorithms, readStudyFile, readStudyObject } from './study-file.ts'

const eta = { type: 'integer', default: 3, atLeast: 2, doc: 'Keep one in eta.' } as const
type Resolve = SchedulerKind['resolve']
const asWritten: Resolve = ({ options }) => ({ options, problems: [] })
const atLeastEtaEpochs: Resolve = ({ options, definition }) => ({
  options,
  problems: definition.epochs.max < Number(options['eta']) ? ['too few epochs for one bracket'] : [],
})

/** Algorithms of every shape of options, so that these tests do not hang on those of the core. */
export const algorithms: Algorithms = {
  samplers: [
    { name: 'random', doc: 'Uniform.', options: {} },
    {
      name: 'tpe',
      doc: 'Density ratio.',
      options: {
        gamma: { type: 'number', default: 0.25, above: 0, atMost: 1, doc: 'Share of good trials.' },
        prior: { type: 'any', default: null, doc: 'Anything.' },
        isMultivariate: { type: 'boolean', default: true, doc: 'All parameters together.' },
        startup: { type: 'integer', default: null, atLeast: 1, doc: 'Random trials first.' },
      },
    },
  ],
  schedulers: [
    { name: 'none', doc: 'All to the end.', options: {}, pauses: () => false, resolve: asWritten },
    { name: 'hyperband', doc: 'Brackets.', options: { eta }, pauses: () => true, resolve: atLeastEtaEpochs },
    {
      name: 'asha',
      doc: 'Rungs.',
      options: { eta, mode: { type: 'text', default: null, choices: ['promotion', 'stopping'], doc: 'How.' } },
      pauses: ({ mode }) => mode === 'promotion',
      resolve: asWritten,
    },
  ],
}

export type Fields = { readonly [field: string]: unknown }

/** Also what YAML might take for something else. */
const text = fc.oneof(
  fc.constantFrom(
    'on',
    'null',
    'true',
    '1e-5',
    '0x1F',
    '.inf',
    '~',
    '- a',
    '{x}',
    'a: b',
    'a #b',
    '*a',
    '&a',
    '!a',
    '%',
    '@',
    '`',
    "'",
    '"',
    '',
    ' a ',
    'a\nb',
    '1:30',
    '2001-01-01',
    '<<',
    '😀',
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
)
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value))
const value = fc.oneof(text, fc.integer(), finite, fc.boolean())
const name = fc.stringMatching(/^[A-Za-z_][\w.-]{0,8}$/).map((written) => `p${written}`)
const duration = fc.integer({ min: 1, max: 1e10 }).map(formatDuration)
const count = fc.integer({ min: 1, max: 1e6 })

const parameter: fc.Arbitrary<ParameterDefinition> = fc.oneof(
  fc
    .tuple(fc.double({ min: 1e-12, max: 1, noNaN: true }), fc.double({ min: 2, max: 1e12, noNaN: true }), fc.boolean())
    .map(([low, high, log]): ParameterDefinition => ({ type: 'float', low, high, log })),
  fc.tuple(fc.nat(1000), count).map(([low, length]): ParameterDefinition => ({ type: 'int', low, high: low + length })),
  fc
    .uniqueArray(fc.oneof(text, fc.integer()), { minLength: 1, maxLength: 4 })
    .map((values): ParameterDefinition => ({ type: 'ordinal', values })),
  fc
    .uniqueArray(value, { minLength: 1, maxLength: 4 })
    .map((choices): ParameterDefinition => ({ type: 'categorical', choices })),
)

/** Up to four parameters; the last exists only for one value of the first, if that has listed values. */
const space = fc
  .tuple(fc.uniqueArray(name, { minLength: 1, maxLength: 4 }), fc.infiniteStream(parameter))
  .map(([names, parameters]) => {
    const made = names.map((each) => [each, parameters.next().value as ParameterDefinition] as const)
    const [parent, first] = made[0]!
    const [child, last] = made.at(-1)!
    const listed = first.type === 'ordinal' ? first.values : first.type === 'categorical' ? first.choices : []
    const conditional = { [child]: { ...last, when: { [parent]: listed[0]! } } }
    return { ...Object.fromEntries(made), ...(child !== parent && listed.length > 0 ? conditional : {}) }
  })

/** Fields of valid studies of many shapes. */
export const validFields: fc.Arbitrary<Fields> = fc
  .record({
    space,
    metric: text.filter((written) => !['', 'epoch', '__proto__'].includes(written)),
    direction: fc.constantFrom('minimize', 'maximize'),
    several: fc.boolean(),
    max: count,
    env: fc.dictionary(fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,6}$/), value, { maxKeys: 2 }),
    arguments: fc.array(
      text.map((written) => written.replaceAll(/[{}]/g, '$&$&')),
      { maxLength: 3 },
    ),
    optional: fc.record(
      {
        seed: fc.nat(),
        sampler: fc.constantFrom(
          'random',
          { type: 'tpe', gamma: 0.5, prior: { lr: [1, null, 'x'] } },
          { type: 'tpe', startup: 3 },
        ),
        scheduler: fc.constantFrom('none', 'asha', { type: 'asha', eta: 4, mode: 'stopping' }),
        budget: fc.record({ trials: count, epochs: count, time: duration, target: finite }, { requiredKeys: [] }),
        failures: fc.record({ retries: fc.nat(9), timeout: duration, grace: duration }, { requiredKeys: [] }),
        resumable: fc.constantFrom(true, false, 'restart'),
        linger: fc.oneof(duration, fc.constant(0)),
        checkpoints: fc.record({ keep: fc.oneof(fc.nat(9), fc.constant('all')) }),
        directory: text.filter((written) => written !== ''),
        constraints: fc.array(fc.record({ metric: fc.constant('size'), atMost: finite }), { maxLength: 2 }),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ space, metric, direction, several, max, env, arguments: rest, optional }) => {
    const objective = { metric, direction }
    return {
      name: 'digits',
      command: ['train', ...Object.keys(space).map((each) => `--${each}={${each}}`), ...rest],
      ...(several ? { objectives: [objective, `${metric}2`] } : { objective }),
      space,
      epochs: { max },
      env,
      ...optional,
    }
  })

/** What is written reads back as the fields themselves do. */
export async function readsBack(fields: Fields, write: (fields: Fields) => string): Promise<void> {
  const direct = await readStudyObject(fields, { algorithms, folder: '/study' })
  const written = await readStudyFile(write(fields), { path: '/study/other.yaml', algorithms })
  assert.deepEqual(written.definition, direct.definition)
  assert.deepEqual(Object.keys(written.definition.space.parameters), Object.keys(direct.definition.space.parameters))
  const { file: _, written: __, ...program } = direct.program
  const { file, written: ___, ...programBack } = written.program
  assert.deepEqual(programBack, program)
  assert.equal(file, '/study/other.yaml')
}

/** The problems for which a file is refused. */
export async function problemsOf(reading: Promise<unknown>): Promise<readonly LocatedProblem[]> {
  const error: unknown = await reading.then(
    () => assert.fail('expected the file to be refused'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof ForetuneError, String(error))
  assert.equal(error.code, 'STUDY_FILE_INVALID')
  assert.equal(error.exit, 2)
  return error.details['problems'] as readonly LocatedProblem[]
}
