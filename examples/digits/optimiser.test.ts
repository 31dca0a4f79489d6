import assert from 'node:assert/strict'
import { test } from 'node:test'
import { optimiser, step } from './optimiser.ts'
import type { Settings } from './settings.ts'

function near(actual: Float64Array, expected: readonly number[]): void {
  for (const [index, value] of expected.entries()) {
    assert.ok(Math.abs(actual[index]! - value) < 1e-9, `weight ${index} is ${actual[index]}, not ${value}`)
  }
}

test('sgd moves by the learning rate times a velocity that momentum keeps', () => {
  const choice: Settings = { lr: 0.1, hidden: 8, dropout: 0, optimizer: 'sgd', momentum: 0.5 }
  const sgd = optimiser(choice, 2)
  const weights = Float64Array.of(1, 2)
  step(sgd, choice, weights, Float64Array.of(2, -4))
  near(weights, [0.8, 2.4])
  step(sgd, choice, weights, Float64Array.of(0, 0))
  near(weights, [0.7, 2.6])
})

test('adam moves by the learning rate against a steady gradient of any size, and remembers its steps', () => {
  const choice: Settings = { lr: 0.1, hidden: 8, dropout: 0, optimizer: 'adam' }
  const adam = optimiser(choice, 2)
  const weights = Float64Array.of(1, 1)
  for (let count = 1; count <= 3; count++) {
    step(adam, choice, weights, Float64Array.of(1000, -100))
    near(weights, [1 - 0.1 * count, 1 + 0.1 * count])
  }
  // m = 0.9 · 271 = 243.9, v = 0.999 · 2997.001 = 2994.003999; corrected by 1 - 0.9^4 and 1 - 0.999^4.
  step(adam, choice, weights, Float64Array.of(0, -100))
  near(weights, [0.7 - (0.1 * (243.9 / 0.3439)) / Math.sqrt(2994.003999 / 0.003994003999), 1.4])
})
