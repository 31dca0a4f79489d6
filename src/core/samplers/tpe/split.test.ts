import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { deepEqual, equal } from 'node:assert/strict'
import type { StudyDefinition } from '../../study/definition.ts'
import { type AddedTrial, testStudy } from '../study-view.laws.ts'
import { gammas, split } from './split.ts'

const file = new URL('../../../../test/golden/reference/tpe.json', import.meta.url)
const stored = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly gamma: readonly (readonly [number, number])[]
  readonly gammaHyperopt: readonly (readonly [number, number])[]
  readonly split: {
    readonly values: readonly number[]
    readonly nBelow: number
    readonly below: readonly number[]
    readonly above: readonly number[]
  }
}

function studyOf(trials: readonly Partial<AddedTrial>[], changes: Partial<StudyDefinition> = {}) {
  const study = testStudy({ parameters: { x: { type: 'float', low: 0, high: 1 } }, forbidden: [] }, changes, [1])
  for (const [index, trial] of trials.entries())
    study.add({ configuration: { x: (index + 0.5) / trials.length }, ...trial })
  return study.history()
}

const isBarred = () => false
const three = { gamma: () => 3, constantLiar: true, isBarred }

test('so many trials are good as Optuna, and Hyperopt, take for good', () => {
  for (const [n, good] of stored.gamma) equal(gammas.default(n), good, `${n}`)
  for (const [n, good] of stored.gammaHyperopt) equal(gammas.hyperopt(n), good, `${n}`)
})

test('the split is that of Optuna, ties included', () => {
  const { values, nBelow, below, above } = stored.split
  const history = studyOf(values.map((value) => ({ curve: [value] })))
  const parts = split(history, { gamma: gammas.default, constantLiar: true, isBarred })
  equal(parts.below.length, nBelow)
  deepEqual([parts.below, parts.above], [below, above])
  const many = studyOf(Array.from({ length: 200 }, (_, trial) => ({ curve: [(trial * 37) % 50] })))
  deepEqual(split(many, three).below, [0, 50, 100], 'few of many, found in one pass')
})

test('running trials are above with the constant liar, and nowhere without; failed ones are always above', () => {
  const history = studyOf([
    { curve: [3] },
    { state: 'running' },
    { curve: [1] },
    { state: 'failed' },
    { curve: [2] },
    { state: 'waiting' },
  ])
  const one = { gamma: () => 1, constantLiar: true, isBarred }
  deepEqual(split(history, one).below, [2])
  deepEqual(split(history, one).above, [0, 1, 3, 4, 5])
  deepEqual(split(history, { ...one, constantLiar: false }).above, [0, 3, 4])
  deepEqual([...split(history, one).failed], [3])
})

test('how many are good depends on those that are known, not on those that run or failed', () => {
  const asked: number[] = []
  const history = studyOf([{ curve: [3] }, { state: 'running' }, { state: 'failed' }, { curve: [1] }])
  split(history, { gamma: (n) => asked.push(n) && 1, constantLiar: true, isBarred })
  deepEqual(asked, [2])
})

test('trials that violate constraints come behind all others, by their total violation', () => {
  const history = studyOf(
    [
      { curve: [1], violations: [0.5, -1] },
      { curve: [5], violations: [-1, 0] },
      { curve: [2], violations: [0.1, 0.2] },
      { curve: [0], violations: [NaN, -1] },
      { curve: [9], violations: [-3, -3] },
    ],
    {
      constraints: [
        { metric: 'a', atMost: 1 },
        { metric: 'b', atMost: 1 },
      ],
    },
  )
  deepEqual(split(history, three).below, [1, 2, 4])
  deepEqual(split(history, { ...three, gamma: () => 4 }).below, [0, 1, 2, 4])
})

test('what was good where the latest trials failed is good no more', () => {
  const history = studyOf([{ curve: [1] }, { curve: [2] }, { curve: [3] }, { curve: [4] }])
  const barred = { ...three, gamma: () => 2, isBarred: (place: Float64Array) => place[0]! < 0.5 }
  deepEqual(split(history, barred).below, [2, 3])
  deepEqual(split(history, barred).above, [0, 1])
})

test('a trial that was stopped early counts by its lifted loss', () => {
  const epochs = { min: 1, max: 2, resource: 'epochs' }
  const full = [3, 4, 5, 6].map((loss) => ({ curve: [loss + 1, loss] }))
  const history = studyOf([...full, { curve: [2], state: 'stopped' as const }], { epochs })
  deepEqual(split(history, { ...three, gamma: () => 1 }).below, [4])
})

const objectives: StudyDefinition['objectives'] = ['a', 'b'].map((metric) => ({
  metric,
  direction: 'minimize',
  value: 'last',
}))
const losses = (...vectors: readonly (readonly number[])[]) => vectors.map((vector) => ({ curve: [vector] }))

test('of several objectives the first fronts are good', () => {
  const history = studyOf(losses([5, 5], [1, 2], [6, 6], [2, 1], [3, 3]), { objectives })
  deepEqual(split(history, three).below, [1, 3, 4])
})

test('of a front that is cut those stay that dominate most together', () => {
  const history = studyOf(losses([0, 10], [4, 4.1], [4.1, 4], [10, 0], [3.9, 4.2]), { objectives })
  const { below } = split(history, three)
  equal(below.length, 3)
  deepEqual([below.includes(0), below.includes(3)], [true, true], 'its ends and one of the three in the middle')
})

test('a very large front is cut by crowding', () => {
  const front = Array.from({ length: 100 }, (_, index) => [index, 99 - index])
  const { below } = split(studyOf(losses(...front), { objectives }), three)
  deepEqual([below.length, below.includes(0), below.includes(99)], [3, true, true])
})
