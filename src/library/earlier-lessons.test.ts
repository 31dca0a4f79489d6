import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { AlgorithmDefinition } from '../core/study/definition.ts'
import { earlierCurves } from '../core/study/fit-input.ts'
import type { EarlierCurves } from '../core/study/fit-input.ts'
import { aDefinition, aStudy, schedulerOf } from '../core/study/views/small-study.laws.ts'
import type { SmallStudy } from '../core/study/views/small-study.laws.ts'
import type { Store } from '../ports.ts'
import { memoryStore } from '../stores/memory.ts'
import { encodePredictor } from '../wire/predictor-file.ts'
import type { SavedPredictor } from '../wire/predictor-file.ts'
import { earlierCurvesMax, taughtScheduler } from './earlier-lessons.ts'
import type { TaughtStudy } from './earlier-lessons.ts'

async function storeWith(studies: { readonly [name: string]: SmallStudy }): Promise<Store> {
  const store = memoryStore({ now: () => 0 })
  for (const [name, { log }] of Object.entries(studies)) {
    const lease = await store.acquire(name, { host: 'here', pid: 1 })
    const events = log.map(({ event }) =>
      event.type === 'StudyCreated' ? { ...event, definition: { ...event.definition, name } } : event,
    )
    await store.append(lease, 0, events)
    await lease.release()
  }
  return store
}

const trained = (trials: number): SmallStudy =>
  aStudy({ definition: { scheduler: schedulerOf('none'), budget: { trials } } })

const swift = (predictor: AlgorithmDefinition): AlgorithmDefinition => schedulerOf('swift-hyperband', { predictor })

async function lessons(
  predictor: AlgorithmDefinition,
  at: { readonly store?: Store; readonly folder?: string },
  study: Partial<TaughtStudy> = {},
): Promise<{ readonly predictor: AlgorithmDefinition; readonly earlier: EarlierCurves }> {
  const place = { store: at.store ?? null, folder: at.folder ?? '.' }
  const taught = await taughtScheduler(swift(predictor), { ...aDefinition(), ...study }, place)
  const found = taught['predictor'] as AlgorithmDefinition
  const earlier = earlierCurves(found)
  assert.ok(earlier)
  return { predictor: found, earlier }
}

const saved: SavedPredictor = {
  source: 'old',
  objective: { metric: 'loss', direction: 'minimize' },
  epochs: { max: 9, resource: 'epochs' },
  predictor: { type: 'nu-svr', C: 3, nu: 0.25, gone: 1 },
  parameters: ['x', 'kind'],
  curves: [
    { configuration: { x: 0.25, kind: 'b' }, losses: [9, 8, 7, 8, 6, 5, 4, 3, 3.5] },
    { configuration: { x: 7, kind: 'a' }, losses: [9, 8, 7, 6, 5, 4, 3, 2, 1] },
  ],
}

