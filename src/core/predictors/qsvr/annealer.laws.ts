/** What holds for every way to anneal. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { matrixOf } from '../../maths/matrix.ts'
import { stream } from '../../maths/stream.ts'
import { anneal, annealDefaults, type AnnealSettings } from './anneal.ts'
import { buildQubo } from './build-qubo.ts'
import { bitsText, energyOf, foldedUp, type Qubo } from './qubo.ts'
import { encodingOf, kernelOfRows, near, termsOf } from './reference.laws.ts'

/** Any matrix; entries are integers, so that many states tie. */
const plain = fc
  .integer({ min: 1, max: 12 })
  .chain((size) =>
    fc
      .array(fc.integer({ min: -9, max: 9 }), { minLength: size ** 2, maxLength: size ** 2 })
      .map((values): Qubo => foldedUp(size, Float64Array.from(values))),
  )

/** Those of a QSVR, whose bits are digits. */
const regression = fc
  .record({
    count: fc.integer({ min: 1, max: 5 }),
    digits: fc.integer({ min: 1, max: 3 }),
    beta: fc.constantFrom(0, 0.5),
  })
  .chain(({ count, digits, beta }) =>
    fc
      .array(fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100 })), {
        minLength: count,
        maxLength: count,
      })
      .map((rows) =>
        buildQubo(
          kernelOfRows(matrixOf(rows.map(([x]) => [x / 100]))),
          Float64Array.from(rows, ([, y]) => y / 100),
          encodingOf(digits),
          termsOf(beta),
        ),
      ),
  )

export const anyQubo: fc.Arbitrary<Qubo> = fc.oneof(plain, regression)

export function annealerLaws(name: string, given: Partial<AnnealSettings>): void {
  const settings: AnnealSettings = { ...annealDefaults, reads: 6, sweeps: 5, ...given }

  test(`${name}: samples are distinct, lowest energy first, with the energies of the matrix`, () => {
    fc.assert(
      fc.property(anyQubo, fc.nat(), (qubo, seed) => {
        const samples = anneal(qubo, settings, stream(seed, 'law'))
        assert.ok(samples.length >= 1 && samples.length <= settings.reads)
        assert.equal(new Set(samples.map(({ bits }) => bitsText(bits))).size, samples.length)
        for (const [place, { bits, energy }] of samples.entries()) {
          assert.equal(bits.length, qubo.size)
          assert.equal(energy, energyOf(qubo, bits))
          if (place > 0) assert.ok(samples[place - 1]!.energy <= energy)
        }
      }),
    )
  })

  const most = settings.descent === 'exchanges' ? 2 : 1
  test(`${name}: no flip of ${most === 2 ? 'one or two bits' : 'one bit'} improves a sample`, () => {
    fc.assert(
      fc.property(anyQubo, fc.nat(), (qubo, seed) => {
        for (const { bits, energy } of anneal(qubo, settings, stream(seed, 'law')))
          for (let i = 0; i < qubo.size; i++)
            for (let j = most === 2 ? 0 : i; j <= i; j++) {
              const other = bits.map((bit, place) => (place === i || place === j ? 1 - bit : bit))
              assert.ok(energyOf(qubo, other) >= energy - 1e-9, `bits ${i} and ${j}`)
            }
      }),
    )
  })

  test(`${name}: the same stream gives the same samples, and so does a problem of another scale`, () => {
    fc.assert(
      fc.property(anyQubo, fc.nat(), (qubo, seed) => {
        const samples = anneal(qubo, settings, stream(seed, 'law'))
        assert.deepEqual(anneal(qubo, settings, stream(seed, 'law')), samples)
        if (settings.betaRange !== null) return
        const larger = anneal({ ...qubo, q: qubo.q.map((value) => 1024 * value) }, settings, stream(seed, 'law'))
        assert.deepEqual(
          larger.map(({ bits }) => bits),
          samples.map(({ bits }) => bits),
        )
        near(
          larger.map(({ energy }) => energy / 1024),
          samples.map(({ energy }) => energy),
          1e-9,
          'energies',
        )
      }),
    )
  })
}
