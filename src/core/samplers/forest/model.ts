/**
 * The forests of one search: how good a place is, how sure that is, and how likely it is to fail or to miss a constraint.
 *
 * `trend`, our default: extra trees, each grown on rows drawn with replacement, the second half with a quadratic trend in its upper nodes. Plain trees know where
 * the good rows lie, whatever the function; trends see where a valley leads, but are led astray by ripples. Where the halves disagree the trees'
 * means spread, and the place counts as unknown.
 */
import type { Matrix } from '../../maths/matrix.ts'
import { askForestAll, fitForest, leafOf, type ForestOptions, type Tree } from '../../surrogates/forest.ts'
import type { Column } from '../../surrogates/forest.ts'
import { joined } from './places.ts'
import type { ForestSettings } from './settings.ts'

export interface Taught {
  readonly x: Matrix
  readonly y: Float64Array
}

/** Multiplications that the trends of one tree may cost; beyond, they are left to fewer levels, and to none. */
const trendWorkAtMost = 2e6
const trendDepthAtMost = 4
const ridge = 0.1

export function grow(
  { x, y }: Taught,
  { surrogate, trees }: ForestSettings,
  kinds: readonly Column[],
  seed: number,
): readonly Tree[] {
  if (surrogate === 'random-forest') {
    const columns = Math.max(1, Math.round(Math.sqrt(x.columns)))
    return fitForest(x, y, { trees, minLeaf: 1, columns, splits: 'best', bootstrap: true }, seed, kinds).trees
  }
  const extra: Omit<ForestOptions, 'trees'> = { minLeaf: 1, columns: x.columns, splits: 'random', bootstrap: false }
  if (surrogate === 'extra-trees') return fitForest(x, y, { ...extra, trees }, seed, kinds).trees
  const half = Math.floor(trees / 2)
  const plain = fitForest(x, y, { ...extra, bootstrap: true, trees: trees - half }, seed, kinds).trees
  const terms = 2 * kinds.filter(({ ordered }) => ordered).length
  const depth = Math.min(trendDepthAtMost, Math.floor(trendWorkAtMost / (x.rows * terms * terms)) - 1)
  const trend = terms > 0 && depth >= 0 ? { trend: { depth, ridge } } : {}
  return [...plain, ...fitForest(x, y, { ...extra, ...trend, bootstrap: true, trees: half }, seed + 1, kinds).trees]
}

/** How likely each place is to fail or to miss a constraint. */
export interface Risk {
  at(places: Matrix): Float64Array
}

const riskTrees = 10

/** null while nothing has gone wrong. */
export function riskOf(good: Matrix, bad: Matrix, kinds: readonly Column[], seed: number): Risk | null {
  if (bad.rows === 0) return null
  const x = joined(good, bad)
  const y = new Float64Array(x.rows).fill(1, good.rows)
  const options: ForestOptions = {
    trees: riskTrees,
    minLeaf: 1,
    columns: x.columns,
    splits: 'random',
    bootstrap: false,
  }
  const { trees } = fitForest(x, y, options, seed, kinds)
  return { at: (places) => askForestAll(trees, places).mean }
}

/** By tree, the leaf of every place. */
export function leavesOf(trees: readonly Tree[], { rows, columns, values }: Matrix): Int32Array[] {
  return trees.map((tree) => Int32Array.from({ length: rows }, (_, row) => leafOf(tree, values, row * columns)))
}

/** In how large a share of the trees each place falls into the same leaf as `place`: 1 = the forest cannot tell them apart. */
export function likeness(trees: readonly Tree[], leaves: readonly Int32Array[], place: Float64Array): Float64Array {
  const shares = new Float64Array(leaves[0]?.length ?? 0)
  for (const [index, tree] of trees.entries()) {
    const leaf = leafOf(tree, place, 0)
    const own = leaves[index]!
    for (let row = 0; row < own.length; row++) if (own[row] === leaf) shares[row] = shares[row]! + 1 / trees.length
  }
  return shares
}
