import { test } from 'node:test'
import { deepEqual, equal, ok } from 'node:assert/strict'
import fc from 'fast-check'
import { nonDominatedRanks } from '../../maths/pareto.ts'
import { referenceDirections } from '../../maths/reference-directions.ts'
import { niched } from './niches.ts'

const front = (angle: number) => [1 - Math.cos(angle), 10 * (1 - Math.sin(angle))]

test('of a crowded front those are kept that lie nearest to one direction each, on any scale of the objectives', () => {
  // Twenty crowd at one end of a quarter of a circle, one objective ten times as large as the other.
  const angles = [...Array.from({ length: 20 }, (_, index) => index * 0.005), 0.55, Math.PI / 4, 1.02, Math.PI / 2]
  const chosen = niched(angles.map(front), 5, referenceDirections(2, 4))
  deepEqual(
    chosen.toSorted((a, b) => a - b),
    [0, 20, 21, 22, 23],
  )
})

test('better fronts come first, whatever their directions', () => {
  const losses = [
    [2, 2],
    [0, 1],
    [1, 0],
    [3, 3],
    [1.5, 1.5],
  ]
  deepEqual(niched(losses, 3, referenceDirections(2, 3)), [1, 2, 4])
})

test('as many as wanted, none twice, none while a better front is left, with any losses', () => {
  const value = fc.oneof(fc.nat(5), fc.constantFrom(NaN, Infinity, 1e300))
  fc.assert(
    fc.property(
      fc.array(fc.tuple(value, value, value), { minLength: 1, maxLength: 20 }),
      fc.nat(20),
      (losses, wanted) => {
        const count = Math.min(wanted, losses.length)
        const chosen = niched(losses, count, referenceDirections(3, 3))
        equal(new Set(chosen).size, count)
        const ranks = nonDominatedRanks(losses)
        const worst = Math.max(-1, ...chosen.map((index) => ranks[index]!))
        for (const [index, rank] of ranks.entries()) ok(rank >= worst || chosen.includes(index))
      },
    ),
  )
})
