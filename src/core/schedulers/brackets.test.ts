import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  bracketOf,
  deepestCuts,
  epochsOf,
  hyperbandBrackets,
  keepOf,
  largestPower,
  shrunk,
  trialsOf,
} from './brackets.ts'

interface Schedule {
  readonly R: number
  readonly eta: number
  readonly sMax: number
  readonly configurations: number
  readonly epochs: number
  readonly brackets: readonly {
    readonly s: number
    readonly n: number
    readonly rounds: readonly (readonly [number, number])[]
  }[]
}

const reference = new URL('../../../test/golden/reference/hyperband.json', import.meta.url)
const { schedules } = JSON.parse(readFileSync(reference, 'utf8')) as { readonly schedules: readonly Schedule[] }

test('all 36 reference schedules come out exactly', () => {
  assert.equal(schedules.length, 36)
  for (const { R, eta, sMax, configurations, epochs, brackets } of schedules) {
    const ours = hyperbandBrackets({ maxEpochs: R, minEpochs: 1, eta })
    assert.equal(largestPower(R, eta), sMax)
    assert.deepEqual(
      ours.map(({ s, rounds }) => ({
        s,
        n: rounds[0]?.trials,
        rounds: rounds.map(({ trials, epoch }) => [trials, epoch]),
      })),
      brackets,
    )
    assert.equal(
      ours.reduce((sum, bracket) => sum + trialsOf(bracket), 0),
      configurations,
    )
    assert.equal(
      ours.reduce((sum, bracket) => sum + epochsOf(bracket), 0),
      epochs,
    )
  }
})

test('the largest power is right where the logarithm is not', () => {
  for (const [limit, eta, s] of [
    [243, 3, 5],
    [59049, 9, 5],
    [1000, 10, 3],
    [1_000_000, 10, 6],
    [2 ** 52, 2, 52],
  ] as const) {
    assert.equal(largestPower(limit, eta), s)
    assert.equal(largestPower(limit - 1, eta), s - 1)
  }
  assert.equal(largestPower(1, 3), 0)
  assert.equal(largestPower(100, 1.000001), 1000)
})

test('an eta that is no whole number is taken as the exact fraction that it is', () => {
  assert.equal(largestPower(39, 2.5), 3)
  assert.deepEqual(
    hyperbandBrackets({ maxEpochs: 25, minEpochs: 1, eta: 2.5 }).map(({ s, rounds }) => [
      s,
      ...rounds.map(({ trials, epoch }) => `${trials}@${epoch}`),
    ]),
    [
      [3, '16@2', '6@4', '2@10', '1@25'],
      [2, '9@4', '3@10', '1@25'],
      [1, '5@10', '2@25'],
      [0, '4@25'],
    ],
  )
})

test('brackets whose first round lies below the smallest epoch are left out, the last one never', () => {
  assert.deepEqual(
    hyperbandBrackets({ maxEpochs: 100, minEpochs: 6, eta: 2 }).map(({ s }) => s),
    [4, 3, 2, 1, 0],
  )
  assert.deepEqual(
    hyperbandBrackets({ maxEpochs: 100, minEpochs: 7, eta: 2 }).map(({ s }) => s),
    [3, 2, 1, 0],
  )
  assert.deepEqual(
    hyperbandBrackets({ maxEpochs: 100, minEpochs: 100, eta: 2 }).map(({ s }) => s),
    [0],
  )
  assert.equal(deepestCuts({ maxEpochs: 100, minEpochs: 7, eta: 2 }), 3)
  assert.equal(deepestCuts({ maxEpochs: 100, minEpochs: 100, eta: 2 }), 0)
})

test('in every bracket each round keeps what the next one starts with, and the last one ends at the last epoch', () => {
  const setups = fc.record({
    maxEpochs: fc.integer({ min: 1, max: 2000 }),
    minEpochs: fc.constant(1),
    eta: fc.constantFrom(1.3, 2, 2.5, 3, 7),
  })
  const property = fc.property(setups, (setup) => {
    for (const { s, rounds } of hyperbandBrackets(setup)) {
      assert.equal(rounds.length, s + 1)
      assert.equal(rounds.at(-1)?.epoch, setup.maxEpochs)
      rounds.slice(1).forEach(({ trials, epoch }, i) => {
        assert.equal(trials, keepOf(rounds[i]?.trials ?? 0, setup.eta))
        assert.ok(epoch >= (rounds[i]?.epoch ?? 0))
      })
    }
  })
  fc.assert(property)
})

test('a bracket with fewer trials has the same rounds with fewer trials', () => {
  const bracket = bracketOf({ s: 3, n: 27, maxEpochs: 27, eta: 3 })
  assert.deepEqual(bracket.rounds, [
    { trials: 27, epoch: 1 },
    { trials: 9, epoch: 3 },
    { trials: 3, epoch: 9 },
    { trials: 1, epoch: 27 },
  ])
  assert.deepEqual(
    shrunk(bracket, 7, 3).rounds.map(({ trials }) => trials),
    [7, 2, 1, 1],
  )
})
