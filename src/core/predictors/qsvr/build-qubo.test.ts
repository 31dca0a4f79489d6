import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { matrixOf } from '../../maths/matrix.ts'
import { buildQubo, digitWeights } from './build-qubo.ts'
import { isingOf } from './ising.ts'
import { bitsOf, bitsText, distinctSamples, energyOf, foldedUp, type Qubo } from './qubo.ts'
import { encodingOf, kernelOfRows, near, reference, termsOf, twentyCurves } from './reference.laws.ts'
import { decoded } from './regressor.ts'

const small = ['twoPoints', 'threePoints', 'threePointsBeta'] as const

function smallQubo(name: (typeof small)[number]): Qubo {
  const { X, y, K, beta } = reference[name]
  return buildQubo(kernelOfRows(matrixOf(X)), Float64Array.from(y), encodingOf(K), termsOf(beta))
}

for (const name of small) {
  const want = reference[name]
  const size = 2 * want.K * want.y.length

  test(`${name}: digits, kernel and matrix are the reference's`, () => {
    near(digitWeights(encodingOf(want.K)), want.weights, 1e-10, 'weights')
    near(kernelOfRows(matrixOf(want.X)), want.kernel.flat(), 1e-10, 'kernel')
    near(smallQubo(name).q, want.Q.flat(), 1e-10, 'Q')
  })

  test(`${name}: the Ising form is the reference's`, () => {
    const { h, J, offset } = isingOf(smallQubo(name))
    near(h, want.ising.h, 1e-10, 'h')
    near(
      want.ising.J.map(([i, j]) => J[i * size + j]!),
      want.ising.J.map(([, , value]) => value),
      1e-10,
      'J',
    )
    near([offset], [want.ising.offset], 1e-10, 'offset')
  })

  test(`${name}: of all states the lowest ten, the highest and the mean are the reference's`, () => {
    const qubo = smallQubo(name)
    const all = Array.from({ length: 2 ** size }, (_, state) =>
      Uint8Array.from({ length: size }, (_bit, bit) => (state >> (size - 1 - bit)) & 1),
    )
    const energies = Float64Array.from(all, (bits) => energyOf(qubo, bits))
    near([energies.reduce((sum, energy) => sum + energy / energies.length, 0)], [want.allEnergies.mean], 1e-10, 'mean')
    const sorted = energies.toSorted()
    near([sorted.at(-1)!], [want.allEnergies.max], 1e-10, 'highest')
    const bar = sorted[9]!
    const lowest = distinctSamples(
      qubo,
      all.filter((_, state) => energies[state]! <= bar),
    )
    assert.deepEqual(
      lowest.map(({ bits }) => bitsText(bits)),
      want.lowest.map(({ bits }) => bits),
    )
    near(
      lowest.map(({ energy }) => energy),
      want.lowest.map(({ energy }) => energy),
      1e-10,
      'energies',
    )
  })
}

test("the problem of 20 curves is the reference's", () => {
  const want = reference.twentyPoints
  const { size, q } = twentyCurves().qubo
  assert.equal(size, 120)
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0)
  const trace = Array.from({ length: size }, (_, i) => q[i * size + i]!).reduce((total, value) => total + value, 0)
  near(
    [sum(q), Math.sqrt(sum(q.map((value) => value * value))), trace],
    [want.sum, want.frobeniusNorm, want.trace],
    1e-9,
    'sums',
  )
  near([Math.min(...q), Math.max(...q)], [want.min, want.max], 1e-9, 'extremes')
  near(
    want.entries.map(([i, j]) => q[i * size + j]!),
    want.entries.map(([, , value]) => value),
    1e-9,
    'entries',
  )
  for (const { bits, energy } of [want.bestKnown, ...want.kept])
    near([energyOf({ size, q }, bitsOf(bits))], [energy], 1e-9, 'energy')
})

const anyBits = (size: number): fc.Arbitrary<Uint8Array> =>
  fc.array(fc.integer({ min: 0, max: 1 }), { minLength: size, maxLength: size }).map((bits) => Uint8Array.from(bits))

const anyMatrix = fc.integer({ min: 1, max: 9 }).chain((size) =>
  fc.record({
    size: fc.constant(size),
    matrix: fc
      .array(fc.integer({ min: -50, max: 50 }), { minLength: size ** 2, maxLength: size ** 2 })
      .map((values) => Float64Array.from(values)),
    bits: anyBits(size),
  }),
)

test('the energy of a state is that of the matrix, however its entries stand, and of the spins', () => {
  fc.assert(
    fc.property(anyMatrix, ({ size, matrix, bits }) => {
      let want = 0
      for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) want += bits[i]! * matrix[i * size + j]! * bits[j]!
      const qubo = foldedUp(size, matrix)
      assert.equal(energyOf(qubo, bits), want)
      const { h, J, offset } = isingOf(qubo)
      let energy = offset
      for (let i = 0; i < size; i++) {
        energy += h[i]! * (2 * bits[i]! - 1)
        for (let j = 0; j < size; j++) energy += J[i * size + j]! * (2 * bits[i]! - 1) * (2 * bits[j]! - 1)
      }
      near([energy], [want], 1e-9, 'energy of the spins')
    }),
  )
})

test('the energy of a state is that of its coefficients', () => {
  const problem = fc
    .record({ count: fc.integer({ min: 1, max: 5 }), digits: fc.integer({ min: 1, max: 4 }) })
    .chain(({ count, digits }) =>
      fc.record({
        digits: fc.constant(digits),
        rows: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: count, maxLength: count }),
        y: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: count, maxLength: count }),
        beta: fc.constantFrom(0, 0.5),
        bits: anyBits(2 * digits * count),
      }),
    )
  fc.assert(
    fc.property(problem, ({ digits, rows, y, beta, bits }) => {
      const kernel = kernelOfRows(matrixOf(rows.map((value) => [value])))
      const { xi, epsilon } = termsOf(beta)
      const { alpha, alphahat } = decoded(bits, digitWeights(encodingOf(digits)))
      const delta = alpha.map((value, n) => value - alphahat[n]!)
      let [energy, sum] = [0, 0]
      for (const [n, d] of delta.entries()) {
        sum += d
        energy += epsilon * (alpha[n]! + alphahat[n]!) - y[n]! * d + beta * alpha[n]! * alphahat[n]!
        for (const [m, other] of delta.entries()) energy += (d * kernel[n * y.length + m]! * other) / 2
      }
      const qubo = buildQubo(kernel, Float64Array.from(y), encodingOf(digits), termsOf(beta))
      near([energyOf(qubo, bits)], [energy + xi * sum ** 2], 1e-9, 'energy')
    }),
  )
})
