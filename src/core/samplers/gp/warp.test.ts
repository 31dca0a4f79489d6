import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { scalesOf, warp } from './warp.ts'

const losses = fc.array(fc.double({ min: -1e150, max: 1e150, noNaN: true }), { minLength: 2, maxLength: 40 })

test('warped losses keep their order, have mean 0 and are finite, however large', () => {
  fc.assert(
    fc.property(losses, fc.constantFrom(Infinity, 1e-3, 1, 1e6), (given, scale) => {
      const { y, slope } = warp(Float64Array.from(given), scale)
      assert.ok(y.every(Number.isFinite) && slope.every((value) => value >= 0))
      assert.ok(Math.abs(y.reduce((sum, value) => sum + value, 0)) < 1e-6 * y.length)
      for (let a = 0; a < y.length; a++)
        for (let b = 0; b < y.length; b++) if (given[a]! < given[b]!) assert.ok(y[a]! <= y[b]!)
    }),
  )
})

test('the slope is the derivative, and the Jacobian the product of slopes', () => {
  const given = Float64Array.of(3, 0.5, 40, 900, 2)
  for (const scale of [Infinity, 5]) {
    const { y, slope, logJacobian } = warp(given, scale)
    assert.ok(Math.abs(slope.reduce((sum, value) => sum + Math.log(value), 0) - logJacobian) < 1e-12)
    // Neighbouring values of the same warp: the mean and spread stay next to the same.
    const [a, b] = [2, 0]
    const between = warp(Float64Array.of(...given, 3.001), scale)
    const change = (between.y[5]! - between.y[b]!) / 0.001
    assert.ok(Math.abs(change / between.slope[b]! - 1) < 1e-3)
    assert.ok(y[a]! > y[b]!)
  }
})

test('no scale is tried where losses do not differ', () => {
  assert.deepEqual(scalesOf(Float64Array.of(1, 1, 1), [0.5, 0.1]), [Infinity])
  assert.deepEqual(scalesOf(Float64Array.of(5, 1, 2, 4, 3), [0.5]), [Infinity, 2])
})
