import { test } from 'node:test'
import { deepEqual, equal, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { crowdingDistances, dominates, nonDominatedRanks, paretoOrder } from './pareto.ts'

interface Reference {
  readonly name: string
  readonly points: readonly (readonly number[])[]
  readonly ranks: readonly number[]
  readonly crowding: readonly (number | string)[]
}

const reference = JSON.parse(
  readFileSync(new URL('../../../test/golden/reference/pareto.json', import.meta.url), 'utf8'),
) as readonly Reference[]

/** Small integers, so that ties and duplicates abound, and now and then something that is no number. */
const losses = fc
  .integer({ min: 1, max: 4 })
  .chain((objectives) =>
    fc.array(
      fc.array(
        fc.oneof(
          { weight: 9, arbitrary: fc.nat(6) },
          { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity) },
        ),
        { minLength: objectives, maxLength: objectives },
      ),
      { maxLength: 40 },
    ),
  )

for (const { name, points, ranks, crowding } of reference)
  test(`ranks and crowding are those of the reference: ${name}`, () => {
    deepEqual(nonDominatedRanks(points), ranks)
    for (const [index, distance] of crowdingDistances(points, ranks).entries()) {
      const expected = Number(crowding[index])
      ok(
        distance === expected || Math.abs(distance - expected) <= 1e-10 * expected,
        `${index}: ${distance}, ${expected}`,
      )
    }
  })

test('rank r > 0 is dominated by somebody of rank r - 1 and by nobody of rank r or above', () => {
  fc.assert(
    fc.property(losses, (losses) => {
      const ranks = nonDominatedRanks(losses)
      for (const [index, loss] of losses.entries()) {
        const dominating = losses.flatMap((other, place) => (dominates(other, loss) ? [ranks[place]!] : []))
        equal(ranks[index], dominating.length === 0 ? 0 : Math.max(...dominating) + 1)
      }
    }),
  )
})

test('domination is a strict order in which NaN is as bad as Infinity', () => {
  equal(dominates([1, 2], [1, 2]), false)
  equal(dominates([1, 1], [1, 2]), true)
  equal(dominates([0, 3], [1, 2]), false)
  equal(dominates([1, 5], [1, NaN]), true)
  equal(dominates([1, NaN], [1, Infinity]), false)
  equal(dominates([1, Infinity], [1, NaN]), false)
})

test('the order is by rank, then the less crowded, then the earlier, and holds every index once', () => {
  fc.assert(
    fc.property(losses, (losses) => {
      const ranks = nonDominatedRanks(losses)
      const distances = crowdingDistances(losses, ranks)
      ok(distances.every((distance) => distance >= 0))
      const order = paretoOrder(losses)
      deepEqual(
        order.toSorted((a, b) => a - b),
        [...losses.keys()],
      )
      for (const [place, index] of order.entries()) {
        const next = order[place + 1]
        if (next === undefined) continue
        ok(ranks[index]! <= ranks[next]!)
        if (ranks[index] === ranks[next]) ok(distances[index]! >= distances[next]!)
        if (ranks[index] === ranks[next] && distances[index] === distances[next]) ok(index < next)
      }
    }),
  )
})

test('with one objective the order is that of the losses, ties by index', () => {
  deepEqual(paretoOrder([[3], [1], [NaN], [1], [2], [Infinity]]), [1, 3, 4, 0, 2, 5])
  deepEqual(paretoOrder([]), [])
})

test('two objectives of many trials are sorted quickly', () => {
  const many = Array.from({ length: 10_000 }, (_, index) => [index % 997, (index * 7919) % 1009])
  const comparisons = { count: 0 }
  const counted = many.map(
    (loss) => new Proxy(loss, { get: (target, at) => (comparisons.count++, Reflect.get(target, at)) }),
  )
  nonDominatedRanks(counted)
  // Sorting and bisecting 10,000 takes some 2 * 10,000 * 14 comparisons of a few looks each; all pairs would be 50,000,000.
  ok(comparisons.count < 5_000_000, `${comparisons.count} looks`)
})
