import { test } from 'node:test'
import assert from 'node:assert/strict'
import type { Json } from '../core/trial.ts'
import { studyChanged, studyChanges, type Study, type StudyChanges } from './changes.ts'
import { defaultsOf } from '../core/options.ts'
import { predictors } from '../core/predictors/index.ts'
import { algorithms as everything } from './algorithms.ts'
import { algorithms } from './study-file.laws.ts'
import { readStudyObject } from './study-file.ts'

const file = {
  name: 'digits',
  command: 'python train.py {until}',
  objective: 'loss',
  space: {
    lr: { type: 'float', low: 0.001, high: 0.1 },
    kind: { type: 'categorical', choices: ['a', 'b'] },
  },
  epochs: { max: 27 },
  scheduler: 'asha',
  budget: { trials: 10 },
}

function read(fields: { readonly [field: string]: unknown }): Promise<Study> {
  return readStudyObject(fields, { algorithms, folder: '/study' })
}

async function changesOf(changed: { readonly [field: string]: unknown }, recorded?: Study): Promise<StudyChanges> {
  return studyChanges(recorded ?? (await read(file)), await read({ ...file, ...changed }))
}

function triples(differences: StudyChanges['refused']): [string, Json | undefined, Json | undefined][] {
  return differences.map(({ path, was, is }) => [path, was, is])
}

test('the same file is no change, and neither is a default written out', async () => {
  const unchanged = { allowed: [], refused: [] }
  assert.deepEqual(await changesOf({}), unchanged)
  const writtenOut = {
    scheduler: { type: 'asha', eta: 3 },
    objective: { metric: 'loss', value: 'last' },
    seed: 0,
    epochs: 27,
  }
  assert.deepEqual(await changesOf(writtenOut), unchanged)
})

test('what the algorithm decided at the start, and a default of another version, are no changes', async () => {
  const { definition, program } = await read(file)
  const recorded = {
    definition: {
      ...definition,
      scheduler: { type: 'asha', eta: 4, mode: 'promotion' },
      failures: { ...definition.failures, retries: 7 },
    },
    program,
  }
  assert.deepEqual(await changesOf({}, recorded), { allowed: [], refused: [] })
  const changes = await changesOf({ scheduler: { type: 'asha', eta: 3 } }, recorded)
  assert.deepEqual(triples(changes.refused), [['scheduler.eta', 4, 3]])
})

test('budget, failures, executor and the command may change', async () => {
  const { budget, failures, program, allowed, refused } = await changesOf({
    budget: { trials: 20, time: '1h' },
    failures: { retries: 3 },
    executor: { type: 'local', slots: 8 },
    command: 'python train.py --fast {until}',
  })
  assert.deepEqual(refused, [])
  assert.deepEqual(budget, { trials: 20, timeMs: 3_600_000 })
  assert.equal(failures?.retries, 3)
  assert.deepEqual(program?.executor, { type: 'local', slots: 8 })
  assert.deepEqual(triples(allowed), [
    ['budget.trials', 10, 20],
    ['budget.timeMs', undefined, 3_600_000],
    ['failures.retries', 1, 3],
    ['command', 'python train.py {until}', 'python train.py --fast {until}'],
    ['executor.slots', undefined, 8],
  ])
})

test('a change and its way back are both seen', async () => {
  const first = await read(file)
  const there = await changesOf({ budget: { trials: 20 } }, first)
  const second = { definition: { ...first.definition, budget: there.budget! }, program: there.program! }
  assert.deepEqual(await changesOf({ budget: { trials: 20 } }, second), { allowed: [], refused: [] })
  assert.deepEqual(triples((await changesOf({}, second)).allowed), [['budget.trials', 20, 10]])
})

test('space, objective, seed, algorithms and the directory may not change', async () => {
  const { lr, kind } = file.space
  const refused = async (changed: { readonly [field: string]: unknown }): Promise<unknown[]> =>
    triples((await changesOf(changed)).refused)
  assert.deepEqual(await refused({ space: { lr: { ...lr, high: 1 }, kind } }), [['space.lr.high', 0.1, 1]])
  assert.deepEqual(await refused({ space: { kind, lr } }), [['space (order of parameters)', 'lr, kind', 'kind, lr']])
  assert.deepEqual(await refused({ forbidden: [{ kind: 'a' }] }), [['forbidden', [], [{ kind: 'a' }]]])
  assert.deepEqual(await refused({ objective: { metric: 'loss', direction: 'maximize' } }), [
    ['objectives[0].direction', 'minimize', 'maximize'],
  ])
  assert.deepEqual(await refused({ seed: 4, directory: 'elsewhere', linger: '1s' }), [
    ['linger', 20_000, 1000],
    ['seed', 0, 4],
    ['directory', null, 'elsewhere'],
  ])
  assert.deepEqual(await refused({ scheduler: 'hyperband' }), [
    ['scheduler.type', 'asha', 'hyperband'],
    ['scheduler.mode', null, undefined],
  ])
})