function aFile(t: TestContext, content: string | SavedPredictor): string {
  const folder = mkdtempSync(join(tmpdir(), 'foretune-lessons-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'a.json'), typeof content === 'string' ? content : encodePredictor(content))
  return folder
}

test('the complete curves of a study teach, the first hundred of them by number', async () => {
  const large = trained(earlierCurvesMax + 5)
  const halving = aStudy({ definition: { scheduler: schedulerOf('hyperband', { eta: 3 }) } })
  const store = await storeWith({ large, halving })
  const { earlier } = await lessons({ type: 'nu-svr', from: 'large' }, { store })
  assert.equal(earlier.source, 'large')
  assert.equal(earlier.hyperparameters, null)
  const own = large.study.state.trials.map(({ values }) => values[0])
  assert.deepEqual(earlier.curves, own.slice(0, earlierCurvesMax))
  const complete = halving.study.state.trials.filter(({ state }) => state === 'complete')
  const fewer = await lessons({ type: 'nu-svr', from: 'halving' }, { store })
  assert.deepEqual(
    fewer.earlier.curves,
    complete.map(({ values }) => values[0]),
  )
})

test('what names no earlier study is left as it is, and so is what was recorded', async () => {
  const definition = aDefinition()
  for (const scheduler of [schedulerOf('asha'), schedulerOf('swift-hyperband'), swift({ type: 'forest', from: null })])
    assert.equal(await taughtScheduler(scheduler, definition, { store: null, folder: '.' }), scheduler)
  const earlier = { source: 'a', curves: [[9, 8, 7, 6, 5, 4, 3, 2, 1]], hyperparameters: null }
  const recorded = swift({ type: 'nu-svr', from: 'gone', earlier })
  assert.equal(await taughtScheduler(recorded, definition, { store: null, folder: '.' }), recorded)
  for (const broken of [7, {}, { ...earlier, curves: [[1, 2]] }, { ...earlier, hyperparameters: [] }])
    await assert.rejects(
      taughtScheduler(swift({ type: 'nu-svr', earlier: broken }), definition, { store: null, folder: '.' }),
      { code: 'PREDICTOR_FILE_INVALID' },
    )
})

test('a file brings its curves and the options that it was saved with; what the study says wins', async (t) => {
  const folder = aFile(t, saved)
  const { predictor, earlier } = await lessons({ type: 'nu-svr', from: 'a.json', nu: 0.75 }, { folder })
  const { C, nu, from } = predictor
  assert.deepEqual({ C, nu, from }, { C: 3, nu: 0.75, from: 'a.json' })
  assert.ok(!('gone' in predictor))
  assert.equal(earlier.source, 'a.json')
  assert.deepEqual(
    earlier.curves,
    saved.curves.map(({ losses }) => losses),
  )
  const other = await lessons({ type: 'forest', from: 'a.json' }, { folder })
  assert.deepEqual(Object.keys(other.predictor).sort(), ['earlier', 'from', 'type'])
})

test('configurations come encoded in the space of the new study, if they are looked at', async (t) => {
  const folder = aFile(t, saved)
  const { earlier } = await lessons({ type: 'nu-svr', from: 'a.json', features: 'curve+hyperparameters' }, { folder })
  assert.deepEqual(earlier.hyperparameters, [
    [0.25, 0.75],
    [NaN, 0.25],
  ])
})

test('where a trial counts by its best value, so do the curves that teach', async (t) => {
  const folder = aFile(t, saved)
  const objectives = [{ metric: 'loss', direction: 'minimize', value: 'best' }] as const
  const { earlier } = await lessons({ type: 'nu-svr', from: 'a.json' }, { folder }, { objectives })
  assert.deepEqual(earlier.curves[0], [9, 8, 7, 7, 6, 5, 4, 3, 3])
})

test('a study of the store comes before a file of the same name', async (t) => {
  const folder = aFile(t, saved)
  const store = await storeWith({ 'a.json': trained(3) })
  const { earlier } = await lessons({ type: 'nu-svr', from: 'a.json' }, { store, folder })
  assert.equal(earlier.curves.length, 3)
})

test('what does not fit is refused, with what was expected and what was got', async (t) => {
  const store = await storeWith({ a: trained(3) })
  const folder = aFile(t, { ...saved, parameters: ['x'] })
  const from = (name: string, more: object = {}): AlgorithmDefinition => ({ type: 'nu-svr', from: name, ...more })
  const { space } = aDefinition()
  const study = (metric: string, direction: 'minimize' | 'maximize', max = 9, resource = 'epochs'): TaughtStudy => ({
    space,
    objectives: [{ metric, direction, value: 'last' }],
    epochs: { max, resource },
  })
  for (const [predictor, definition, says] of [
    [from('a'), study('acc', 'minimize'), /expected the metric acc, got loss\. Name/],
    [from('a'), study('loss', 'maximize', 9), /expected the direction maximize, got minimize\./],
    [from('a'), study('loss', 'minimize', 27), /expected the number of epochs 27, got 9\./],
    [
      from('a.json'),
      study('loss', 'minimize', 9, 'steps'),
      /a\.json do not fit.*expected the resource steps, got epochs\./,
    ],
    [from('a'), study('acc', 'maximize', 3), /metric acc, got loss; .*direction maximize.*; .*number of epochs 3/],
    [from('a.json', { features: 'hyperparameters' }), study('loss', 'minimize'), /the parameters kind, x, got x/],
  ] as const)
    await assert.rejects(taughtScheduler(swift(predictor), definition, { store, folder }), {
      code: 'PREDICTOR_MISMATCH',
      message: says,
    })
})

test('nothing there, nothing usable and what is broken have their own errors', async (t) => {
  const short = aStudy({ definition: { scheduler: schedulerOf('none') }, events: 12 })
  const store = await storeWith({ short })
  const folder = aFile(t, { ...saved, predictor: { type: 'nu-svr', C: -1 } })
  writeFileSync(join(folder, 'b.json'), 'no predictor')
  const rejects = (from: string, code: string, message: RegExp): Promise<void> =>
    assert.rejects(taughtScheduler(swift({ type: 'nu-svr', from }), aDefinition(), { store, folder }), {
      code,
      message,
    })
  await rejects('shrt', 'PREDICTOR_NOT_FOUND', /got shrt .*there is no such file.* has short\./)
  await rejects('.', 'PREDICTOR_NOT_FOUND', /it is a folder/)
  await rejects(
    'short',
    'PREDICTOR_WITHOUT_CURVES',
    /expected curves of 9 epochs that end with a finite value, got none/,
  )
  await rejects('b.json', 'PREDICTOR_FILE_INVALID', /b\.json: expected a JSON file/)
  await rejects('a.json', 'PREDICTOR_FILE_INVALID', /an option C of nu-svr, got -1/)
  const alone = taughtScheduler(swift({ type: 'nu-svr', from: 'short' }), aDefinition(), { store: null, folder })
  await assert.rejects(alone, { code: 'PREDICTOR_NOT_FOUND', message: /expected a file that/ })
})
