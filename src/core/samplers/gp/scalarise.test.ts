import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stream } from '../../maths/stream.ts'
import { randomWeights, scalarised } from './scalarise.ts'

const exact = (...losses: number[]) => ({ y: Float64Array.from(losses), sd: new Float64Array(losses.length) })

test('weights are shares, and no objective is favoured', () => {
  const sums = [0, 0, 0]
  for (let draw = 0; draw < 2000; draw++) {
    const weights = randomWeights(3, stream(1, draw))
    assert.ok(Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-12)
    for (const [index, weight] of weights.entries()) sums[index]! += weight / 2000
  }
  for (const mean of sums) assert.ok(Math.abs(mean - 1 / 3) < 0.02)
})

test('neither units nor outliers matter, and whoever dominates is better', () => {
  const weights = [0.3, 0.7]
  const { y } = scalarised([exact(1, 2, 3, 4), exact(40, 10, 30, 41)], weights)
  assert.deepEqual(scalarised([exact(0.001, 0.002, 0.003, 1e9), exact(-1, -4, -2, 5)], weights).y, y)
  for (const dominated of [0, 2, 3]) if (dominated !== 0) assert.ok(y[1]! < y[dominated]!)
  assert.ok(y[2]! < y[3]!)
})

test('equal losses are equally good, and an uncertain loss stays uncertain', () => {
  const { y } = scalarised([exact(1, 1, 2), exact(5, 5, 4)], [0.5, 0.5])
  assert.equal(y[0], y[1])
  const uncertain = { y: Float64Array.of(0, 1, 2, 3, 4), sd: Float64Array.of(0, 0, 1, 0, 0) }
  const { sd } = scalarised([uncertain, exact(4, 3, 2, 1, 0)], [0.5, 0.5])
  assert.ok(sd[2]! > 0 && sd[2]! <= 1 && sd[0] === 0)
})
