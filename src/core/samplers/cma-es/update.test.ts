import { test } from 'node:test'
import { deepEqual, equal, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { stream } from '../../maths/stream.ts'
import type { ParameterDefinition } from '../../space/definition.ts'
import { space } from '../../space/space.ts'
import { deviatesOf } from './deviates.ts'
import { deviation, draw, newDistribution, placeOf, type Distribution } from './distribution.ts'
import { shapeOf } from './shape.ts'
import { updated, type Ranked } from './update.ts'
import { weightsOf } from './weights.ts'

const float: ParameterDefinition = { type: 'float', low: 0, high: 1 }
const shapeWith = (...parameters: readonly ParameterDefinition[]) =>
  shapeOf(
    space({
      parameters: Object.fromEntries(parameters.map((parameter, axis) => [`x${axis}`, parameter])),
      forbidden: [],
    }),
  )

/** Made by cmaes 0.13.1, with the newer tutorial's cMu (1/4 more). */
const reference = JSON.parse(
  readFileSync(new URL('../../../../test/golden/reference/cma-es.json', import.meta.url), 'utf8'),
) as {
  readonly n: number
  readonly lambda: number
  readonly mean: readonly number[]
  readonly sigma: number
  readonly weights: readonly number[]
  readonly cMu: number
  readonly generations: readonly {
    readonly ranked: readonly (readonly number[])[]
    readonly mean: readonly number[]
    readonly sigma: number
    readonly covariance: readonly (readonly number[])[]
  }[]
}

function near(got: ArrayLike<number>, want: ArrayLike<number>, what: string): void {
  equal(got.length, want.length)
  for (let index = 0; index < want.length; index++)
    ok(Math.abs(got[index]! - want[index]!) < 1e-12, `${what}, ${index}: ${got[index]}, expected ${want[index]}`)
}

test('weights, means, step sizes and covariances are those of the reference', () => {
  const weights = weightsOf(reference.n, reference.lambda)
  near(weights.weights, reference.weights, 'weights')
  near([weights.cMu], [reference.cMu], 'cMu')
  const shape = shapeWith(float, float, float)
  let distribution = newDistribution(shape, { mean: Float64Array.from(reference.mean), sigma: reference.sigma })
  for (const [index, { ranked, mean, sigma, covariance }] of reference.generations.entries()) {
    distribution = updated(
      shape,
      distribution,
      ranked.map((numbers) => ({ ...trial(numbers), isInjected: false })),
    )
    near(distribution.mean, mean, `mean of generation ${index}`)
    near([distribution.sigma], [sigma], `sigma of generation ${index}`)
    near(distribution.covariance, covariance.flat(), `covariance of generation ${index}`)
  }
})

function trial(numbers: readonly number[], choices: readonly number[] = [], absent: readonly number[] = []): Ranked {
  const isPresent = new Uint8Array(numbers.length + choices.length).fill(1)
  for (const axis of absent) isPresent[axis] = 0
  return { numbers: Float64Array.from(numbers), choices: Uint32Array.from(choices), isPresent, isInjected: true }
}

test('the covariance stays symmetric and positive definite, the chances a distribution above their margin', () => {
  const category: ParameterDefinition = { type: 'categorical', choices: ['a', 'b', 'c'] }
  const shape = shapeWith(float, { type: 'int', low: 1, high: 5 }, float, category)
  fc.assert(
    fc.property(fc.nat(1e6), fc.integer({ min: 2, max: 12 }), (seed, lambda) => {
      const chance = stream(seed, 'update')
      let distribution: Distribution = newDistribution(shape, { mean: new Float64Array(3).fill(0.5), sigma: 0.3 })
      for (let generation = 0; generation < 30; generation++) {
        // Trials with gaps, from anywhere, good and bad alike: nothing that a sound search would give.
        const ranked = Array.from({ length: lambda }, () =>
          trial(
            [0, 1, 2].map(() => chance.uniform() * 1.2 - 0.1),
            [chance.integer(3)],
            [0, 1, 2, 3].filter(() => chance.uniform() < 0.4),
          ),
        )
        distribution = updated(shape, distribution, ranked)
        const { covariance, roots, sigma, chances } = distribution
        for (let row = 0; row < 3; row++)
          for (let column = 0; column < 3; column++) equal(covariance[row * 3 + column], covariance[column * 3 + row])
        ok(roots.every((root) => root > 0) && sigma > 0 && sigma <= 1)
        ok(Math.abs(chances[0]!.reduce((sum, share) => sum + share, 0) - 1) < 1e-12)
        ok(Math.min(...chances[0]!) >= 0.15 / 2 - 1e-12)
      }
    }),
    { numRuns: 20 },
  )
})

test('what no trial of a generation has keeps its mean, its covariance and its chances', () => {
  const category: ParameterDefinition = { type: 'categorical', choices: ['a', 'b', 'c'] }
  const shape = shapeWith(float, float, category)
  const before = newDistribution(shape, { mean: Float64Array.of(0.3, 0.7), sigma: 0.1 })
  const chance = stream(4)
  const ranked = Array.from({ length: 8 }, () => trial([0.2 + 0.1 * chance.uniform(), chance.uniform()], [0], [1, 2]))
  const after = updated(shape, before, ranked)
  ok(after.mean[0]! < 0.27, 'what all have has moved')
  equal(after.mean[1], 0.7)
  deepEqual([...after.covariance.subarray(1)], [0, 0, 1])
  near(after.chances[0]!, before.chances[0]!, 'chances')
})

test('an integer keeps the chance to leave its value that the margin grants', () => {
  const shape = shapeWith({ type: 'int', low: 0, high: 9 }, { type: 'int', low: 0, high: 9 })
  let distribution = newDistribution(shape, { mean: Float64Array.of(0.55, 0.95), sigma: 0.2 })
  const chance = stream(1)
  const lambda = 8
  for (let generation = 0; generation < 60; generation++) {
    const drawn = Array.from({ length: lambda }, () => draw(distribution, chance, 1, new Float64Array(2)))
    const distance = ({ numbers }: { readonly numbers: Float64Array }) =>
      Math.abs(Math.floor(numbers[0]! * 10) - 5) + Math.abs(Math.min(9, Math.floor(numbers[1]! * 10)) - 9)
    drawn.sort((a, b) => distance(a) - distance(b))
    distribution = updated(
      shape,
      distribution,
      drawn.map((one) => ({ ...one, isPresent: Uint8Array.of(1, 1), isInjected: false })),
    )
  }
  let [middle, end] = [0, 0]
  const draws = 20_000
  for (let index = 0; index < draws; index++) {
    const place = placeOf(shape, draw(distribution, chance, 1, new Float64Array(2)))
    if (Math.floor(place[0]! * 10) !== 5) middle++
    if (Math.min(9, Math.floor(place[1]! * 10)) !== 9) end++
  }
  // alpha is 1 / (2 axes x 8 trials), here over both neighbours, there over the only one. Five standard deviations of a count of 20,000 are 0.009.
  const alpha = 1 / 16
  ok(middle / draws > alpha - 0.009 && end / draws > alpha - 0.009, `${middle / draws}, ${end / draws}`)
  ok(deviation(distribution, 0) < 0.2, 'it has narrowed all the same')
})

test('deviates are at right angles, mirrored, and of the length of normal ones', () => {
  const size = 6
  const deviates = deviatesOf(3, size)
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, axis) => sum + value * b[axis]!, 0)
  for (let pair = 0; pair < size; pair++) {
    const one = deviates(7, 2 * pair)
    deepEqual(
      [...deviates(7, 2 * pair + 1)],
      [...one].map((value) => -value),
    )
    for (let other = 0; other < pair; other++) ok(Math.abs(dot(one, deviates(7, 2 * other))) < 1e-12)
  }
  let squares = 0
  for (let generation = 0; generation < 500; generation++)
    squares += dot(deviates(generation, 2 * size), deviates(generation, 2 * size))
  // The mean of 500 chi-squares of 6 degrees, within five standard deviations.
  ok(Math.abs(squares / 500 - size) < 5 * Math.sqrt((2 * size) / 500), `${squares / 500}`)
})
