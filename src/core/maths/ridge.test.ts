import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { matrixOf } from './matrix.ts'
import { fitRidge, valueAt } from './ridge.ts'
import { stream } from './stream.ts'

function rowsOf(seed: number, n: number, p: number): number[][] {
  const chance = stream(seed, 'rows')
  return Array.from({ length: n }, () => Array.from({ length: p }, () => chance.normal()))
}

/** Intercept, which no ridge holds, and weights: by elimination in the normal equations. */
function plainRidge(rows: readonly (readonly number[])[], y: readonly number[], strength: number): number[] {
  const size = rows[0]!.length + 1
  const full = rows.map((row) => [1, ...row])
  const system = Array.from({ length: size }, (_, i) => [
    ...Array.from({ length: size }, (_column, j) =>
      full.reduce((sum, row) => sum + row[i]! * row[j]!, i === j && i > 0 ? strength : 0),
    ),
    full.reduce((sum, row, index) => sum + row[i]! * y[index]!, 0),
  ])
  for (let pivot = 0; pivot < size; pivot++)
    for (let row = 0; row < size; row++) {
      if (row === pivot) continue
      const factor = system[row]![pivot]! / system[pivot]![pivot]!
      system[row] = system[row]!.map((value, column) => value - factor * system[pivot]![column]!)
    }
  return system.map((row, index) => row[size]! / row[index]!)
}

const answer = (weights: readonly number[], row: readonly number[]): number =>
  row.reduce((sum, value, column) => sum + value * weights[column + 1]!, weights[0]!)

test('it is the ridge whose leave-one-out error, by refitting, is smallest; with fewer columns than rows and with more', () => {
  const draws = fc.record({ seed: fc.nat(1e6), n: fc.integer({ min: 3, max: 9 }), p: fc.integer({ min: 1, max: 12 }) })
  fc.assert(
    fc.property(draws, ({ seed, n, p }) => {
      const rows = rowsOf(seed, n, p)
      const y = rowsOf(seed + 1, n, 1).map(([value]) => value!)
      const columns = rows[0]!.map((_, column) => rows.map((row) => row[column]!))
      const means = columns.map((values) => values.reduce((sum, value) => sum + value / n, 0))
      const ranges = columns.map((values) => Math.max(...values) - Math.min(...values))
      const scaled = rows.map((row) => row.map((value, column) => (value - means[column]!) / ranges[column]!))
      const squares = scaled.flat().reduce((sum, value) => sum + value * value, 0)
      const fits = Array.from({ length: 13 }, (_, step) => {
        const strength = (10 ** (step / 2 - 5) * squares) / p
        const error = y.reduce((sum, value, left) => {
          const others = [...y.keys()].filter((row) => row !== left)
          const weights = plainRidge(
            others.map((row) => scaled[row]!),
            others.map((row) => y[row]!),
            strength,
          )
          return sum + (value - answer(weights, scaled[left]!)) ** 2
        }, 0)
        return { error, weights: plainRidge(scaled, y, strength) }
      })
      const least = Math.min(...fits.map(({ error }) => error))
      const plane = fitRidge(matrixOf(rows), Float64Array.from(y))
      // Strengths whose errors are equal, but for what rounding makes of small differences, are equally good.
      const isOne = fits
        .filter(({ error }) => error <= least * (1 + 1e-4))
        .some(({ weights }) =>
          rows.every((row, index) => Math.abs(valueAt(plane, row) - answer(weights, scaled[index]!)) < 1e-5),
        )
      assert.ok(isOne)
    }),
    { numRuns: 60 },
  )
})

test('a linear function without noise is found, but for what the weakest ridge takes', () => {
  const rows = rowsOf(1, 30, 3)
  const truth = ([a, b, c]: readonly number[]): number => 2 + 3 * a! - b! + 0.5 * c!
  const plane = fitRidge(matrixOf(rows), Float64Array.from(rows, truth))
  for (const row of rowsOf(2, 10, 3)) assert.ok(Math.abs(valueAt(plane, row) - truth(row)) < 1e-2)
})

test('columns that are constant count nothing; two rows give the mean', () => {
  const y = Float64Array.of(1, 2, 4)
  assert.equal(valueAt(fitRidge(matrixOf([[5], [5], [5]]), y), [9]), fitRidge(matrixOf([[5], [5], [5]]), y).mean)
  assert.equal(valueAt(fitRidge(matrixOf([[1], [5]]), y.slice(0, 2)), [9]), 1.5)
})
