import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { averageRanks, kendall, mae, mse, pearson, r2, spearman } from './scores.ts'

interface Stored {
  readonly name: string
  readonly truth: readonly number[]
  readonly prediction: readonly number[]
  readonly averageRanksOfTruth: readonly number[]
  readonly [score: string]: unknown
}

const file = new URL('../../../test/golden/reference/scores.json', import.meta.url)
const { scores } = JSON.parse(readFileSync(file, 'utf8')) as { readonly scores: readonly Stored[] }

for (const stored of scores)
  test(`scores of "${stored.name}" are those of scikit-learn and SciPy`, () => {
    const { truth, prediction } = stored
    const found = { r2, mse, mae, pearson, spearman, kendallTauB: kendall }
    const tolerance = stored.name === 'large offset' ? 1e-6 : 1e-12
    for (const [name, score] of Object.entries(found)) {
      const want = Number(stored[name])
      const got = score(truth, prediction)
      const isClose = Number.isNaN(want)
        ? Number.isNaN(got)
        : Math.abs(got - want) <= tolerance * Math.abs(want) + 1e-15
      assert.ok(isClose, `${name}: ${got}, stored ${want}`)
    }
    assert.deepEqual(averageRanks(truth), stored.averageRanksOfTruth)
  })

test('Kendall by merge sort is Kendall by counting pairs', () => {
  const values = fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { minLength: 2, maxLength: 30 })
  fc.assert(
    fc.property(values, (rows) => {
      let sum = 0
      let left = 0
      let right = 0
      for (const [i, a] of rows.entries())
        for (const b of rows.slice(i + 1)) {
          const signs = [Math.sign(a[0] - b[0]), Math.sign(a[1] - b[1])] as const
          sum += signs[0] * signs[1]
          left += Math.abs(signs[0])
          right += Math.abs(signs[1])
        }
      const got = kendall(
        rows.map((row) => row[0]),
        rows.map((row) => row[1]),
      )
      if (left * right === 0) assert.ok(Number.isNaN(got))
      else assert.ok(Math.abs(got - sum / Math.sqrt(left * right)) < 1e-12)
    }),
  )
})
