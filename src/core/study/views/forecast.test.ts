import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StudyDefinition } from '../definition.ts'
import { forecast } from './forecast.ts'
import { aDefinition } from './small-study.laws.ts'

const rows = [
  { group: 'bracket 1', epoch: 3, trials: 9 },
  { group: 'bracket 1', epoch: 9, trials: 3 },
  { group: 'bracket 0', epoch: 9, trials: 5 },
]

const of = (change: Partial<StudyDefinition>, slots = 1): ReturnType<typeof forecast> =>
  forecast(
    { ...aDefinition({ epochs: { min: 1, max: 9, resource: 'epochs' } }), budget: { trials: 14 }, ...change },
    rows,
    slots,
  )

test('trials that go further are among those that reach the epochs before', () => {
  const { reach, trials } = of({})
  assert.deepEqual(reach, [
    { epoch: 3, trials: 14 },
    { epoch: 9, trials: 8 },
  ])
  assert.equal(trials, 14)
})

test('epochs are counted once, or again where promoted trials begin anew', () => {
  assert.deepEqual([of({}).epochs, of({}).epochsToTheEnd], [9 * 3 + 3 * 6 + 5 * 9, 14 * 9])
  assert.equal(of({ resumable: 'restart' }).epochs, 9 * 3 + 3 * 9 + 5 * 9)
})

test('on one slot all epochs follow one another; on many the longest chain remains', () => {
  assert.deepEqual([of({}).likely, of({}).worst], [90, 90])
  const { likely, worst } = of({}, 4)
  assert.deepEqual([likely, worst], [23, Math.ceil(90 / 4 + 0.75 * 9)])
  assert.equal(of({}, 1000).likely, 9)
})

test('a budget of epochs cuts what is planned, and says for how much of it it pays', () => {
  const { epochs, rounds } = of({ budget: { trials: 14, epochs: 45 } })
  assert.deepEqual([epochs, rounds], [45, 0.5])
  assert.equal(of({}).rounds, null)
})

test('without a number of trials only the budget of epochs ends it', () => {
  const open = of({ budget: { epochs: 900 } })
  assert.deepEqual([open.isOpen, open.epochs, open.rounds], [true, 900, 10])
  assert.deepEqual([of({}).isOpen, of({ budget: {} }).isOpen], [false, true])
})
