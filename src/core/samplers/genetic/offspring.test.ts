import { test } from 'node:test'
import { deepEqual, equal, ok } from 'node:assert/strict'
import fc from 'fast-check'
import { stream } from '../../maths/stream.ts'
import { space } from '../../space/space.ts'
import { child, crossovers, mutations, type Breeding } from './offspring.ts'

const three = space({
  parameters: {
    x: { type: 'float', low: 0, high: 1 },
    y: { type: 'float', low: 0, high: 1 },
    pick: { type: 'categorical', choices: ['a', 'b', 'c', 'd'] },
  },
  forbidden: [],
})

const plain: Breeding = {
  crossover: 'uniform',
  crossoverProb: 1,
  swappingProb: 0.5,
  mutation: 'polynomial',
  mutationProb: 0,
  etaCrossover: 2,
  etaMutation: 5,
}

const place = (...units: number[]) => Float64Array.from(units)
const children = (population: readonly Float64Array[], changes: Partial<Breeding>, count = 400) =>
  Array.from({ length: count }, (_, index) => child(three, population, { ...plain, ...changes }, stream(5, index)))

test('a child lies in the cube and has a value on every axis, whatever its parents lack', () => {
  const unit = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constant(NaN))
  fc.assert(
    fc.property(
      fc.array(fc.tuple(unit, unit, unit), { minLength: 1, maxLength: 6 }),
      fc.constantFrom(...crossovers),
      fc.constantFrom(...mutations),
      fc.nat(1e6),
      (population, crossover, mutation, seed) => {
        const breeding = { ...plain, crossover, mutation, mutationProb: 0.5 }
        const places = population.map((units) => place(...units))
        const born = child(three, places, breeding, stream(seed))
        ok(
          born.every((value) => value >= 0 && value <= 1),
          [...born].join(),
        )
        deepEqual(child(three, places, breeding, stream(seed)), born)
        deepEqual(
          places,
          population.map((units) => place(...units)),
          'parents stay as they are',
        )
      },
    ),
  )
})

test('uniform crossover takes every value from a parent', () => {
  const born = children([place(0.1, 0.2, 0.125), place(0.7, 0.8, 0.875)], {})
  equal(new Set(born.map((one) => [...one].join())).size, 8, 'all combinations')
  ok(born.every(([x, y, pick]) => [0.1, 0.7].includes(x!) && [0.2, 0.8].includes(y!) && [0.125, 0.875].includes(pick!)))
})

test('what one parent lacks comes from the other, what both lack from another of the population', () => {
  const lacking = [place(0.1, NaN, 0.125), place(0.2, NaN, 0.125), place(0.9, 0.6, 0.125)]
  for (const [, y] of children(lacking, { crossoverProb: 0.5 })) equal(y, 0.6)
})

test('blxalpha and sbx reach around the parents, undx across them as far as the third is away', () => {
  const pair = [place(0.4, 0.5, 0.125), place(0.6, 0.5, 0.125)]
  for (const [x, y] of children(pair, { crossover: 'blxalpha' })) ok(x! >= 0.3 && x! <= 0.7 && y === 0.5)
  const spread = (values: readonly number[], middle: number) =>
    Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / values.length)
  const crossed = children(pair, { crossover: 'sbx' }).map(([x]) => x!)
  ok(Math.min(...crossed) < 0.4 && Math.max(...crossed) > 0.6)
  ok(Math.abs(spread(crossed, 0.5) - 0.1) < 0.03, `${spread(crossed, 0.5)}`)
  // Whichever two come first, the three lie on the corners of a triangle; its middle is that of the children.
  const triangle = [place(0.4, 0.4, 0.125), place(0.6, 0.4, 0.125), place(0.5, 0.6, 0.125)]
  const normal = children(triangle, { crossover: 'undx' }, 2000)
  ok(Math.abs(normal.reduce((sum, [x]) => sum + x!, 0) / 2000 - 0.5) < 0.02)
  ok(
    spread(
      normal.map(([, y]) => y!),
      0.45,
    ) > 0.05,
  )
})

test('mutation changes as many axes as it should: ordered ones a little or anywhere, categories to another choice', () => {
  const alone = [place(0.5, 0.5, 0.125)]
  const small = children(alone, { mutationProb: 0.25 })
  const changed = small.flatMap((one) => [...one].filter((value, axis) => value !== alone[0]![axis])).length
  ok(Math.abs(changed / 1200 - 0.25) < 0.06, `${changed}`)
  const all = children(alone, { mutationProb: 1 })
  ok(all.every(([, , pick]) => pick !== 0.125))
  equal(new Set(all.map(([, , pick]) => pick)).size, 3)
  const far = (born: readonly Float64Array[]) => born.filter(([x]) => Math.abs(x! - 0.5) > 0.25).length / born.length
  ok(far(all) < 0.25)
  ok(Math.abs(far(children(alone, { mutationProb: 1, mutation: 'uniform' })) - 0.5) < 0.1)
})
