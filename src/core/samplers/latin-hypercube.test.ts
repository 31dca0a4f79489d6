import { test } from 'node:test'
import { deepEqual, equal, notDeepEqual, ok } from 'node:assert/strict'
import fc from 'fast-check'
import { centredDiscrepancy, meanOver, samplerNumbers } from './discrepancy.laws.ts'
import { latinHypercube, latinHypercubeBlock } from './latin-hypercube.ts'
import { driven, samplerLaws } from './sampler.laws.ts'

samplerLaws(latinHypercube)

test('the places of a block have exactly one in each of the n slices of every axis', () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(5), fc.integer({ min: 1, max: 60 }), (seed, block, n) => {
      for (const axis of latinHypercubeBlock(seed, block, n, 3))
        equal(new Set(Array.from(axis, (x) => Math.floor(x * n))).size, n)
    }),
    { numRuns: 50 },
  )
})

test('blocks have different permutations, and so have axes', () => {
  const [first, second] = latinHypercubeBlock(7, 0, 16, 2)
  notDeepEqual(first, second)
  notDeepEqual(first, latinHypercubeBlock(7, 1, 16, 1)[0])
})

test('a hypercube of random places is as even as the reference: clearly more so than random draws', () => {
  for (const [dimension, bars] of Object.entries(samplerNumbers().centredDiscrepancy)) {
    const mean = meanOver(40, (seed) =>
      centredDiscrepancy(transposed(latinHypercubeBlock(seed, 0, 64, Number(dimension)))),
    )
    ok(
      mean < bars.latinHypercube64MeanOf100 * 1.1,
      `dimension ${dimension}: ${mean} against ${bars.latinHypercube64MeanOf100}`,
    )
    ok(mean < bars.random64MeanOf100 * 0.9, `dimension ${dimension}: ${mean} against random ${bars.random64MeanOf100}`)
  }
})

test('a block is as long as the budget unless it is said', () => {
  const parameters = { x: { type: 'float', low: 0, high: 1 }, y: { type: 'int', low: 0, high: 9 } } as const
  for (const [options, budget] of [
    [{}, { trials: 10 }],
    [{ n: 10 }, { trials: 500 }],
  ] as const) {
    const { step, study } = driven(latinHypercube, { parameters, forbidden: [] }, options, { budget })
    for (let block = 0; block < 2; block++) {
      for (let trial = 0; trial < 10; trial++) step()
      const trials = Array.from({ length: 10 }, (_, trial) => study.view.configuration(block * 10 + trial))
      deepEqual(trials.map(({ x }) => Math.floor(Number(x) * 10)).toSorted(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
      deepEqual(trials.map(({ y }) => y).toSorted(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    }
  }
})

function transposed(axes: readonly Float64Array[]): number[][] {
  return Array.from(axes[0]!, (_, index) => axes.map((axis) => axis[index]!))
}
