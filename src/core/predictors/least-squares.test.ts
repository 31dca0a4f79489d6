import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stream } from '../maths/stream.ts'
import { leastSquares } from './least-squares.ts'
import { predictorLaws, predictorOf } from './predictor.laws.ts'

predictorLaws(leastSquares)
predictorLaws(leastSquares, { options: { features: 'curve+hyperparameters' }, runs: 4 })

test('a loss that is linear in the known ones is found, with fewer curves than epochs as with more', () => {
  for (const count of [8, 60]) {
    const chance = stream(count, 'linear')
    const curve = (): number[] => {
      const end = chance.uniform()
      const slope = chance.uniform()
      const values = Array.from({ length: 10 }, (_, epoch) => end + slope / (1 + epoch))
      return [...values, 2 * values[9]! - 0.5 * values[0]!]
    }
    const predictor = predictorOf(leastSquares)
    const model = predictor.fit({
      known: 10,
      target: 11,
      curves: Array.from({ length: count }, curve),
      hyperparameters: null,
      seed: 1,
    })
    for (let row = 0; row < 10; row++) {
      const values = curve()
      const { mean } = predictor.predict(model, { values, hyperparameters: null })
      assert.ok(Math.abs(mean - values[10]!) < 1e-2, `${mean}, true ${values[10]}`)
    }
  }
})
