import { test } from 'node:test'
import { deepEqual, equal, ok } from 'node:assert/strict'
import { referenceDirections } from './reference-directions.ts'

test('directions are all the ways to divide 1 into equal parts among the objectives', () => {
  deepEqual(referenceDirections(1, 5), [[1]])
  deepEqual(referenceDirections(2, 2), [
    [0, 1],
    [0.5, 0.5],
    [1, 0],
  ])
  const directions = referenceDirections(3, 12)
  equal(directions.length, (14 * 13) / 2)
  equal(new Set(directions.map((direction) => direction.join())).size, directions.length)
  for (const direction of directions)
    ok(Math.abs(direction.reduce((sum, part) => sum + part, 0) - 1) < 1e-12, direction.join())
})
