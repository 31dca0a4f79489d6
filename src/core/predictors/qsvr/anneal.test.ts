import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { stream } from '../../maths/stream.ts'
import { anneal, annealDefaults } from './anneal.ts'
import { annealerLaws, anyQubo } from './annealer.laws.ts'
import { bitsInOrder, bitState, flipCost, setBits, setRandomBits } from './bit-state.ts'
import { grouped } from './digit-groups.ts'
import { energyOf, foldedUp } from './qubo.ts'
import { near, reference, twentyCurves } from './reference.laws.ts'
import { exchangeSweep, flipSweep } from './sweeps.ts'

annealerLaws('annealing', {})
annealerLaws('plain annealing', { exchanges: 0, descent: 'flips', betaRange: [0.5, 200] })
annealerLaws('linear annealing', { schedule: 'linear' })
annealerLaws('parallel tempering', { replicas: 3 })

const { qubo } = twentyCurves()
const { bestKnown } = reference.twentyPoints

test('the best known energy of the problem of 20 curves is reached', () => {
  const [best] = anneal(qubo, { ...annealDefaults, betaRange: [10, 1000] }, stream(1, 'test'))
  assert.ok(best!.energy <= bestKnown.energy + 1e-9, String(best!.energy))
})

test('an empty QUBO and one of a single bit have answers', () => {
  const settings = { ...annealDefaults, reads: 2 }
  assert.deepEqual(anneal(foldedUp(0, new Float64Array(0)), settings, stream(1)), [
    { bits: new Uint8Array(0), energy: 0 },
  ])
  assert.deepEqual(anneal(foldedUp(1, Float64Array.of(-3)), settings, stream(1)), [
    { bits: Uint8Array.of(1), energy: -3 },
  ])
})

test('the digits of a coefficient share a field', () => {
  const { groups, start, group, factor } = grouped(qubo)
  assert.equal(groups, 20)
  assert.deepEqual(
    Array.from(start),
    Array.from({ length: 21 }, (_, g) => 6 * g),
  )
  near(factor.subarray(0, 6), [1, 0.5, 0.25, -1, -0.5, -0.25], 1e-12, 'factors')
  assert.equal(group[6], 1)
  const plain = foldedUp(
    30,
    Float64Array.from({ length: 900 }, (_, k) => stream(1, 'matrix', k).normal()),
  )
  assert.equal(grouped(plain).groups, 30)
})

test('energy and local fields are those of the bits, after any sweeps', () => {
  const sweeps = fc.array(fc.record({ isExchange: fc.boolean(), temperature: fc.constantFrom(0, 0.01, 1, 100) }), {
    maxLength: 8,
  })
  fc.assert(
    fc.property(anyQubo, fc.nat(), sweeps, (problemOf, seed, moves) => {
      const problem = grouped(problemOf)
      const state = bitState(problem)
      setRandomBits(problem, state, stream(seed, 'law'))
      const chance = { word: seed | 1 }
      for (const { isExchange, temperature } of moves)
        (isExchange ? exchangeSweep : flipSweep)(problem, state, temperature, chance, isExchange ? 20 : 0)
      const bits = bitsInOrder(problem, state)
      const energy = energyOf(problemOf, bits)
      near([state.energy], [energy], 1e-9, 'energy')
      const again = bitState(problem)
      setBits(problem, again, bits)
      near(state.field, again.field, 1e-9, 'fields')
      for (let place = 0; place < problem.size; place++) {
        const flipped = bits.map((bit, number) => (number === problem.variable[place] ? 1 - bit : bit))
        near([flipCost(problem, state, place)], [energyOf(problemOf, flipped) - energy], 1e-9, 'cost of a flip')
      }
    }),
  )
})
