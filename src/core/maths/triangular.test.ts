import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { stream } from './stream.ts'
import { appendRows, factoriseInTiles, inverseFromFactor, solveRows, solveTransposed } from './triangular.ts'

/** A random positive definite matrix, full. */
function definite(size: number, stride: number): Float64Array {
  const chance = stream(3, size)
  const root = Float64Array.from({ length: size * size }, () => chance.normal())
  const matrix = new Float64Array(size * stride)
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) {
      let sum = i === j ? 1 : 0
      for (let k = 0; k < size; k++) sum += root[i * size + k]! * root[j * size + k]!
      matrix[i * stride + j] = sum
    }
  return matrix
}

const sizes = fc.integer({ min: 1, max: 23 })

function near(got: number, want: number, scale: number): void {
  assert.ok(Math.abs(got - want) <= 1e-9 * scale, `${got} is not ${want}`)
}

test('of every size, whether it fits the tiles or not, L L^T is the matrix, and what lies above the diagonal is left alone', () => {
  fc.assert(
    fc.property(sizes, fc.nat(3), (size, beyond) => {
      const stride = size + beyond
      const matrix = definite(size, stride)
      const lower = matrix.slice()
      factoriseInTiles(lower, size, stride, 0)
      for (let i = 0; i < size; i++)
        for (let j = 0; j < size; j++) {
          let sum = 0
          for (let k = 0; k <= Math.min(i, j); k++) sum += lower[i * stride + k]! * lower[j * stride + k]!
          near(sum, matrix[i * stride + j]!, size)
          if (j > i) assert.equal(lower[i * stride + j], matrix[i * stride + j])
        }
    }),
  )
})

test('a factor that gains rows is the factor of the larger matrix', () => {
  fc.assert(
    fc.property(sizes, fc.nat(), (size, some) => {
      const from = some % size
      const whole = definite(size, size)
      const grown = whole.slice()
      factoriseInTiles(whole, size, size, 0)
      factoriseInTiles(grown, from, size, 0)
      appendRows(grown, from, size, size, 0)
      for (let i = 0; i < size; i++) for (let j = 0; j <= i; j++) near(grown[i * size + j]!, whole[i * size + j]!, size)
    }),
  )
})

test('solving there and back solves A x = b for many right-hand sides, and the inverse is what solves for the unit matrix', () => {
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 9 }), (size, count) => {
      const matrix = definite(size, size)
      const lower = matrix.slice()
      factoriseInTiles(lower, size, size, 0)
      const chance = stream(5, size, count)
      const rowStride = size + 1
      const wanted = Float64Array.from({ length: count * rowStride }, () => chance.normal())
      const solved = wanted.slice()
      solveRows(lower, size, size, solved, rowStride, count)
      for (let row = 0; row < count; row++) {
        const x = solved.slice(row * rowStride, row * rowStride + size)
        solveTransposed(lower, size, size, x)
        for (let i = 0; i < size; i++) {
          let sum = 0
          for (let k = 0; k < size; k++) sum += matrix[i * size + k]! * x[k]!
          near(sum, wanted[row * rowStride + i]!, size * size)
        }
      }
      const inverse = inverseFromFactor(lower, size, size)
      for (let i = 0; i < size; i++)
        for (let j = 0; j < size; j++) {
          let sum = 0
          for (let k = 0; k < size; k++)
            sum += (k <= i ? inverse[i * size + k]! : inverse[k * size + i]!) * matrix[k * size + j]!
          near(sum, i === j ? 1 : 0, size * size)
        }
    }),
  )
})

test('a pivot that rounding has made too small is raised', () => {
  const lower = Float64Array.of(1, 0, 1, 1)
  factoriseInTiles(lower, 2, 2, 1e-6)
  assert.equal(lower[3], 1e-3)
})
