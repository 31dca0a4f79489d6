import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { stream } from '../maths/stream.ts'
import { calibrate, normal80, outOfSample, partsOf, rootMeanSquare, sdAt } from './calibration.ts'

/** Truths around predictions, with errors that grow with the prediction. */
function scattered(seed: number, count: number): { predicted: number[]; targets: number[] } {
  const chance = stream(seed, 'scattered')
  const predicted = Array.from({ length: count }, () => chance.uniform())
  return { predicted, targets: predicted.map((mean) => mean + (0.05 + mean) * chance.normal()) }
}

for (const count of [2, 4, 8, 15, 40, 120])
  test(`of ${count} errors the interval holds 80 % of further truths, and where errors are small it is narrow`, () => {
    let inside = 0
    let narrow = 0
    const rounds = 3000 / Math.sqrt(count)
    for (let seed = 0; seed < rounds; seed++) {
      const { predicted, targets } = scattered(seed, count + 1)
      const calibration = calibrate(predicted.slice(1), targets.slice(1))!
      if (Math.abs(targets[0]! - predicted[0]!) <= normal80 * sdAt(calibration, predicted[0]!)) inside++
      if (sdAt(calibration, 0.1) < sdAt(calibration, 0.9)) narrow++
    }
    const share = inside / rounds
    const scatter = 3 * Math.sqrt((0.8 * 0.2) / rounds)
    assert.ok(share > 0.775 - scatter && share < 0.83 + scatter, `${share}`)
    if (count >= 15) assert.ok(narrow / rounds > 0.8, `${narrow / rounds}`)
  })

test('sd follows losses that are scaled or shifted', () => {
  const { predicted, targets } = scattered(5, 30)
  const plain = calibrate(predicted, targets)!
  const change = (loss: number): number => 4 * loss + 8
  const changed = calibrate(predicted.map(change), targets.map(change))!
  for (const mean of [-1, 0, 0.3, 0.7, 2])
    assert.ok(Math.abs(sdAt(changed, change(mean)) - 4 * sdAt(plain, mean)) < 1e-9)
})

test('ties, errors of 0, and one error among them give a finite sd', () => {
  for (const errors of [[0], [1], [0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 3], [1, 1, 1, 1, 1, 1]]) {
    const calibration = calibrate(
      errors.map(() => 2),
      errors.map((error) => 2 + error),
    )!
    const sd = sdAt(calibration, 2)
    assert.ok(sd >= 0 && Number.isFinite(sd), `${errors.join(' ')}: ${sd}`)
    if (errors.every((error) => error === 1) && errors.length > 3) assert.ok(Math.abs(sd * normal80 - 1) < 1e-12)
  }
  assert.equal(calibrate([], []), null)
})

test('rows are left out one by one up to fifty, and beyond in ten parts that each hold their share of the targets', () => {
  fc.assert(
    fc.property(fc.nat(200), fc.nat(), (count, seed) => {
      const parts = partsOf(count, seed)
      assert.deepEqual(
        parts.flat().toSorted((a, b) => a - b),
        Array.from({ length: count }, (_, row) => row),
      )
      if (count <= 50) assert.ok(parts.every((part) => part.length === 1))
      else {
        assert.equal(parts.length, 10)
        for (const part of parts)
          for (const row of part)
            assert.equal(part.filter((other) => Math.floor(other / 10) === Math.floor(row / 10)).length, 1)
      }
    }),
  )
})

test('what is predicted out of sample has not seen the row', () => {
  for (const count of [0, 1, 2, 7, 60]) {
    const seen = outOfSample(count, 1, (rows) => (row) => {
      assert.ok(!rows.includes(row))
      return rows.length
    })
    assert.equal(seen.length, count < 2 ? 0 : count)
  }
})

test('the root mean square of no errors is 0', () => {
  assert.equal(rootMeanSquare([]), 0)
  assert.equal(rootMeanSquare([3, -3]), 3)
})
