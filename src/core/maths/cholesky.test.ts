import { test } from 'node:test'
import { ok } from 'node:assert/strict'
import fc from 'fast-check'
import { drop, factorise, solve } from './cholesky.ts'

/** A = B B' + 1, positive definite, in a field of a larger stride. */
const matrices = fc.integer({ min: 1, max: 8 }).chain((size) =>
  fc.array(fc.array(fc.integer({ min: -5, max: 5 }), { minLength: size, maxLength: size }), {
    minLength: size,
    maxLength: size,
  }),
)

const stride = 9

function gram(rows: readonly (readonly number[])[]): number[][] {
  return rows.map((row, i) =>
    rows.map((other, j) => row.reduce((sum, value, k) => sum + value * other[k]!, i === j ? 1 : 0)),
  )
}

function laidOut(matrix: readonly (readonly number[])[]): Float64Array {
  const field = new Float64Array(stride * stride)
  matrix.forEach((row, i) => row.forEach((value, j) => j <= i && (field[i * stride + j] = value)))
  return field
}

function solves(field: Float64Array, matrix: readonly (readonly number[])[]): void {
  const wanted = matrix.map((_, row) => row - 2.5)
  const found = Float64Array.from(wanted)
  solve(field, matrix.length, stride, found)
  for (const [row, values] of matrix.entries()) {
    const product = values.reduce((sum, value, column) => sum + value * found[column]!, 0)
    ok(Math.abs(product - wanted[row]!) < 1e-9, `row ${row}: ${product}, ${wanted[row]}`)
  }
}

test('a factor solves its system', () => {
  fc.assert(
    fc.property(matrices, (rows) => {
      const matrix = gram(rows)
      const field = laidOut(matrix)
      factorise(field, matrix.length, stride, 1e-12)
      solves(field, matrix)
    }),
  )
})

test('a factor that lost rows solves what is left', () => {
  fc.assert(
    fc.property(matrices, fc.infiniteStream(fc.nat()), (rows, places) => {
      let matrix = gram(rows)
      const field = laidOut(matrix)
      factorise(field, matrix.length, stride, 1e-12)
      while (matrix.length > 1) {
        const lost = (places.next().value as number) % matrix.length
        drop(field, matrix.length, stride, lost, new Float64Array(matrix.length))
        matrix = matrix.filter((_, row) => row !== lost).map((row) => row.filter((_, column) => column !== lost))
        solves(field, matrix)
      }
    }),
  )
})

test('a pivot that rounding has eaten is raised', () => {
  const field = laidOut([
    [1, 1],
    [1, 1],
  ])
  factorise(field, 2, stride, 1e-10)
  const found = Float64Array.of(1, 0)
  solve(field, 2, stride, found)
  ok(found.every(Number.isFinite))
})
