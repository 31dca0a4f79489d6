import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { matrixOf, rowsOf } from '../maths/matrix.ts'
import { stream } from '../maths/stream.ts'
import { arbitrarySpace, continuousFloat, finiteParameter } from '../space/arbitrary-space.laws.ts'
import { awkwardSpaces } from '../space/awkward-spaces.laws.ts'
import { encode, randomConfiguration, space, type Space } from '../space/space.ts'
import type { Configuration } from '../trial.ts'
import { fanova, type Fanova } from './fanova.ts'
import { golden, goldenFunction, goldenLosses, goldenPlaces, goldenSpace } from './golden-trials.laws.ts'

const measured = (of: Space, count: number, value: (configuration: Configuration) => number, trees = 32): Fanova => {
  const chance = stream(4, 'trials')
  const configurations = Array.from({ length: count }, () => randomConfiguration(of, chance)!)
  const places = matrixOf(configurations.map((configuration) => [...encode(of, configuration)]))
  return fanova(of, places, Float64Array.from(configurations, value), { trees, seed: 1, interactions: true })
}

test('main effects of the stored trials are near those of Optuna, where b is measured in its logarithm', () => {
  for (const seed of [1, 2, 3]) {
    const { mainEffects } = fanova(goldenSpace, goldenPlaces, goldenLosses, { trees: 64, seed, interactions: false })
    for (const [axis, name] of goldenSpace.names.entries()) {
      const { mean } = golden.fanova.importancesWithLog10OfB[name]!
      assert.ok(Math.abs(mainEffects[axis]! - mean) < 0.08, `${name}: ${mainEffects[axis]}, Optuna ${mean}`)
      const exact = golden.exact.mainEffects[name]!
      assert.ok(Math.abs(mainEffects[axis]! - exact) < 0.11, `${name}: ${mainEffects[axis]}, exactly ${exact}`)
    }
  }
})

test('with more trials they come nearer to the exact shares, and the interaction shows', () => {
  const { mainEffects, interactions } = measured(goldenSpace, 3000, goldenFunction)
  for (const [axis, name] of goldenSpace.names.entries()) {
    const exact = golden.exact.mainEffects[name]!
    assert.ok(Math.abs(mainEffects[axis]! - exact) < 0.05, `${name}: ${mainEffects[axis]}, exactly ${exact}`)
  }
  const strongest = interactions.toSorted((a, b) => b.effect - a.effect)[0]!
  assert.deepEqual(
    strongest.axes.map((axis) => goldenSpace.names[axis]),
    ['g', 'h'],
  )
  assert.ok(Math.abs(strongest.effect - golden.exact.interactionGH) < 0.05, `${strongest.effect}`)
})

test('a conditional parameter counts by how much of the space has it', () => {
  const of = space({
    parameters: {
      kind: { type: 'categorical', choices: ['a', 'b', 'c', 'd'] },
      x: { type: 'float', low: 1e-3, high: 1, log: true, when: { kind: ['a', 'b', 'c'] } },
      y: { type: 'int', low: 1, high: 4, when: { x: { atMost: 0.1 } } },
    },
    forbidden: [],
  })
  // Variances: of x and of y where they exist 1/12 and 5/4; of the means of kinds 3/16 * 2^2.
  const { mainEffects, exists } = measured(of, 3000, ({ kind, x, y }) =>
    kind === 'd' ? 5.5 : (Math.log10(Number(x)) + 3) / 3 + (y === undefined ? 2.5 : Number(y)),
  )
  assert.deepEqual(
    exists.map((share) => Number(share.toFixed(2))),
    [1, 0.75, 0.5],
  )
  const whole = 0.75 / 12 + (0.5 * 5) / 4 + (3 / 16) * 2.5 ** 2
  const exact = [((3 / 16) * 2.5 ** 2) / whole, 0.75 / 12 / whole, (0.5 * 5) / 4 / whole]
  for (const [axis, share] of exact.entries())
    assert.ok(Math.abs(mainEffects[axis]! - share) < 0.04, `${of.names[axis]}: ${mainEffects[axis]}, exactly ${share}`)
})

const anySpace = arbitrarySpace(fc.oneof(finiteParameter, continuousFloat))

test('in any space effects are shares, and the order of trials changes nothing', () => {
  const awkward = fc.constantFrom(...Object.values(awkwardSpaces))
  fc.assert(
    fc.property(
      fc.oneof(anySpace, awkward).map(space),
      fc.nat(),
      fc.integer({ min: 1, max: 40 }),
      (of, seed, count) => {
        fc.pre(of.size > 0)
        const chance = stream(seed, 'trials')
        const rows = Array.from({ length: count }, () => [...encode(of, randomConfiguration(of, chance)!)])
        const losses = Float64Array.from(rows, () => chance.normal())
        const options = { trees: 4, seed, interactions: true }
        const found = fanova(of, matrixOf(rows), losses, options)
        const effects = [...found.mainEffects, ...found.interactions.map(({ effect }) => effect)]
        assert.ok(
          effects.every((effect) => effect >= 0 && effect <= 1),
          `${effects.join()}`,
        )
        if (of.axes.every(({ when }) => !when))
          assert.ok(effects.reduce((sum, effect) => sum + effect, 0) <= 1 + 1e-9, `${effects.join()}`)
        const order = stream(seed, 'order').permutation(count)
        const shuffled = Float64Array.from(order, (row) => losses[row]!)
        assert.deepEqual(fanova(of, rowsOf(matrixOf(rows), order), shuffled, options), found)
      },
    ),
    { numRuns: 100 },
  )
})
