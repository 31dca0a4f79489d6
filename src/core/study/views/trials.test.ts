import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aStudy, schedulerOf } from './small-study.laws.ts'
import { parseFilter, parseSort, trialColumns, trialRows } from './trials.ts'

const { study } = aStudy({
  definition: { scheduler: schedulerOf('successive-halving', { eta: 3 }), budget: { trials: 9 } },
  report: (configuration, epoch, trial) =>
    trial === 5 ? { loss: NaN } : { loss: Number(configuration['x']) + 1 / epoch, ms: trial },
})
const numbers = (where: readonly string[], sort = '') =>
  trialRows(study, { filters: where.map((text) => parseFilter(text)!), sort: parseSort(sort) }).map((row) => row.trial)

test('without filters every trial is a row, by number', () => {
  assert.deepEqual(numbers([]), [0, 1, 2, 3, 4, 5, 6, 7, 8])
  assert.deepEqual(
    trialRows(study, { limit: 2 }).map((row) => row.trial),
    [0, 1],
  )
})

test('conditions on states, parameters and metrics must all hold', () => {
  assert.deepEqual(numbers(['state=failed']), [5])
  const small = study.state.trials
    .filter((trial) => Number(trial.configuration['x']) < 0.5)
    .map((trial) => trial.number)
  assert.deepEqual(numbers(['x<0.5']), small)
  const kinds = study.state.trials.filter((trial) => trial.configuration['kind'] === 'b').map((trial) => trial.number)
  assert.deepEqual(numbers(['kind=b']), kinds)
  assert.deepEqual(
    numbers(['kind=b', 'x<0.5']),
    kinds.filter((trial) => small.includes(trial)),
  )
  assert.deepEqual(numbers(['kind=a,b']).length, 9)
  assert.deepEqual(numbers(['ms>=7']), [7, 8])
  assert.deepEqual(numbers(['state!=stopped', 'epoch >= 9']).length, 1)
})

test('what a trial lacks meets no bound, but differs from everything', () => {
  assert.ok(!numbers(['ms<=100']).includes(5))
  assert.ok(numbers(['ms!=3']).includes(5))
})

test('rows are sorted by several keys, those without a value last in both directions', () => {
  const up = numbers([], 'value')
  const values = up.slice(0, -1).map((trial) => study.view.loss(trial))
  assert.deepEqual(
    values,
    [...values].sort((a, b) => a - b),
  )
  assert.equal(up.at(-1), 5)
  assert.equal(numbers([], '-value').at(-1), 5)
  assert.deepEqual(numbers([], 'kind,-trial').slice(0, 2), [...numbers(['kind=a'])].reverse().slice(0, 2))
})

test('a condition without an operator is none, and names are those of columns, parameters and metrics', () => {
  assert.equal(parseFilter('lr'), null)
  assert.equal(parseFilter('lr <'), null)
  assert.deepEqual(parseFilter(' lr <= 1e-3 '), { name: 'lr', operator: '<=', values: ['1e-3'] })
  assert.deepEqual(parseSort('-value, trial'), [
    { name: 'value', descending: true },
    { name: 'trial', descending: false },
  ])
  for (const name of ['trial', 'x', 'kind', 'loss', 'ms']) assert.ok(trialColumns(study).includes(name))
})