test('a command that no longer says how far to train makes another study', async () => {
  const changed = { command: 'python train.py', metrics: { from: 'stdout', format: 'jsonl' } }
  assert.deepEqual(triples((await changesOf(changed)).refused), [['resumable', true, false]])
})

test('the refusal names every difference and how to go on', () => {
  const error = studyChanged('digits', [{ path: 'seed', was: 0, is: 4 }])
  assert.equal(error.code, 'STUDY_CHANGED')
  assert.equal(error.exit, 2)
  assert.match(error.message, /seed: was 0, is 4/)
  assert.match(error.message, /digits-2/)
})

test('a predictor is compared by what it was told, not by what was filled in, nor by the curves that it brought', async () => {
  const withPredictor = (predictor: unknown, eta = 2): Promise<Study> =>
    readStudyObject(
      { ...file, scheduler: { type: 'swift-hyperband', eta, predictor } },
      { algorithms: everything, folder: '/study' },
    )
  const refusedOf = async (was: Study, predictor: unknown, eta = 2): Promise<ReturnType<typeof triples>> =>
    triples(studyChanges(was, await withPredictor(predictor, eta)).refused)
  const taught = { type: 'nu-svr', from: 'a', features: 'curve' }
  const recordedWith = async (given: unknown, more: object): Promise<Study> => {
    const { definition, program } = await withPredictor(given)
    const predictor = { ...(definition.scheduler['predictor'] as object), ...more, version: 1 }
    return { definition: { ...definition, scheduler: { ...definition.scheduler, predictor, version: 1 } }, program }
  }
  const filled = { type: 'nu-svr', ...defaultsOf(predictors['nu-svr']!.options), from: null }
  const plain = await recordedWith({ type: 'nu-svr' }, filled)
  // The same in other words.
  assert.deepEqual(await refusedOf(plain, 'nu-svr'), [])
  assert.deepEqual(await refusedOf(plain, { type: 'nu-svr', C: 1 }), [])
  assert.deepEqual(await refusedOf(plain, { type: 'nu-svr', C: 2 }), [['scheduler.predictor.C', 1, 2]])
  const brought = await recordedWith(taught, { C: 7, earlier: { source: 'a', curves: [[1]], hyperparameters: null } })
  assert.deepEqual(await refusedOf(brought, taught), [])
  assert.deepEqual(await refusedOf(brought, taught, 3), [['scheduler.eta', 2, 3]])
  assert.deepEqual(await refusedOf(brought, { ...taught, from: 'b' }), [['scheduler.predictor.from', 'a', 'b']])
  const alone = await refusedOf(brought, 'nu-svr')
  assert.ok(alone.some(([path, was, is]) => path === 'scheduler.predictor.from' && was === 'a' && is === 'nothing'))
})

test('an earlier study is compared by its name, not by what it has taught', async () => {
  const { definition, program } = await read({ ...file, warmStart: 'a' })
  const taught = { definition: { ...definition, warmStart: { from: 'a', share: 0.1, places: [[0.5, null]] } }, program }
  const refusedOf = async (warmStart: unknown): Promise<ReturnType<typeof triples>> =>
    triples((await changesOf({ warmStart }, taught)).refused)
  assert.deepEqual(await refusedOf('a'), [])
  assert.deepEqual(await refusedOf({ from: 'a', share: 0.1 }), [])
  assert.deepEqual(await refusedOf({ from: 'b' }), [['warmStart.from', 'a', 'b']])
  const [[path, , is] = []] = await refusedOf(undefined)
  assert.deepEqual([path, is], ['warmStart', 'nothing'])
  assert.deepEqual(triples((await changesOf({ warmStart: 'a' })).refused), [
    ['warmStart', 'nothing', { from: 'a', share: 0.1 }],
  ])
})
