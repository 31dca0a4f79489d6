import { test } from 'node:test'
import { deepEqual, equal, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { type Matrix, matrixOf } from '../maths/matrix.ts'
import { fitScaler, scaled, scaledMatrix, type Scaling, unscaled } from './scaling.ts'

interface Golden {
  readonly name: string
  readonly data: readonly number[]
  readonly quantiles: readonly number[]
  readonly new: readonly number[]
  readonly forwardData: readonly number[]
  readonly forwardNew: readonly number[]
  readonly u: readonly number[]
  readonly inverse: readonly number[]
}

const reference = new URL('../../../test/golden/reference/quantile-transformer.json', import.meta.url)

for (const golden of JSON.parse(readFileSync(reference, 'utf8')) as readonly Golden[])
  test(`quantile scaling is that of scikit-learn: ${golden.name}`, () => {
    const scaler = fitScaler('quantile', matrixOf(golden.data.map((value) => [value])))
    ok(scaler.type === 'quantile')
    const forward = (values: readonly number[]): number[] => values.map((value) => scaled(scaler, [value])[0]!)
    near(scaler.quantiles[0]!, golden.quantiles)
    near(forward(golden.data), golden.forwardData)
    near(forward(golden.new), golden.forwardNew)
    near(
      golden.u.map((value) => unscaled(scaler, 0, value)),
      golden.inverse,
    )
  })

function near(found: readonly number[], expected: readonly number[]): void {
  equal(found.length, expected.length)
  for (const [index, value] of found.entries()) ok(Math.abs(value - expected[index]!) <= 1e-10, `${index}: ${value}`)
}

const kinds = fc.constantFrom<Scaling>('min-max', 'quantile', 'none')

/** Ties and constant columns abound, and some values are so large that differences overflow. */
const matrices: fc.Arbitrary<Matrix> = fc
  .integer({ min: 1, max: 3 })
  .chain((columns) =>
    fc
      .array(
        fc.array(
          fc.oneof(
            { weight: 4, arbitrary: fc.constantFrom(0, 1, 2) },
            { weight: 4, arbitrary: fc.double({ min: -1e3, max: 1e3, noNaN: true }) },
            { weight: 1, arbitrary: fc.constantFrom(-Number.MAX_VALUE, Number.MAX_VALUE) },
          ),
          { minLength: columns, maxLength: columns },
        ),
        { minLength: 1, maxLength: 60 },
      )
      .map(matrixOf),
  )

test('training rows come out within 0 .. 1, and a column of equal values as 0', () => {
  fc.assert(
    fc.property(matrices, fc.constantFrom<Scaling>('min-max', 'quantile'), (matrix, kind) => {
      const { rows, columns, values } = scaledMatrix(fitScaler(kind, matrix), matrix)
      for (let column = 0; column < columns; column++) {
        const given = Array.from({ length: rows }, (_, row) => matrix.values[row * columns + column]!)
        const found = Array.from({ length: rows }, (_, row) => values[row * columns + column]!)
        ok(found.every((value) => value >= 0 && value <= 1))
        equal(Math.min(...found), 0)
        equal(Math.max(...found), given.every((value) => value === given[0]) ? 0 : 1)
      }
    }),
  )
})

test('any finite row comes out finite, and in the order that it went in', () => {
  const values = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, 1, 2))
  fc.assert(
    fc.property(matrices, kinds, fc.tuple(values, values), (matrix, kind, [a, b]) => {
      const scaler = fitScaler(kind, matrix)
      const at = (value: number): number =>
        scaled(
          scaler,
          Array.from({ length: matrix.columns }, () => value),
        )[0]!
      ok(Number.isFinite(at(a)) && Number.isFinite(unscaled(scaler, 0, a)))
      ok(at(Math.min(a, b)) <= at(Math.max(a, b)))
    }),
  )
})

test('what was scaled is unscaled to itself', () => {
  fc.assert(
    fc.property(matrices, kinds, (matrix, kind) => {
      const scaler = fitScaler(kind, matrix)
      const values = Array.from({ length: matrix.rows }, (_, row) => matrix.values[row * matrix.columns]!)
      const span = Math.max(...values) - Math.min(...values)
      if (span > 1e300) return
      for (const [row, value] of values.entries()) {
        const there = scaled(scaler, matrix.values.subarray(row * matrix.columns, (row + 1) * matrix.columns))[0]!
        const back = unscaled(scaler, 0, there)
        ok(Math.abs(back - value) <= 1e-12 * (Math.abs(value) + span), `${value}, ${back}`)
      }
    }),
  )
})

test('a scaler is JSON, and rows and matrices are scaled alike', () => {
  fc.assert(
    fc.property(matrices, kinds, (matrix, kind) => {
      const scaler = fitScaler(kind, matrix)
      deepEqual(JSON.parse(JSON.stringify(scaler)), JSON.parse(JSON.stringify(scaler, (_, value) => value as unknown)))
      ok(!JSON.stringify(scaler).includes('null'))
      const all = scaledMatrix(scaler, matrix)
      const first = scaled(scaler, matrix.values.subarray(0, matrix.columns))
      deepEqual(all.values.subarray(0, matrix.columns), first)
    }),
    { numRuns: 50 },
  )
})

test('no rows at all leave values as they are under min-max', () => {
  deepEqual(fitScaler('min-max', { rows: 0, columns: 2, values: new Float64Array(0) }), {
    type: 'min-max',
    low: [0, 0],
    span: [1, 1],
  })
})
