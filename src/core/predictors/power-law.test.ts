import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stream } from '../maths/stream.ts'
import { fitShape, sumsOf } from './curve-fit.ts'
import { families, shapesUpTo } from './curve-shapes.ts'
import { lastValue } from './last-value.ts'
import { powerLaw } from './power-law.ts'
import { predictorLaws, predictorOf } from './predictor.laws.ts'

predictorLaws(powerLaw, { runs: 6 })

/** end + drop x shape: of many exponents, which are none of the grid. */
const curve = (seed: number, epochs: number, fall: (t: number, speed: number) => number): number[] => {
  const chance = stream(seed, 'curve')
  const end = chance.uniform()
  const drop = 0.5 + chance.uniform()
  const speed = 0.3 + chance.uniform()
  return Array.from({ length: epochs }, (_, epoch) => end + drop * fall(epoch + 1, speed) + 1e-4 * chance.normal())
}

const truths = [
  { name: 'power laws', most: 0.2, fall: (t: number, speed: number) => t ** -speed },
  { name: 'exponentials', most: 0.7, fall: (t: number, speed: number) => Math.exp((-t * speed) / 20) },
  { name: 'logarithms', most: 0.2, fall: (t: number) => 1 / Math.log(t + 1) },
]

for (const { name, most, fall } of truths)
  test(`${name} are continued: from a quarter, with at most ${most} of the error of the corrected last value`, () => {
    const known = 15
    const target = 60
    const curves = Array.from({ length: 20 }, (_, row) => curve(row, target, fall))
    const input = { known, target, curves, hyperparameters: null, seed: 1 }
    const errorOf = (kind: typeof powerLaw): number => {
      const predictor = predictorOf(kind)
      const model = predictor.fit(input)
      const errors = Array.from({ length: 30 }, (_, row) => {
        const values = curve(100 + row, target, fall)
        return Math.abs(predictor.predict(model, { values, hyperparameters: null }).mean - values[target - 1]!)
      })
      return errors.reduce((sum, error) => sum + error / errors.length, 0)
    }
    assert.ok(errorOf(powerLaw) < most * errorOf(lastValue), `${errorOf(powerLaw)} against ${errorOf(lastValue)}`)
  })

test('a shape falls from 0 at the first epoch to -1 at the target, never rising; a curve of one epoch has none', () => {
  for (const target of [2, 3, 12, 100, 1000]) {
    const shapes = shapesUpTo(target)
    assert.deepEqual(new Set(shapes.map(({ family }) => family)), new Set(families))
    for (const { values } of shapes) {
      assert.equal(values[0], 0)
      assert.ok(Math.abs(values[target - 1]! + 1) < 1e-9)
      for (let epoch = 1; epoch < target; epoch++) assert.ok(values[epoch]! <= values[epoch - 1]!)
    }
  }
  assert.deepEqual(shapesUpTo(1), [])
})

test('without a prior a curve of the very shape is fitted exactly; a sure prior wins over a short start', () => {
  const shape = Float64Array.of(0, -0.5, -0.8, -1)
  const losses = Array.from(shape, (value) => 3 + 2 * value)
  const fit = fitShape(sumsOf(losses, shape, 4), { noise: 0, observations: 4, prior: null })
  assert.ok(Math.abs(fit.drop - 2) < 1e-12 && fit.residual < 1e-15)
  const sure = fitShape(sumsOf(losses, shape, 2), { noise: 1, observations: 2, prior: { mean: 5, sd: 0.001 } })
  assert.ok(Math.abs(sure.drop - 5) < 1e-3)
  const gaps = fitShape(sumsOf([losses[0]!, NaN, Infinity, losses[3]!], shape, 4), {
    noise: 0,
    observations: 4,
    prior: null,
  })
  assert.ok(Math.abs(gaps.drop - 2) < 1e-12)
})
