import { test } from 'node:test'
import { deepEqual, ok } from 'node:assert/strict'
import fc from 'fast-check'
import { eigenOf } from './eigen.ts'
import { stream } from './stream.ts'

/** L L' of random L whose rows are scaled: positive definite, and badly so if the scales differ. */
function positive(size: number, seed: number, scale: number): Float64Array {
  const chance = stream(seed, 'eigen')
  const rows = Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, () => chance.normal() * scale ** (row / size)),
  )
  return Float64Array.from({ length: size * size }, (_, at) => {
    const [one, two] = [rows[Math.floor(at / size)]!, rows[at % size]!]
    return one.reduce((sum, value, k) => sum + value * two[k]!, 0)
  })
}

test('the columns are orthonormal, and the matrix comes back from them', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(1e6), fc.constantFrom(1, 1e3), (size, seed, scale) => {
      const matrix = positive(size, seed, scale)
      const { values, vectors } = eigenOf(matrix, size)
      const largest = Math.max(...values)
      for (let i = 0; i < size; i++)
        for (let j = 0; j < size; j++) {
          let dot = 0
          let back = 0
          for (let k = 0; k < size; k++) {
            dot += vectors[k * size + i]! * vectors[k * size + j]!
            back += vectors[i * size + k]! * values[k]! * vectors[j * size + k]!
          }
          ok(Math.abs(dot - (i === j ? 1 : 0)) < 1e-13)
          ok(Math.abs(back - matrix[i * size + j]!) < 1e-13 * largest * size)
        }
    }),
    { numRuns: 40 },
  )
})

test('known eigenvalues: a chain of masses, a diagonal, zeros, and negative ones', () => {
  const size = 20
  const chain = Float64Array.from({ length: size * size }, (_, at) => {
    const distance = Math.abs(Math.floor(at / size) - (at % size))
    return distance === 0 ? 2 : distance === 1 ? -1 : 0
  })
  const values = eigenOf(chain, size).values.toSorted()
  for (let k = 0; k < size; k++) ok(Math.abs(values[k]! - (2 - 2 * Math.cos(((k + 1) * Math.PI) / (size + 1)))) < 1e-13)
  deepEqual([...eigenOf(Float64Array.of(3, 0, 0, -1), 2).values], [3, -1])
  deepEqual([...eigenOf(new Float64Array(9), 3).values], [0, 0, 0])
  const swapped = eigenOf(Float64Array.of(0, 1, 1, 0), 2).values.toSorted()
  ok(Math.abs(swapped[0]! + 1) < 1e-15 && Math.abs(swapped[1]! - 1) < 1e-15)
})
