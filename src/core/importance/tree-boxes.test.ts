import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { matrixOf } from '../maths/matrix.ts'
import { stream } from '../maths/stream.ts'
import { arbitrarySpace, finiteParameter } from '../space/arbitrary-space.laws.ts'
import { decode, encode, space, type Space } from '../space/space.ts'
import { askForest, fitForest, type Tree } from '../surrogates/forest.ts'
import { boxVariance } from './box-variance.ts'
import { regimesOf, shareOf } from './regimes.ts'
import { boxesOf, type Boxes, type Cube } from './tree-boxes.ts'

interface Grown {
  readonly of: Space
  readonly tree: Tree
  readonly cube: Cube
  readonly boxes: Boxes
}

/** A tree on random values of random places; forbidden ones too, for the cube has them. */
const grown: fc.Arbitrary<Grown> = fc
  .tuple(arbitrarySpace(finiteParameter), fc.nat(), fc.integer({ min: 2, max: 40 }))
  .map(([definition, seed, count]) => {
    const of = space({ ...definition, forbidden: [] })
    const chance = stream(seed, 'places')
    const rows = Array.from({ length: count }, () => [
      ...placed(
        of,
        of.axes.map(() => chance.uniform()),
      ),
    ])
    const parameters = of.axes.map(({ parameter }) => parameter)
    const options = { trees: 1, minLeaf: 1, columns: 2, splits: 'best', bootstrap: true } as const
    const values = Float64Array.from(rows, () => chance.normal())
    const tree = fitForest(matrixOf(rows), values, options, seed, parameters).trees[0]!
    const sizes = Array.from(tree.mixed?.sizes ?? parameters.map(() => 0))
    const cube = {
      parameters,
      sizes,
      regimes: regimesOf(
        of,
        sizes.map((size) => size > 0),
      ),
    }
    return { of, tree, cube, boxes: boxesOf(tree, cube) }
  })

/** As a trial of this place has it: centres of cells, NaN where a parameter is absent. */
const placed = (of: Space, unit: readonly number[]): Float64Array => encode(of, decode(of, unit))

function holds({ axes, ends, sets }: Boxes, box: number, { sizes }: Cube, unit: readonly number[]): boolean {
  return unit.every((at, axis) => {
    const words = sets[box * axes + axis]
    if (!words) return ends[2 * (box * axes + axis)]! <= at && at < ends[2 * (box * axes + axis) + 1]!
    const category = Math.floor(at * sizes[axis]!)
    return ((words[category >>> 5]! >>> (category & 31)) & 1) === 1
  })
}

test('every place of the cube lies in one box, which says what the tree says of its configuration', () => {
  fc.assert(
    fc.property(grown, fc.nat(), ({ of, tree, cube, boxes }, seed) => {
      const chance = stream(seed, 'asked')
      for (let asked = 0; asked < 20; asked++) {
        const unit = of.axes.map(() => chance.uniform())
        const within = boxes.means.filter((_, box) => holds(boxes, box, cube, unit))
        assert.deepEqual(within, [askForest([tree], placed(of, unit)).mean])
      }
    }),
    { numRuns: 200 },
  )
})

/** Every cell of the cube with its share. */
function cellsOf(of: Space): { readonly unit: readonly number[]; readonly share: number }[] {
  return of.axes.reduce<{ unit: readonly number[]; share: number }[]>(
    (all, { parameter }) =>
      all.flatMap(({ unit, share }) =>
        Array.from({ length: parameter.size }, (_, index) => {
          const [from, to] = parameter.cell(parameter.at(index))
          return { unit: [...unit, (from + to) / 2], share: share * (to - from) }
        }),
      ),
    [{ unit: [], share: 1 }],
  )
}

test('main effects and interactions are those of a sum over the whole space, in each regime', () => {
  fc.assert(
    fc.property(grown, ({ of, tree, cube, boxes }) => {
      fc.pre(of.axes.reduce((count, { parameter }) => count * parameter.size, 1) < 3000)
      const cells = cellsOf(of).map((cell) => ({ ...cell, value: askForest([tree], placed(of, cell.unit)).mean }))
      for (const [axis, regime] of cube.regimes.entries()) {
        const share = shareOf(regime, of)
        const inside = cells.filter(({ unit }) => !Number.isNaN(placed(of, unit)[axis]!))
        near(
          inside.reduce((sum, cell) => sum + cell.share, 0),
          share,
        )
        if (share === 0) continue
        const found = boxVariance(boxes, cube.sizes, regime)
        const mean = inside.reduce((sum, cell) => sum + (cell.share / share) * cell.value, 0)
        const marginal = (...axes: number[]): number => {
          const groups = Map.groupBy(inside, ({ unit }) => axes.map((at) => unit[at]).join())
          let variance = 0
          for (const group of groups.values()) {
            const weight = group.reduce((sum, cell) => sum + cell.share, 0)
            const part = group.reduce((sum, cell) => sum + cell.share * cell.value, 0) / weight
            variance += (weight / share) * (part - mean) ** 2
          }
          return variance
        }
        near(found.mean, mean)
        near(found.variance, marginal(...of.axes.keys()))
        near(found.mainEffect(axis), marginal(axis))
        const other = (axis + 1) % of.dimension
        if (other !== axis)
          near(found.interaction(axis, other), marginal(axis, other) - marginal(axis) - marginal(other))
      }
    }),
    { numRuns: 100 },
  )
})

function near(got: number, expected: number): void {
  assert.ok(Math.abs(got - expected) < 1e-9, `got ${got}, expected ${expected}`)
}
