import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { rowOf } from '../maths/matrix.ts'
import { historyKeeper, levelsOf, stateCode } from './history.ts'
import { testStudy } from './study-view.laws.ts'

const space = {
  parameters: {
    x: { type: 'float', low: 0, high: 1 },
    depth: { type: 'int', low: 1, high: 4, when: { x: { below: 0.5 } } },
  },
  forbidden: [],
} as const

const nine = { epochs: { min: 1, max: 9, resource: 'epochs' } }

test('a history says of each trial where it lies, how it stands and what it lost at each level', () => {
  const study = testStudy(space, nine, [1, 3])
  study.add({ configuration: { x: 0.25, depth: 2 }, curve: [9, 8, 7, 6, 5, 4, 3, 2, 1] })
  study.add({ configuration: { x: 0.75 }, curve: [5, 4, 3, 2], state: 'paused' })
  study.add({ configuration: { x: 0.875 }, state: 'failed', curve: [2] })
  study.add({ configuration: { x: 0.9375 }, state: 'running' })
  const { places, states, epochs, losses, levels, levelLosses, maxEpoch } = study.history()
  deepEqual([...rowOf(places, 0)], [0.25, 0.375])
  deepEqual([...rowOf(places, 1)], [0.75, NaN])
  deepEqual([...states], [stateCode.complete, stateCode.paused, stateCode.failed, stateCode.running])
  deepEqual([...epochs], [9, 4, 1, 0])
  deepEqual([...losses[0]!], [1, 2, Infinity, NaN])
  deepEqual([levels, maxEpoch], [[1, 3, 9], 9])
  deepEqual(
    levelLosses[0]!.map((column) => [...column]),
    [
      [9, 5, Infinity, NaN],
      [7, 3, Infinity, NaN],
      [1, NaN, Infinity, NaN],
    ],
  )
})

test('a keeper that has followed the study gives what a new one gives', () => {
  const study = testStudy(space, { ...nine, constraints: [{ metric: 'memory', atMost: 1 }] }, [3])
  for (let trial = 0; trial < 40; trial++) {
    study.add({ configuration: { x: 0.5 + trial / 80 }, state: 'running' })
    study.history()
    if (trial % 3 === 0) study.change(trial >> 1, { curve: [3, 2, 1], state: 'paused', violations: [trial] })
    if (trial % 7 === 0) study.change(trial >> 2, { state: 'failed' })
  }
  deepEqual(study.history(), historyKeeper(study.view, levelsOf([3], 9))())
})

test('a history stands for itself: what happens later does not change it', () => {
  const study = testStudy(space, nine)
  study.add({ configuration: { x: 0.75 }, state: 'running' })
  const before = study.history()
  study.change(0, { state: 'failed' })
  study.add({ configuration: { x: 0.875 }, curve: [1] })
  study.history()
  deepEqual([[...before.states], before.places.rows], [[stateCode.running], 1])
})

test('what is proposed and not yet a trial stands behind the others, waiting', () => {
  const study = testStudy(space, nine)
  study.add({ configuration: { x: 0.75 }, curve: [1] })
  const { places, states, losses, notes } = historyKeeper(
    study.view,
    [9],
  )([{ place: Float64Array.of(0.6, NaN), note: 'own' }])
  deepEqual([...places.values], [0.75, NaN, 0.6, NaN])
  deepEqual([...states], [stateCode.complete, stateCode.waiting])
  deepEqual([...losses[0]!], [1, NaN])
  deepEqual(notes, [undefined, 'own'])
})

test('levels are ascending, end at the full length and are few', () => {
  deepEqual(levelsOf([3, 1, 3, 9, 27], 9), [1, 3, 9])
  deepEqual(levelsOf([], 9), [9])
  const many = levelsOf(
    Array.from({ length: 100 }, (_, epoch) => epoch + 1),
    100,
  )
  deepEqual([many[0], many.at(-1)], [1, 100])
  equal(many.length, 12)
})
