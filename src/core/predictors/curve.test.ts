import assert from 'node:assert/strict'
import { test } from 'node:test'
import { filledStart, trainingCurves } from './curve.ts'

test('gaps carry the last finite value forward, leading ones take the first finite value', () => {
  assert.deepEqual(filledStart([NaN, Infinity, 3, NaN, 2, -Infinity, 7], 6), [3, 3, 3, 3, 2, 2])
  assert.deepEqual(filledStart([5], 3), [5, 5, 5])
  assert.equal(filledStart([NaN, Infinity], 2), null)
  assert.equal(filledStart([NaN, NaN, 3], 2), null, 'what is known later does not fill what comes before')
})

test('a magnitude beyond 1e100 is no loss, and one below 1e-100 is 0', () => {
  assert.deepEqual(filledStart([1e101, -1e-101, 1e100], 3), [0, 0, 1e100])
})

test('curves without a finite loss at the target, or with nothing known, are left out; the others stand by their loss', () => {
  const curves = [
    [3, NaN, 9],
    [1, 1, NaN],
    [NaN, NaN, 4],
    [2, 2, 5],
    [2, 1, 5],
  ]
  const {
    starts,
    targets,
    curves: whole,
  } = trainingCurves({ known: 2, target: 3, curves, hyperparameters: [[0], [1], [2], [3], [4]], seed: 1 })
  assert.deepEqual(targets, [5, 5, 9])
  assert.deepEqual(starts, [
    { values: [2, 1], hyperparameters: [4] },
    { values: [2, 2], hyperparameters: [3] },
    { values: [3, 3], hyperparameters: [0] },
  ])
  assert.deepEqual(whole, [
    [2, 1, 5],
    [2, 2, 5],
    [3, 3, 9],
  ])
})

test('of a whole curve what lies between known and target may be missing, a longer curve is cut', () => {
  const { curves } = trainingCurves({ known: 1, target: 3, curves: [[1, NaN, 3, 4]], hyperparameters: null, seed: 1 })
  assert.deepEqual(curves, [[1, NaN, 3]])
})
