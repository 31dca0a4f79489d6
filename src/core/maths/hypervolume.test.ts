import { test } from 'node:test'
import { deepEqual, equal, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { hypervolume, hypervolumeContributions } from './hypervolume.ts'

interface Reference {
  readonly name: string
  readonly points: readonly (readonly number[])[]
  readonly reference: readonly number[]
  readonly hypervolume: number
  readonly contributions: readonly number[]
}

const references = JSON.parse(
  readFileSync(new URL('../../../test/golden/reference/pareto.json', import.meta.url), 'utf8'),
) as readonly Reference[]

for (const { name, points, reference, hypervolume: expected, contributions } of references)
  test(`hypervolume and contributions are those of the reference: ${name}`, () => {
    const total = hypervolume(points, reference)
    ok(Math.abs(total - expected) <= 1e-10 * expected, `${total}, ${expected}`)
    for (const [index, contribution] of hypervolumeContributions(points, reference).entries())
      ok(Math.abs(contribution - contributions[index]!) <= 1e-10 * expected, `${index}: ${contribution}`)
  })

/** Whole numbers below a reference of 4: the volume is the number of unit cells that somebody dominates. */
const cells = fc.integer({ min: 1, max: 4 }).chain((objectives) =>
  fc.array(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: objectives, maxLength: objectives }), {
    minLength: 1,
    maxLength: 8,
  }),
)

function counted(losses: readonly (readonly number[])[]): number {
  const objectives = losses[0]!.length
  let count = 0
  for (let cell = 0; cell < 4 ** objectives; cell++) {
    const corner = Array.from({ length: objectives }, (_, objective) => Math.floor(cell / 4 ** objective) % 4)
    if (losses.some((loss) => loss.every((value, objective) => value <= corner[objective]!))) count++
  }
  return count
}

test('the hypervolume is that of counted cells, and a contribution is what is missing without the loss', () => {
  fc.assert(
    fc.property(cells, (losses) => {
      const reference = losses[0]!.map(() => 4)
      equal(hypervolume(losses, reference), counted(losses))
      deepEqual(
        hypervolumeContributions(losses, reference),
        losses.map((_, index) => counted(losses) - (losses.length === 1 ? 0 : counted(losses.toSpliced(index, 1)))),
      )
    }),
  )
})

test('what is no number or not below the reference adds nothing', () => {
  equal(
    hypervolume(
      [
        [NaN, 0],
        [0, Infinity],
        [1, 0],
      ],
      [1, 1],
    ),
    0,
  )
  deepEqual(
    hypervolumeContributions(
      [
        [NaN, 0],
        [0.5, 0.5],
      ],
      [1, 1],
    ),
    [0, 0.25],
  )
  equal(hypervolume([], [1, 1, 1]), 0)
})
