import assert from 'node:assert/strict'
import { test } from 'node:test'
import { trainingCurves } from './curve.ts'
import { featureRow, featureSpec, featuresOption, wantsHyperparameters } from './features.ts'

const training = (hyperparameters: readonly (readonly number[])[] | null) =>
  trainingCurves({
    known: 4,
    target: 4,
    curves: [
      [8, 4, 2, 1],
      [8, 8, 8, 8],
    ],
    hyperparameters,
    seed: 1,
  })

test('a row holds the curve, its differences, its second differences and the configuration, in this order', () => {
  const features = 'curve+differences+second-differences+hyperparameters'
  const spec = featureSpec(features, training([[0.5], [0.25]]))
  const start = { values: [8, 4, 2, 1, 99], hyperparameters: [0.75] }
  assert.deepEqual(featureRow(start, 4, spec), [8, 4, 2, 1, -4, -2, -1, 2, 1, 0.75])
  assert.deepEqual(featureRow(start, 4, featureSpec('curve', training(null))), [8, 4, 2, 1])
  assert.deepEqual(featureRow(start, 4, featureSpec('second-differences', training(null))), [2, 1])
})

test('a parameter that does not exist takes the mean of the others, and a column says so where training curves lack it', () => {
  const lacking = featureSpec(
    'hyperparameters',
    training([
      [0.5, NaN],
      [0.25, 0.5],
    ]),
  )
  assert.deepEqual(featureRow({ values: [1], hyperparameters: [NaN, NaN] }, 4, lacking), [0.375, 0.5, 0])
  assert.deepEqual(featureRow({ values: [1], hyperparameters: [1, 1] }, 4, lacking), [1, 1, 1])
  assert.deepEqual(featureRow({ values: [1], hyperparameters: null }, 4, lacking), [0.375, 0.5, 0])
})

test('where nothing is left of what was chosen, the last known loss stands in', () => {
  assert.deepEqual(
    featureRow({ values: [3, 2], hyperparameters: null }, 2, featureSpec('second-differences', training(null))),
    [2],
  )
  assert.deepEqual(
    featureRow({ values: [3, 2], hyperparameters: [1] }, 2, featureSpec('hyperparameters', training(null))),
    [2],
  )
})

test('a spec is JSON, and the option offers every combination once', () => {
  const spec = featureSpec('curve+hyperparameters', training([[0.5], [NaN]]))
  assert.deepEqual(JSON.parse(JSON.stringify(spec)), spec)
  assert.equal(new Set(featuresOption.choices).size, 15)
  assert.ok(featuresOption.choices!.includes('curve+differences+second-differences+hyperparameters'))
  const wants = (features: string): boolean => wantsHyperparameters({ features })
  assert.deepEqual(['curve', 'curve+hyperparameters', 'hyperparameters'].map(wants), [false, true, true])
})
