import { test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { stringify } from 'yaml'
import { samplers } from '../core/samplers/index.ts'
import { schedulers } from '../core/schedulers/index.ts'
import type { ForetuneError } from '../errors.ts'
import { algorithms, problemsOf, readsBack, validFields } from './study-file.laws.ts'
import { readStudyFields, readStudyFile, readStudyObject, type StudyFileResult } from './study-file.ts'

function read(text: string): Promise<StudyFileResult> {
  return readStudyFile(text, { path: 'work/digits.yaml', algorithms })
}

const complete = `
command: python train.py --lr {lr} --width {width} --optimizer {optimizer}
objective: { metric: val_loss, direction: maximize }
space:
  lr:        { type: float, low: 1e-5, high: 1e-1, log: true }
  width:     { type: int, low: 16, high: 1024, log: true }
  dropout:   { type: float, low: 0, high: 0.5, step: 0.05 }
  batch:     { type: ordinal, values: [16, 32, 64, 128] }
  optimizer: { type: categorical, choices: [sgd, adam, on, off] }
  momentum:  { type: float, low: 0, high: 0.99, when: { optimizer: sgd } }
forbidden:
  - { optimizer: sgd, batch: { atLeast: 64 } }
epochs: { min: 3, max: 100, resource: steps }
sampler: tpe
scheduler: { type: hyperband, eta: 2 }
budget: { trials: 163, epochs: 5000, time: 1h30m, target: 0.05 }
seed: 7
failures: { retries: 2, timeout: 2h, noReportFor: 20m, grace: 10s, stopStudyAfter: 5 }
constraints: [ { metric: latency_ms, atMost: 20 } ]
metrics: { from: stdout, pattern: '(?<val_loss>\\S+) (?<latency_ms>\\S+)' }
directory: runs/digits
env: { OMP_NUM_THREADS: 2 }
resumable: restart
linger: 0
checkpoints: { keep: all }
executor: { type: local, slots: 4, gpus: auto }
initial: [ { lr: 0.001, width: 64, dropout: 0.1, batch: 16, optimizer: sgd, momentum: 0.5 } ]
`

test('every field is read, short forms are written out and options get their defaults', async () => {
  const { definition, program } = await read(complete)
  const { space, ...rest } = definition
  assert.deepEqual(rest, {
    name: 'digits',
    objectives: [{ metric: 'val_loss', direction: 'maximize', value: 'last' }],
    constraints: [{ metric: 'latency_ms', atMost: 20 }],
    epochs: { min: 3, max: 100, resource: 'steps' },
    sampler: { type: 'tpe', gamma: 0.25, prior: null, isMultivariate: true, startup: null },
    scheduler: { type: 'hyperband', eta: 2 },
    budget: { trials: 163, epochs: 5000, target: 0.05, timeMs: 5_400_000 },
    failures: { retries: 2, timeoutMs: 7_200_000, noReportForMs: 1_200_000, graceMs: 10_000, stopStudyAfter: 5 },
    resumable: 'restart',
    lingerMs: 0,
    checkpoints: { keep: 'all' },
    seed: 7,
    initial: [{ lr: 0.001, width: 64, dropout: 0.1, batch: 16, optimizer: 'sgd', momentum: 0.5 }],
  })
  assert.deepEqual(Object.keys(space.parameters), ['lr', 'width', 'dropout', 'batch', 'optimizer', 'momentum'])
  assert.deepEqual(space.parameters['lr'], { type: 'float', low: 1e-5, high: 0.1, log: true })
  assert.deepEqual(space.parameters['optimizer'], { type: 'categorical', choices: ['sgd', 'adam', 'on', 'off'] })
  assert.deepEqual(space.forbidden, [{ optimizer: 'sgd', batch: { atLeast: 64 } }])
  assert.deepEqual(program.env, { OMP_NUM_THREADS: '2' })
  assert.deepEqual(program.executor, { type: 'local', slots: 4, gpus: 'auto' })
  assert.equal(program.directory, 'runs/digits')
  assert.match(program.folder, /^\/.*\/work$/)
  assert.equal(program.written['seed'], 7)
})

test('the least study gets every default', async () => {
  const { definition, program } = await read('objective: loss\nspace: { x: { type: float, low: 0, high: 1 } }\n')
  assert.deepEqual(definition, {
    name: 'digits',
    space: { parameters: { x: { type: 'float', low: 0, high: 1 } }, forbidden: [] },
    objectives: [{ metric: 'loss', direction: 'minimize', value: 'last' }],
    constraints: [],
    epochs: { min: 1, max: 1, resource: 'epochs' },
    sampler: { type: 'random' },
    scheduler: { type: 'none' },
    budget: {},
    failures: { retries: 1, graceMs: 30_000, stopStudyAfter: 20 },
    resumable: true,
    lingerMs: 20_000,
    checkpoints: { keep: 3 },
    seed: 0,
    initial: [],
  })
  assert.deepEqual(program.command, null)
  assert.deepEqual(program.executor, { type: 'local' })
})

test('whether trials can be resumed follows from the command and the metrics unless said', async () => {
  const resumable = async (more: string): Promise<unknown> => {
    const { definition, program } = await read(`objective: loss\nspace: { x: { type: int, low: 0, high: 1 } }\n${more}`)
    return [definition.resumable, program.resumableBecause, definition.scheduler.type]
  }
  const metrics = 'metrics: { from: stdout, format: jsonl }'
  assert.deepEqual(await resumable('epochs: 9'), [true, 'client', 'asha'])
  assert.deepEqual(await resumable(`command: p {x}\n${metrics}`), [false, 'noClient', 'none'])
  assert.deepEqual(await resumable(`command: p {x}\n${metrics}\nepochs: 9`), [false, 'noClient', 'asha'])
  assert.deepEqual(await resumable(`command: p {x} {until}\n${metrics}`), [true, 'placeholder', 'none'])
  assert.deepEqual(await resumable(`command: [p, "{checkpoint}"]\n${metrics}`), [true, 'placeholder', 'none'])
  assert.deepEqual(await resumable(`command: p {x} {until}\nresumable: false`), [false, 'said', 'none'])
})

test('a message says file, line, column, path, what was expected, what was got and what was meant', async () => {
  const error = (await read(
    `objective: loss\nspace:\n  x: { type: int, low: 0, high: 1 }\n\nscheduler: { type: hyprband }`,
  ).catch((reason: unknown) => reason)) as ForetuneError
  assert.equal(
    error.message,
    "work/digits.yaml: one mistake\nwork/digits.yaml:5:20 scheduler.type: expected 'none', 'hyperband' or 'asha', got 'hyprband' (text) (did you mean 'hyperband'?)",
  )
})

test('the options of the library obey the same schema, with paths for lines', async () => {
  const x = { type: 'float', low: 0, high: 1 }
  const { definition, program } = await readStudyObject(
    { name: 'digits', objective: 'loss', space: { x }, sampler: { type: 'tpe' }, seed: undefined },
    { algorithms, seed: 5 },
  )
  assert.equal(definition.seed, 5)
  assert.deepEqual(definition.sampler, { type: 'tpe', gamma: 0.25, prior: null, isMultivariate: true, startup: null })
  assert.equal(program.file, null)
  const problems = await problemsOf(
    readStudyObject({ objective: 'loss', space: { x: { ...x, hihg: 1 } } }, { algorithms }),
  )
  assert.deepEqual(
    problems.map(({ code, path, line, suggestion }) => [code, path, line, suggestion]),
    [
      ['UNKNOWN_FIELD', 'space.x.hihg', null, 'high'],
      ['MISSING_FIELD', 'name', null, undefined],
    ],
  )
})

test('any valid study reads back the same from YAML, in blocks or on one line, and from JSON', async () => {
  const writers = [
    (fields: object) => stringify(fields),
    (fields: object) => stringify(fields, { collectionStyle: 'flow', defaultStringType: 'QUOTE_SINGLE' }),
    (fields: object) => JSON.stringify(fields),
    (fields: object) => JSON.stringify(fields, null, '\t'),
  ]
  await fc.assert(
    fc.asyncProperty(validFields, fc.constantFrom(...writers), (fields, write) => readsBack(fields, write)),
    { numRuns: 200 },
  )
})

test('fields of a command line are judged and filled in by themselves', async () => {
  const fields = { scheduler: { type: 'hyperband' }, budget: { trials: 3 } }
  assert.deepEqual(await readStudyFields(fields, { algorithms, source: '--scheduler' }), {
    scheduler: { type: 'hyperband', eta: 3 },
    budget: { trials: 3 },
  })
  const problems = await problemsOf(readStudyFields({ scheduler: 'hyperbnd' }, { algorithms, source: '--scheduler' }))
  assert.deepEqual(
    problems.map(({ code, suggestion }) => [code, suggestion]),
    [['UNKNOWN_SCHEDULER', 'hyperband']],
  )
})

test('the algorithms of Foretune itself are known by their names and all have valid defaults', async () => {
  const study = { name: 'x', objective: 'loss', space: { x: { type: 'int', low: 0, high: 9 } }, epochs: 27 }
  for (const sampler of Object.keys(samplers)) {
    assert.equal((await readStudyObject({ ...study, sampler })).definition.sampler.type, sampler)
  }
  for (const scheduler of Object.keys(schedulers)) {
    assert.equal((await readStudyObject({ ...study, scheduler })).definition.scheduler.type, scheduler)
  }
  const { definition } = await readStudyObject({ ...study, resumable: false })
  assert.deepEqual([definition.sampler.type, definition.scheduler.type], ['random', 'asha'])
  const problems = await problemsOf(readStudyObject({ ...study, resumable: false, scheduler: 'hyperband' }))
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['SCHEDULER_NEEDS_RESUME'],
  )
})
