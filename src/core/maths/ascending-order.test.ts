import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ascendingOrder } from './ascending-order.ts'

const numbers = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e150, max: 1e150 }),
  fc.double({ noNaN: true, min: 1, max: 1 + 1e-12 }),
  fc.integer({ min: -3, max: 3 }),
)

test('numbers come in ascending order, equal ones in order of their indices', () => {
  const property = fc.property(fc.array(numbers, { maxLength: 60 }), (given) => {
    const expected = [...given.keys()].sort((a, b) => given[a]! - given[b]! || a - b)
    assert.deepEqual([...ascendingOrder(Float64Array.from(given))], expected)
  })
  fc.assert(property)
})
