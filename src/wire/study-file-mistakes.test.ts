/** One file a mistake, each with its code and its place, and files with many of them. */
import { test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { stringify } from 'yaml'
import { algorithms, problemsOf, validFields } from './study-file.laws.ts'
import type { LocatedProblem } from './study-file-problem.ts'
import { readStudyFile, type StudyFileResult } from './study-file.ts'

function read(text: string): Promise<StudyFileResult> {
  return readStudyFile(text, { path: 'work/digits.yaml', algorithms })
}

/** A file that is right but for what a row of the table changes. */
const least = `objective: loss
space:
  x: { type: float, low: 0, high: 1 }
  kind: { type: categorical, choices: [a, b] }
`

/** Title, what the file says after the least study (or the whole file), code, line and column, suggestion. */
type Row = readonly [title: string, text: string, code: string, line: number, column: number, suggestion?: string]

const broken: readonly Row[] = [
  ['an unknown field', 'sede: 7', 'UNKNOWN_FIELD', 5, 1, 'seed'],
  ['a field of a section at the top', 'trials: 7', 'UNKNOWN_FIELD', 5, 1, 'budget.trials'],
  ['an unknown field without a like', 'xyzzy: 7', 'UNKNOWN_FIELD', 5, 1],
  ['an unknown field in a section', 'budget:\n  trails: 7', 'UNKNOWN_FIELD', 6, 3, 'trials'],
  ['a wrong type', 'seed: seven', 'WRONG_TYPE', 5, 7],
  ['a number that is no whole one', 'seed: 1.5', 'WRONG_TYPE', 5, 7],
  ['an infinite number', 'budget: { target: .inf }', 'WRONG_TYPE', 5, 19],
  ['a number with an underscore', 'budget: { trials: 1_000 }', 'WRONG_TYPE', 5, 19],
  ['a budget of nothing', 'budget: { trials: 0 }', 'WRONG_VALUE', 5, 19],
  ['a bad duration', 'linger: 20 sec', 'BAD_DURATION', 5, 9],
  ['a duration without a unit', 'failures: { grace: 30 }', 'BAD_DURATION', 5, 20],
  ['a duration of nothing where time must pass', 'failures: { timeout: 0s }', 'BAD_DURATION', 5, 22],
  ['an unknown sampler', 'sampler: randm', 'UNKNOWN_SAMPLER', 5, 10, 'random'],
  ['an unknown scheduler', 'scheduler: { type: hyprband }', 'UNKNOWN_SCHEDULER', 5, 20, 'hyperband'],
  ['an algorithm of another type', 'sampler: 3', 'WRONG_TYPE', 5, 10],
  ['a section without a name', 'scheduler: { eta: 3 }', 'MISSING_FIELD', 5, 1],
  ['an unknown option', 'scheduler:\n  type: hyperband\n  etta: 3', 'UNKNOWN_FIELD', 7, 3, 'eta'],
  ['an option below its bound', 'scheduler: { type: hyperband, eta: 1 }', 'WRONG_VALUE', 5, 36],
  ['an option that must be above its bound', 'sampler: { type: tpe, gamma: 0 }', 'WRONG_VALUE', 5, 30],
  [
    'an option that is none of its choices',
    'scheduler: { type: asha, mode: promote }',
    'WRONG_VALUE',
    5,
    32,
    'promotion',
  ],
  [
    'a scheduler that pauses what cannot go on',
    'resumable: false\nscheduler: hyperband',
    'SCHEDULER_NEEDS_RESUME',
    5,
    12,
  ],
  [
    'a scheduler that pauses a program without the client',
    'command: p {x}\nmetrics: { from: stdout, format: jsonl }\nepochs: 9\nscheduler: { type: asha, mode: promotion }',
    'SCHEDULER_NEEDS_RESUME',
    8,
    12,
  ],
  ['a scheduler whose options do not fit the study', 'epochs: 2\nscheduler: hyperband', 'SCHEDULER_UNUSABLE', 6, 12],
  ['epochs from above to below', 'epochs: { min: 9, max: 3 }', 'EPOCHS_REVERSED', 5, 16],
  ['epochs without an end', 'epochs:\n  min: 9', 'MISSING_FIELD', 5, 1],
  ['a placeholder that names no parameter', 'command: python t.py --lr {lr}', 'UNKNOWN_PLACEHOLDER', 5, 27],
  ['a misspelt placeholder', 'command:\n  - python\n  - "--k={knd}"', 'UNKNOWN_PLACEHOLDER', 7, 10, 'kind'],
  ['a brace that is no placeholder', "command: 'p {x} {}'", 'BAD_PLACEHOLDER', 5, 17],
  ['an open quote in the command', `command: p "{x}`, 'UNBALANCED_QUOTES', 5, 12],
  ['shell syntax without a shell', 'command: cd d && p {x}', 'SHELL_SYNTAX', 5, 15],
  ['a list of arguments for a shell', 'command: [p]\nshell: true', 'WRONG_TYPE', 5, 10],
  ['no program', "command: ' '", 'EMPTY_COMMAND', 5, 10],
  [
    'a forbidden combination of unknown names',
    'forbidden:\n  - { kind: a }\n  - { knd: a }',
    'UNKNOWN_PARAMETER',
    7,
    7,
    'kind',
  ],
  ['a forbidden value that cannot be', 'forbidden: [{ kind: c }]', 'BOUND_NEVER_MET', 5, 21],
  ['an initial configuration outside the space', 'initial:\n  - { x: 2, kind: a }', 'INITIAL_OUTSIDE_SPACE', 6, 10],
  ['an incomplete initial configuration', 'initial:\n  - { x: 1 }', 'INITIAL_OUTSIDE_SPACE', 6, 5],
  [
    'an initial configuration with an unknown name',
    'initial: [{ x: 1, kind: a, knd: b }]',
    'INITIAL_OUTSIDE_SPACE',
    5,
    28,
    'kind',
  ],
  ['a constraint without a bound', 'constraints:\n  - metric: size', 'CONSTRAINT_WITHOUT_BOUND', 6, 5],
  ['a constraint that nothing meets', 'constraints: [{ metric: s, atLeast: 2, atMost: 1 }]', 'EMPTY_RANGE', 5, 37],
  ['an objective beside objectives', 'objectives: [a, b]', 'CONFLICTING_FIELDS', 5, 1],
  ['a pattern that is none', "metrics: { from: stdout, pattern: '(' }", 'BAD_PATTERN', 5, 35],
  [
    'a pattern without the metric',
    "metrics: { from: stdout, pattern: '(?<los>.)' }",
    'METRIC_NOT_IN_PATTERN',
    5,
    35,
    'los',
  ],
  ['metrics in no form', 'metrics: { from: stdout }', 'MISSING_FIELD', 5, 10],
  ['metrics from nowhere', 'metrics: { from: stdot }', 'WRONG_VALUE', 5, 18, 'stdout'],
  [
    'one metrics file for all trials',
    'metrics: { from: file, path: /tmp/m.csv, format: csv }',
    'METRICS_FILE_SHARED',
    5,
    30,
  ],
  ['a name that is no folder', 'name: a/b', 'BAD_NAME', 5, 7],
  ['an environment variable that is none', 'env: { A-B: 1 }', 'BAD_NAME', 5, 8],
  ['an unknown executor', 'executor: slrum', 'UNKNOWN_EXECUTOR', 5, 11, 'slurm'],
  ['an unknown executor field', 'executor: { type: local, slot: 4 }', 'UNKNOWN_FIELD', 5, 26, 'slots'],
  ['a field twice', 'seed: 1\nseed: 2', 'DUPLICATE_KEY', 6, 1],
  ['a syntax error', 'env: { A: 1', 'YAML_SYNTAX', 6, 1],
  ['a tab', 'env:\n\tA: 1', 'YAML_SYNTAX', 6, 1],
  ['an alias of nothing', 'directory: *home', 'YAML_SYNTAX', 5, 12],
  ['two documents', '---\nseed: 1', 'YAML_SYNTAX', 5, 1],
]

for (const [title, text, code, line, column, suggestion] of broken) {
  test(`${title} is refused with its place`, async () => {
    const problems = await problemsOf(read(`${least}${text}\n`))
    assert.deepEqual(
      problems.map((problem) => [problem.code, problem.line, problem.column, problem.suggestion]),
      [[code, line, column, suggestion]],
      problems[0]?.message,
    )
  })
}

const brokenSpaces: readonly Row[] = [
  ['an empty range', 'x: { type: float, low: 1, high: 1 }', 'EMPTY_RANGE', 3, 26],
  ['a logarithm of nothing', 'x: { type: float, low: 0, high: 1, log: true }', 'LOG_NEEDS_POSITIVE', 3, 26],
  ['an unknown kind', 'x: { type: flaot, low: 0, high: 1 }', 'WRONG_VALUE', 3, 14, 'float'],
  ['a missing bound', 'x: { type: float, low: 0 }', 'MISSING_FIELD', 3, 3],
  [
    'a condition on a missing parameter',
    'x: { type: float, low: 0, high: 1, when: { kind: a } }',
    'UNKNOWN_PARAMETER',
    3,
    46,
  ],
  ['a field of another kind', 'x: { type: ordinal, values: [1], low: 2 }', 'UNKNOWN_FIELD', 3, 36],
  ['a choice twice', 'x: { type: categorical, choices: [a, b, a] }', 'DUPLICATE_CHOICE', 3, 43],
  ['a reserved name', 'seed: { type: int, low: 0, high: 1 }', 'RESERVED_NAME', 3, 3],
  ['a name of digits', '7: { type: int, low: 0, high: 1 }', 'BAD_NAME', 3, 3],
  [
    'a bad bound',
    'x: { type: int, low: 0, high: 1 }\n  y: { type: int, low: 0, high: 1, when: { x: { least: 1 } } }',
    'UNKNOWN_FIELD',
    4,
    49,
    'atLeast',
  ],
]

for (const [title, text, code, line, column, suggestion] of brokenSpaces) {
  test(`a space with ${title} is refused with its place`, async () => {
    const problems = await problemsOf(read(`objective: loss\nspace:\n  ${text}\n`))
    assert.deepEqual(
      problems.map((problem) => [problem.code, problem.line, problem.column, problem.suggestion]),
      [[code, line, column, suggestion]],
      problems[0]?.message,
    )
  })
}

test('a file that is no study is refused', async () => {
  for (const text of ['', '[]', '- a', '3', '# nothing\n', 'null']) {
    assert.deepEqual(
      (await problemsOf(read(text))).map(({ code }) => code),
      ['WRONG_TYPE'],
      text,
    )
  }
  assert.deepEqual(
    (await problemsOf(read('{}'))).map(({ path }) => path),
    ['objective', 'space'],
  )
})

test('all mistakes come in one go, in the order of the file, and one does not hide or cause another', async () => {
  const text = `nmae: digits
command: python train.py --lr {lr} --depth {dpeth} --m {momentum}
objective: { metric: loss, direction: max }
space:
  lr: { type: float, low: 1e-1, high: 1e-5 }
  optimizer: { type: categoricl, choices: [sgd, adam] }
  momentum: { type: float, low: 0, high: 0.99, when: { optimizer: sgd, lrr: 1 } }
  depth: { type: int, low: 1 }
forbidden:
  - [a]
  - { optimizer: sgd, depth: 3 }
  - { dept: 3 }
epochs: { max: 27, min: 81 }
sampler: { type: tpe, gamma: high }
sampler: random
failures: { grace: 5, retrys: 1 }
linger: soon
`
  const problems = await problemsOf(read(text))
  assert.deepEqual(
    problems.map(({ code, path, line }) => `${line} ${path} ${code}`),
    [
      '1 nmae UNKNOWN_FIELD',
      '2 command UNKNOWN_PLACEHOLDER',
      '3 objective.direction WRONG_VALUE',
      '5 space.lr.low EMPTY_RANGE',
      '6 space.optimizer.type WRONG_VALUE',
      '7 space.momentum.when.lrr UNKNOWN_PARAMETER',
      '8 space.depth.high MISSING_FIELD',
      '10 forbidden[0] WRONG_TYPE',
      '12 forbidden[2].dept UNKNOWN_PARAMETER',
      '13 epochs.min EPOCHS_REVERSED',
      '15 sampler DUPLICATE_KEY',
      '16 failures.grace BAD_DURATION',
      '16 failures.retrys UNKNOWN_FIELD',
      '17 linger BAD_DURATION',
    ],
  )
})

test('where no parameter can be read, unknown names are still found', async () => {
  const text = 'objective: l\nspace: { lr: { type: float, low: 0, hihg: 1 } }\nforbidden: [{ lrr: 1 }, { lr: 1 }]\n'
  assert.deepEqual(
    (await problemsOf(read(text))).map(({ code, path, suggestion }) => [code, path, suggestion]),
    [
      ['MISSING_FIELD', 'space.lr.high', undefined],
      ['UNKNOWN_FIELD', 'space.lr.hihg', 'high'],
      ['UNKNOWN_PARAMETER', 'forbidden[0].lrr', 'lr'],
    ],
  )
})

test('where several forms are possible the message names them all', async () => {
  const rows = [
    ['resumable: yes', "true, false or 'restart'"],
    ['checkpoints: { keep: some }', "a whole number of at least 0, or 'all'"],
    ['executor: { type: local, gpus: all }', "'auto', 'none' or a list of GPU numbers"],
    ['executor: { slots: 4 }', "'local', 'slurm', 'ssh', 'ray', 'mpi', 'grid-engine' or 'simulated'"],
    ['metrics: { from: stdout, format: jsonl, firstEpoch: 2 }', '0 or 1'],
    ['epochs: many', '{ min, max } or the largest epoch'],
    ['sampler: [random]', "a sampler's name or { type: name, ...options }"],
    ['budget: { trials: many }', 'a whole number'],
  ] as const
  for (const [text, expected] of rows) {
    assert.deepEqual(
      (await problemsOf(read(`${least}${text}`))).map((problem) => problem.expected),
      [expected],
      text,
    )
  }
})

/** The problems, none if the file is in order after all. */
function problemsIfAny(text: string): Promise<readonly LocatedProblem[]> {
  return read(text).then(
    () => [],
    (reason: unknown) => problemsOf(Promise.reject(reason)),
  )
}

function assertWellTold(problems: readonly LocatedProblem[], text: string): void {
  const lines = text.split('\n')
  for (const problem of problems) {
    assert.match(problem.code, /^[A-Z]+(?:_[A-Z]+)*$/)
    assert.doesNotMatch(problem.message, /Invalid|undefined|\[object/)
    assert.ok(problem.line !== null && problem.line >= 1 && problem.line <= lines.length, problem.message)
    assert.ok(problem.column !== null && problem.column >= 1, problem.message)
  }
}

test('whatever becomes of one value, the mistakes are told in our own words and with a place', async () => {
  const junk = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      true,
      -1,
      1.5,
      1e300,
      Infinity,
      '',
      'x',
      [],
      {},
      [[]],
      [null],
      { type: 'x' },
      { type: 'asha', x: {} },
    ),
    fc.jsonValue({ maxDepth: 2 }),
  )
  const replaced = (value: unknown, path: readonly number[], junk: unknown): unknown => {
    const [step, ...rest] = path
    if (step === undefined || value === null || typeof value !== 'object') return junk
    const keys = Object.keys(value)
    const key = keys[step % keys.length]
    if (key === undefined) return junk
    const inside = replaced((value as { readonly [key: string]: unknown })[key], rest, junk)
    return Array.isArray(value) ? value.with(Number(key), inside) : { ...value, [key]: inside }
  }
  const path = fc.array(fc.nat(30), { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(validFields, path, junk, async (fields, steps, value) => {
      const text = stringify(replaced(fields, steps, value))
      assertWellTold(await problemsIfAny(text), text)
    }),
    { numRuns: 300 },
  )
})

test('whatever is deleted from the text, it is read or refused with a place', async () => {
  await fc.assert(
    fc.asyncProperty(validFields, fc.nat(), fc.integer({ min: 1, max: 5 }), async (fields, at, length) => {
      const whole = stringify(fields)
      const start = at % whole.length
      const text = whole.slice(0, start) + whole.slice(start + length)
      for (const problem of await problemsIfAny(text)) assert.ok(problem.line !== null && problem.line >= 1)
    }),
    { numRuns: 200 },
  )
})
