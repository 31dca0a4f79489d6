import { test } from 'node:test'
import { deepEqual, equal, notEqual, ok, throws } from 'node:assert/strict'
import { samplerNumbers } from '../samplers/discrepancy.laws.ts'
import { scrambledSobol, sobol, sobolDimensionAtMost, sobolLength } from './sobol.ts'

const reference = samplerNumbers()

test('the first 64 vectors are those of the reference', () => {
  for (const [dimension, vectors] of Object.entries(reference.sobolTimes64)) {
    const axes = Array.from({ length: Number(dimension) }, (_, axis) => axis)
    for (const [index, vector] of vectors.entries())
      deepEqual(
        axes.map((axis) => sobol(index, axis) * 64),
        vector,
      )
  }
})

test('vectors 1000 to 1007 in 20 dimensions are those of the reference', () => {
  for (const [index, vector] of reference.sobol20From1000.entries())
    deepEqual(
      vector.map((_, axis) => sobol(1000 + index, axis)),
      vector,
    )
})

test('of the first 2^k vectors each slice of every axis holds exactly one, scrambled or not', () => {
  for (let axis = 0; axis < sobolDimensionAtMost; axis++)
    for (const n of [2, 16, 128]) {
      const slices = (coordinate: (index: number) => number) =>
        new Set(Array.from({ length: n }, (_, index) => Math.floor(coordinate(index) * n))).size
      equal(
        slices((index) => sobol(index, axis)),
        n,
        `axis ${axis}`,
      )
      equal(
        slices((index) => scrambledSobol(index, axis, 12345 + axis)),
        n,
        `axis ${axis}, scrambled`,
      )
    }
})

test('scrambling keeps two axes balanced together where the sequence is', () => {
  // The first two axes are a (0, 2)-sequence: 16 vectors fill a 4 by 4 board with one each, and every 2 by 8 one.
  for (const [columns, rows] of [
    [4, 4],
    [2, 8],
    [8, 2],
    [16, 1],
  ] as const) {
    const cells = Array.from({ length: 16 }, (_, index) => [
      Math.floor(scrambledSobol(index, 0, 99) * columns),
      Math.floor(scrambledSobol(index, 1, 100) * rows),
    ])
    equal(new Set(cells.map((cell) => cell.join())).size, 16, `${columns} by ${rows}`)
  }
})

test('over seeds a scrambled coordinate is uniform, and two vectors fall independently within their slices', () => {
  const n = 4000
  const first = Array.from({ length: n }, (_, seed) => scrambledSobol(0, 3, Math.imul(seed, 0x01000193)))
  const second = Array.from({ length: n }, (_, seed) => scrambledSobol(5, 3, Math.imul(seed, 0x01000193)))
  const mean = (numbers: readonly number[]) => numbers.reduce((sum, x) => sum + x, 0) / n
  for (const numbers of [first, second]) {
    ok(Math.abs(mean(numbers) - 0.5) < 4 * Math.sqrt(1 / 12 / n))
    for (const bit of [1, 2, 5, 12, 20, 31]) {
      const ones = mean(numbers.map((x) => Math.floor(x * 2 ** bit) % 2))
      ok(Math.abs(ones - 0.5) < 4 * Math.sqrt(0.25 / n), `bit ${bit}: ${ones}`)
    }
  }
  const within = (numbers: readonly number[]) => numbers.map((x) => (x * 8) % 1)
  const [a, b] = [within(first), within(second)]
  const echo = mean(a.map((x, index) => (x - 0.5) * (b[index]! - 0.5)))
  ok(Math.abs(echo) < 4 / 12 / Math.sqrt(n), `${echo}`)
})

test('the seed is all that scrambling depends on, and the ends of the sequence are known', () => {
  equal(scrambledSobol(17, 4, 1), scrambledSobol(17, 4, 1))
  notEqual(scrambledSobol(17, 4, 1), scrambledSobol(17, 4, 2))
  ok(sobol(sobolLength - 1, 0) < 1)
  throws(() => sobol(sobolLength, 0), /bug: /)
  throws(() => sobol(0, sobolDimensionAtMost), /bug: /)
})
