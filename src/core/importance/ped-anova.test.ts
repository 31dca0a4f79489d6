import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { matrixOf, rowsOf } from '../maths/matrix.ts'
import { stream } from '../maths/stream.ts'
import { arbitrarySpace, continuousFloat, finiteParameter } from '../space/arbitrary-space.laws.ts'
import { encode, randomConfiguration, space, type Space } from '../space/space.ts'
import { bestPart } from './best-part.ts'
import { golden, goldenLosses, goldenPlaces, goldenSpace } from './golden-trials.laws.ts'
import { pedAnova, pedAnovaByChance, type PedAnovaParts } from './ped-anova.ts'

const partsOf = (losses: readonly Float64Array[], target: number, region = 1): PedAnovaParts => ({
  target: bestPart(losses, target),
  region: bestPart(losses, region),
  evaluateOnLocal: true,
})

test('importances of the stored trials are those of Optuna', () => {
  for (const { targetQuantile, regionQuantile, evaluateOnLocal, raw, normalised } of golden.pedAnova) {
    const parts = { ...partsOf([goldenLosses], targetQuantile, regionQuantile), evaluateOnLocal }
    const found = pedAnova(goldenSpace, goldenPlaces, parts)
    const total = found.reduce((sum, value) => sum + value, 0)
    for (const [axis, name] of goldenSpace.names.entries()) {
      assert.ok(Math.abs(found[axis]! / raw[name]! - 1) < 1e-9, `${name}: ${found[axis]} and not ${raw[name]}`)
      assert.ok(Math.abs(found[axis]! / total / normalised[name]! - 1) < 1e-9)
    }
  }
})

const trials = (of: Space, count: number, seed: number) => {
  const chance = stream(seed, 'trials')
  const rows = Array.from({ length: count }, () => [...encode(of, randomConfiguration(of, chance)!)])
  return { places: matrixOf(rows), losses: Float64Array.from(rows, () => chance.normal()) }
}

const anySpace = arbitrarySpace(fc.oneof(finiteParameter, continuousFloat)).map(space)

test('in any space importances are finite, not negative, and the same for trials in another order or losses on another scale', () => {
  fc.assert(
    fc.property(anySpace, fc.nat(), fc.integer({ min: 2, max: 60 }), (of, seed, count) => {
      fc.pre(of.size > 0)
      const { places, losses } = trials(of, count, seed)
      const found = pedAnova(of, places, partsOf([losses], 0.2))
      assert.ok(found.every((value) => Number.isFinite(value) && value >= 0))
      const order = stream(seed, 'order').permutation(count)
      const shuffled = Float64Array.from(order, (row) => losses[row]!)
      assert.deepEqual(pedAnova(of, rowsOf(places, order), partsOf([shuffled], 0.2)), found)
      const rescaled = losses.map((loss) => Math.exp(loss) - 7)
      assert.deepEqual(pedAnova(of, places, partsOf([rescaled], 0.2)), found)
    }),
    { numRuns: 100 },
  )
})

const two = space({
  parameters: { lr: { type: 'float', low: 1e-4, high: 1, log: true }, idle: { type: 'float', low: 0, high: 1 } },
  forbidden: [],
})

test('a parameter that decides has more than one that does nothing, which has what chance gives', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const { places } = trials(two, 100, seed)
      const losses = Float64Array.from({ length: 100 }, (_, row) => Math.abs(places.values[2 * row]! - 0.3))
      const parts = partsOf([losses], 0.1)
      const [lr, idle] = pedAnova(two, places, parts) as [number, number]
      const [byChance] = pedAnovaByChance(two, places, parts, { count: 20, seed }) as [number]
      assert.ok(lr > 3 * idle && lr > 3 * byChance, `${lr} ${idle} ${byChance}`)
    }),
    { numRuns: 50 },
  )
})

test('the mean over many idle parameters is what chance gives', () => {
  const { places, losses } = trials(two, 200, 1)
  const parts = partsOf([losses], 0.1)
  const expected = pedAnovaByChance(two, places, parts, { count: 200, seed: 3 })
  let sum = 0
  for (let seed = 0; seed < 200; seed++) sum += pedAnova(two, places, partsOf([trials(two, 200, seed).losses], 0.1))[0]!
  assert.ok(Math.abs(sum / 200 / expected[0]! - 1) < 0.2, `${sum / 200} and ${expected[0]}`)
})

test('a conditional parameter is looked at among the trials that have it, and its parent has the rest', () => {
  const of = space({
    parameters: {
      kind: { type: 'categorical', choices: ['a', 'b'] },
      x: { type: 'float', low: 0, high: 1, when: { kind: 'a' } },
    },
    forbidden: [],
  })
  const { places } = trials(of, 200, 5)
  const importancesOf = (loss: (x: number) => number): number[] => {
    const losses = Float64Array.from({ length: 200 }, (_, row) => loss(places.values[2 * row + 1]!))
    return pedAnova(of, places, partsOf([losses], 0.1))
  }
  const [kind, x] = importancesOf((at) => (Number.isNaN(at) ? 0.5 : at)) as [number, number]
  assert.ok(x > 2 * kind, `x decides: ${kind} ${x}`)
  const noise = stream(1, 'noise')
  const [parent, child] = importancesOf((at) => (Number.isNaN(at) ? 0 : 1) + noise.uniform()) as [number, number]
  assert.equal(child, 0)
  assert.ok(parent > 0)
})

test('with several objectives the best are those nearest to the front', () => {
  // Both objectives want a small x; between them they trade y.
  const of = space({
    parameters: { x: { type: 'float', low: 0, high: 1 }, y: { type: 'float', low: 0, high: 1 } },
    forbidden: [],
  })
  const { places } = trials(of, 300, 2)
  const at = (row: number, axis: number): number => places.values[2 * row + axis]!
  const losses = [
    Float64Array.from({ length: 300 }, (_, row) => at(row, 0) + at(row, 1)),
    Float64Array.from({ length: 300 }, (_, row) => at(row, 0) + 1 - at(row, 1)),
  ]
  const target = bestPart(losses, 0.1)
  assert.equal(
    target.reduce((sum, is) => sum + is, 0),
    30,
  )
  const [x, y] = pedAnova(of, places, partsOf(losses, 0.1)) as [number, number]
  assert.ok(x > 10 * y, `${x} ${y}`)
})

test('equal losses are never told apart', () => {
  const losses = [Float64Array.from([3, 1, 1, 1, 2, 5, 4, 7, 8, 9])]
  assert.deepEqual([...bestPart(losses, 0.1)], [0, 1, 1, 1, 0, 0, 0, 0, 0, 0])
  assert.deepEqual(
    [...bestPart(losses, 1)],
    Array.from({ length: 10 }, () => 1),
  )
})
