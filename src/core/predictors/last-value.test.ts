import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lastValue } from './last-value.ts'
import { predictorLaws, predictorOf } from './predictor.laws.ts'

predictorLaws(lastValue)
predictorLaws(lastValue, { options: { correction: 'mean' }, runs: 4 })

test('the corrections: a line through the last known losses, the mean change, nothing', () => {
  const input = {
    known: 1,
    target: 2,
    curves: [
      [1, 3],
      [2, 5],
      [3, 7],
      [6, 13],
    ],
    hyperparameters: null,
    seed: 1,
  }
  const answer = (correction: string, curves = input.curves): number => {
    const predictor = predictorOf(lastValue, { correction })
    return predictor.predict(predictor.fit({ ...input, curves }), { values: [10], hyperparameters: null }).mean
  }
  assert.ok(Math.abs(answer('line') - 21) < 1e-12)
  assert.equal(answer('mean'), 14)
  assert.equal(answer('none'), 10)
  assert.equal(answer('line', input.curves.slice(0, 2)), 12.5, 'two curves make no line')
  assert.equal(
    answer('line', [
      [1, 3],
      [1, 4],
      [1, 5],
    ]),
    13,
    'nor do curves that stand at one loss',
  )
})
