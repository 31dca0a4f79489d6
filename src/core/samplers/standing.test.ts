import { test } from 'node:test'
import { deepEqual } from 'node:assert/strict'
import type { StudyDefinition } from '../study/definition.ts'
import { plane } from './course.laws.ts'
import { isKnown, latestKnown, standingOf } from './standing.ts'
import { testStudy, type AddedTrial } from './study-view.laws.ts'

let next = 0
const anywhere = () => ({ configuration: { x: ++next / 1000, y: 0.5 } })
function studyOf(
  trials: readonly Omit<AddedTrial, 'configuration'>[],
  changes: Partial<StudyDefinition> = {},
  levels: readonly number[] = [],
) {
  const study = testStudy(plane, changes, levels)
  for (const trial of trials) study.add({ ...anywhere(), ...trial })
  return study.history()
}
const all = [0, 1, 2, 3, 4, 5]

test('what meets the constraints comes first, then what misses them least, what was not measured, and what failed', () => {
  const history = studyOf(
    [
      { curve: [1], violations: [0.5, -1] },
      { state: 'failed' },
      { curve: [3], violations: [-1, 0] },
      { curve: [0], violations: [NaN, -1] },
      { curve: [2], violations: [-2, -1] },
      { curve: [9], violations: [0.1, 0.1] },
    ],
    {
      constraints: [
        { metric: 'a', atMost: 1 },
        { metric: 'b', atMost: 1 },
      ],
    },
  )
  const standing = standingOf(history)
  deepEqual(standing.ordered(all), [4, 2, 5, 0, 3, 1])
  deepEqual(
    all.map((row) => standing.missed(row)),
    [0.5, Infinity, 0, Infinity, 0, 0.2],
  )
})

test('a trial that was stopped early stands where its loss would lie at the full length', () => {
  const epochs = { min: 1, max: 3, resource: 'epochs' }
  const history = studyOf(
    [
      { curve: [10, 6, 5] },
      { curve: [11, 7, 6] },
      { curve: [12, 8, 7] },
      // Its last loss is the largest of all, but at the first epoch only one was better.
      { state: 'stopped', curve: [10.5] },
      { state: 'running' },
      { curve: [13, 9, 8] },
    ],
    { epochs },
    [1],
  )
  deepEqual(standingOf(history).ordered([0, 1, 2, 3, 5]), [0, 3, 1, 2, 5])
})

test('with several objectives a few trials stand as they do among all', () => {
  const objectives: StudyDefinition['objectives'] = ['a', 'b'].map((metric) => ({
    metric,
    direction: 'minimize',
    value: 'last',
  }))
  const history = studyOf([{ curve: [[0, 3]] }, { curve: [[3, 2]] }, { curve: [[1, 1]] }, { curve: [[2, 4]] }], {
    objectives,
  })
  const standing = standingOf(history)
  deepEqual(standing.ordered([0, 1]), [0, 1], 'neither dominates the other')
  deepEqual(standing.ordered([1, 3]), [1, 3])
  // Trial 1 is dominated by trial 2; trial 3 by trials 0 and 2, of the same front.
  deepEqual(standing.amongAll([1, 3, 0]), [0, 1, 3])
})

test('known is what ended or was paused with a report; running and waiting trials are not', () => {
  const history = studyOf([
    { curve: [1] },
    { state: 'failed' },
    { state: 'running', curve: [1] },
    { state: 'paused', curve: [1] },
    { state: 'stopped' },
    {},
  ])
  deepEqual(
    all.filter((row) => isKnown(history, row)),
    [0, 1, 3],
  )
  deepEqual(latestKnown(history, 2), [3, 1])
})
