import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { arbitrarySpace, continuousFloat, finiteParameter } from '../space/arbitrary-space.laws.ts'
import { awkwardSpaces } from '../space/awkward-spaces.laws.ts'
import { space } from '../space/space.ts'
import { densityOf, gridOf } from './grid-density.ts'

const counts = fc
  .array(fc.oneof(fc.constant(0), fc.nat(40)), { minLength: 2, maxLength: 50 })
  .filter((all) => all.some((count) => count > 0))

test('a density sums to 1 and is nowhere 0', () => {
  fc.assert(
    fc.property(counts, fc.boolean(), (all, ordered) => {
      const density = densityOf(Float64Array.from(all), ordered)
      assert.ok(Math.abs(density.reduce((sum, value) => sum + value, 0) - 1) < 1e-12)
      assert.ok(density.every((value) => value > 0))
    }),
  )
})

test('every value has a place, in the order of the axis; few values have one each', () => {
  const spaces = Object.values(awkwardSpaces).map(space)
  fc.assert(
    fc.property(
      fc.oneof(fc.constantFrom(...spaces), arbitrarySpace(fc.oneof(finiteParameter, continuousFloat)).map(space)),
      ({ axes }) => {
        for (const { parameter } of axes) {
          const grid = gridOf(parameter)
          const count = Math.min(parameter.count(101), 200)
          const places = Array.from({ length: count }, (_, index) =>
            grid.placeOf(parameter.encode(parameter.at(index, 101))),
          )
          for (const [index, place] of places.entries()) {
            assert.ok(Number.isInteger(place) && place >= 0 && place < grid.places)
            if (index > 0) assert.ok(place >= places[index - 1]!)
          }
        }
      },
    ),
  )
  const [few, wide, stepped] = space(awkwardSpaces['all integers']!).axes.map(
    ({ parameter }) => gridOf(parameter).places,
  )
  assert.deepEqual([few, wide, stepped], [5, 10, 4])
  const parameter = space({ parameters: { n: { type: 'int', low: 1, high: 50 } }, forbidden: [] }).axes[0]!.parameter
  const grid = gridOf(parameter)
  for (let index = 0; index < 50; index++) assert.equal(grid.placeOf(parameter.encode(parameter.at(index))), index)
})
