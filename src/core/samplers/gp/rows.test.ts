import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fittedRows, representativeRows } from './rows.ts'

test('a fit serves until there is a twentieth more', () => {
  let fits = 0
  for (let n = 1; n <= 1000; n++) {
    const rows = fittedRows(n)
    assert.ok(rows <= n && rows >= n / 1.06 - 1)
    assert.ok(rows >= fittedRows(n - 1))
    assert.equal(fittedRows(rows), rows, 'what was fitted then is what is fitted now')
    if (rows > fittedRows(n - 1)) fits++
  }
  assert.ok(fits < 120, `${fits} fits for 1,000 trials`)
})

test('of too many rows the best and the latest are kept, and some of all the others', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true }), { maxLength: 300 }),
      fc.integer({ min: 3, max: 60 }),
      (losses, most) => {
        const y = Float64Array.from(losses)
        const rows = representativeRows(y, most)
        assert.equal(rows.length, Math.min(most, y.length))
        assert.deepEqual(
          rows,
          [...new Set(rows)].toSorted((a, b) => a - b),
        )
        if (y.length === 0) return
        assert.ok(rows.includes(y.length - 1))
        assert.equal(Math.min(...rows.map((row) => y[row]!)), Math.min(...y))
      },
    ),
  )
})
