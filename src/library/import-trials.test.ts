import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createStudy } from '../core/study/study.ts'
import type { Study } from '../core/study/study.ts'
import { aDefinition } from '../core/study/views/small-study.laws.ts'
import type { Json } from '../core/trial.ts'
import { algorithms } from './algorithms.ts'
import { externalValue } from './import-optuna.ts'
import { fitTrials } from './import-trials.ts'
import type { ForeignTrial } from './import-trials.ts'

const definition = aDefinition({
  scheduler: { type: 'none' },
  space: {
    parameters: {
      rate: { type: 'float', low: 0.1, high: 0.3 },
      step: { type: 'float', low: 0, high: 0.5, step: 0.05 },
      size: { type: 'categorical', choices: ['16', '32', 'true', 'none'] },
      batch: { type: 'ordinal', values: [16, 32] },
      bias: { type: 'categorical', choices: [true, false] },
    },
    forbidden: [{ size: '16', batch: 32 }],
  },
})
const study: Study = createStudy(
  { type: 'StudyCreated', at: 0, version: '', definition, program: null, directory: '' },
  algorithms,
)
const right = { rate: 0.2, step: 0.15, size: '32', batch: 16, bias: true }

function trial(
  parameters: { readonly [name: string]: Json | undefined },
  more: Partial<ForeignTrial> = {},
): ForeignTrial {
  return { where: 'trial 0', parameters, state: 'complete', reports: [{ epoch: 1, metrics: { loss: 1 } }], ...more }
}

const configurationOf = (parameters: { readonly [name: string]: Json }): unknown =>
  fitTrials(study, [trial({ ...right, ...parameters })]).drafts[0]?.configuration

test("another program's numbers lose their dust, and choices are found whether numbers or text", () => {
  assert.deepEqual(configurationOf({ rate: 0.1 + 0.2, step: 3 * 0.05 }), { ...right, rate: 0.3, step: 0.15 })
  assert.deepEqual(configurationOf({ size: 32, batch: '32' }), { ...right, size: '32', batch: 32 })
  assert.deepEqual(configurationOf({ size: true, batch: 16 }), { ...right, size: 'true' })
  for (const wrong of [{ rate: 0.31 }, { step: 0.16 }, { size: 'None' }, { batch: '' }, { bias: 1 }, { bias: null }])
    assert.equal(configurationOf(wrong as { readonly [name: string]: Json }), undefined, JSON.stringify(wrong))
})

test('what does not fit is counted with its reason, the most frequent first', () => {
  const { rate: _, ...without } = right
  const fitted = fitTrials(study, [
    trial({ ...right, extra: 1 }),
    trial({ ...right, size: '16', batch: 32 }),
    trial(without),
    trial(without),
    trial(right, { reports: [] }),
    trial({}, { reports: [], state: 'running' }),
    trial(right, { reports: [], state: 'failed' }),
    trial(right, { reports: [{ epoch: 1, metrics: { size: 1 } }] }),
  ])
  assert.deepEqual(
    fitted.drafts.map(({ state }) => state),
    ['complete', 'failed'],
  )
  assert.equal(fitted.empty, 2)
  assert.deepEqual(fitted.skipped, [
    { what: 'without rate', trials: 2 },
    { what: 'the combination {"size":"16","batch":32} is forbidden', trials: 1 },
    { what: 'no report of loss', trials: 1 },
  ])
  assert.deepEqual(fitted.dropped, [{ what: 'extra', trials: 1 }])
})

test('other names are taken for ours, and trials may lack parameters where only the others are looked at', () => {
  const names = new Map([['lr', 'rate'], ['error', 'loss']]) // prettier-ignore
  const { rate, ...others } = right
  const foreign = trial({ lr: rate, ...others }, { reports: [{ epoch: 1, metrics: { error: 2 } }] })
  const [draft] = fitTrials(study, [foreign], { names }).drafts
  assert.deepEqual([draft?.configuration, draft?.reports], [right, [{ epoch: 1, metrics: { loss: 2 } }]])
  const partial = [trial({ rate: 0.2, batch: 7 }), trial({ other: 1 })]
  const fitted = fitTrials(study, partial, { isPartial: true })
  assert.deepEqual(
    [fitted.drafts.map(({ configuration }) => configuration), fitted.skipped.length],
    [[{ rate: 0.2 }], 1],
  )
})

test('every distribution that Optuna has had gives its value', () => {
  const value = (name: string, stored: number, attributes: Json = {}): Json =>
    externalValue(JSON.stringify({ name, attributes }), stored)
  assert.equal(value('FloatDistribution', 0.25), 0.25)
  for (const name of ['IntDistribution', 'IntUniformDistribution', 'IntLogUniformDistribution'])
    assert.equal(value(name, 5), 5)
  for (const name of ['UniformDistribution', 'LogUniformDistribution', 'DiscreteUniformDistribution'])
    assert.equal(value(name, 0.5), 0.5)
  const choices = { choices: ['a', null, true, 3] }
  assert.deepEqual(
    [0, 1, 2, 3].map((index) => value('CategoricalDistribution', index, choices)),
    ['a', null, true, 3],
  )
})
