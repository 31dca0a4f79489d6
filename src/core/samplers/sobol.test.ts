import { test } from 'node:test'
import { deepEqual, equal, ok } from 'node:assert/strict'
import { sobol as coordinate } from '../maths/sobol.ts'
import type { SpaceDefinition } from '../space/definition.ts'
import { centredDiscrepancy, meanOver, samplerNumbers } from './discrepancy.laws.ts'
import { driven, samplerLaws } from './sampler.laws.ts'
import { sobol } from './sobol.ts'

samplerLaws(sobol)

function cube(dimension: number): SpaceDefinition {
  const axes = Array.from({ length: dimension }, (_, axis) => [`x${axis}`, { type: 'float', low: 0, high: 1 }] as const)
  return { parameters: Object.fromEntries(axes), forbidden: [] }
}

function places(
  dimension: number,
  n: number,
  options: { readonly [option: string]: unknown },
  seed: number,
): number[][] {
  const { step } = driven(sobol, cube(dimension), options, { seed })
  return Array.from({ length: n }, () => {
    const proposal = step()
    ok('configuration' in proposal)
    return Object.values(proposal.configuration).map(Number)
  })
}

test('without scrambling the proposals are the bare sequence', () => {
  const expected = [0, 1, 2, 3, 4].map((index) => [0, 1, 2].map((axis) => coordinate(index, axis)))
  deepEqual(places(3, 5, { scramble: false }, 1), expected)
  deepEqual(places(3, 3, { scramble: false, skip: 2 }, 1), expected.slice(2))
})

test('scrambled proposals stay balanced and differ between seeds', () => {
  const first = places(5, 32, {}, 1)
  for (let axis = 0; axis < 5; axis++)
    equal(new Set(first.map((place) => Math.floor(place[axis]! * 32))).size, 32, 'one in each slice')
  ok(first.every((place, index) => place[0] !== places(5, 32, {}, 2)[index]![0]))
})

test('scrambled sequences are more even than random draws, and up to seven dimensions than Latin hypercubes', () => {
  for (const [dimension, bars] of Object.entries(samplerNumbers().centredDiscrepancy)) {
    const mean = meanOver(20, (seed) => centredDiscrepancy(places(Number(dimension), 64, {}, seed)))
    ok(mean < bars.random64MeanOf100 * 0.9, `dimension ${dimension}: ${mean} against random ${bars.random64MeanOf100}`)
    if (Number(dimension) <= 7) ok(mean < bars.latinHypercube64MeanOf100 * 1.1, `dimension ${dimension}: ${mean}`)
  }
})

test('more axes than there are direction numbers get independent coordinates', () => {
  const wide = places(140, 64, {}, 3).map((place) => place[135]!)
  const mean = wide.reduce((sum, x) => sum + x, 0) / 64
  ok(Math.abs(mean - 0.5) < 4 * Math.sqrt(1 / 12 / 64), `mean ${mean}`)
  equal(new Set(wide).size, 64)
})
