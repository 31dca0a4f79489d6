/**
 * Regression forests: random forests (Breiman 2001) and extremely randomised trees (Geurts, Ernst, Wehenkel 2006), with a variance.
 *
 * How a tree is grown, over numbers, categories and missing values alike, is in `grow-tree.ts`. Mean and variance of a forest follow from the law of
 * total variance: the mean of the leaves' variances (what is noise) plus the variance of the leaves' means (what the trees do not know;
 * Hutter, Xu, Hoos, Leyton-Brown 2014, section 4.3.2).
 *
 * Cost: fitting O(trees x columns x rows x depth), and rows x columns integers of memory; an answer O(trees x depth).
 *
 * Invariants
 * - Without trends a prediction lies within the range of y; a constant y is predicted exactly, with variance 0.
 * - The same seed gives the same forest; trees are independent, so that a forest of fewer trees is the beginning of one of more.
 * - A growing function of a column (its logarithm) changes no prediction for the rows that were learnt from, if all thresholds are tried.
 */
import { rowOf, type Matrix } from '../maths/matrix.ts'
import { stream, type Stream } from '../maths/stream.ts'
import { trendTerms } from './node-trend.ts'
import type { GrowthOptions } from './find-split.ts'
import { growTree, type Tree } from './grow-tree.ts'
import { tableOf, type Column } from './tree-table.ts'

export type { Tree } from './grow-tree.ts'
export type { Column } from './tree-table.ts'

export interface ForestOptions extends GrowthOptions {
  readonly trees: number
  /** Whether each tree is grown on rows drawn with replacement. */
  readonly bootstrap: boolean
}

export interface Forest {
  readonly trees: readonly Tree[]
  /** How often each row was drawn for each tree. */
  readonly drawn: readonly Uint16Array[]
}

export interface Answer {
  readonly mean: number
  readonly variance: number
}

/** Answers to many rows at once. The whole variance is `between` + `within`. */
export interface Answers {
  readonly mean: Float64Array
  /** Variance of the trees' means: ignorance, which further rows would mend (epistemic). */
  readonly between: Float64Array
  /** Mean of the leaves' variances: noise, and what the trees could not tell apart (aleatoric). */
  readonly within: Float64Array
}

/**
 * `kinds` says of each column whether neighbouring values are alike; all are, unless said. A missing value is NaN. A column of categories holds
 * places of the unit interval, each category an equal share, as `encode` of the space gives.
 */
export function fitForest(
  x: Matrix,
  y: Float64Array,
  options: ForestOptions,
  seed: number,
  kinds?: readonly Column[],
): Forest {
  const table = tableOf(x, kinds, options.trend !== undefined)
  const grown = Array.from({ length: options.trees }, (_, tree) => {
    const chance = stream(seed, 'forest', tree)
    const drawn = draw(x.rows, options.bootstrap, chance)
    return { drawn, tree: growTree({ table, y, drawn, options, chance }) }
  })
  return { trees: grown.map(({ tree }) => tree), drawn: grown.map(({ drawn }) => drawn) }
}

export function askForest(trees: readonly Tree[], row: ArrayLike<number>): Answer {
  const leaves = trees.map((tree) => leafOf(tree, row, 0))
  const means = trees.map((tree, index) => tree.mean[leaves[index]!]!)
  let mean = 0
  let within = 0
  for (const [index, { variance }] of trees.entries()) {
    mean += means[index]! / trees.length
    within += variance[leaves[index]!]! / trees.length
  }
  let between = 0
  for (const value of means) between += (value - mean) ** 2 / trees.length
  return { mean, variance: within + between }
}

/** The same for every row of x, tree after tree, so that each tree stays in the cache. With trends, only this. */
export function askForestAll(trees: readonly Tree[], x: Matrix): Answers {
  const { rows, columns, values } = x
  const trends = trees.find((tree) => tree.trends)?.trends
  const terms = trends === undefined ? null : trendTerms(x, trends.kinds)
  const first = new Float64Array(rows)
  const sum = new Float64Array(rows)
  const squares = new Float64Array(rows)
  const within = new Float64Array(rows)
  for (const [index, tree] of trees.entries()) {
    const { mean, variance } = tree
    for (let row = 0; row < rows; row++) {
      const leaf = leafOf(tree, values, row * columns)
      // Deviations from the first tree, so that squares do not cancel.
      let answer = mean[leaf]!
      if (terms !== null && tree.trends !== undefined) answer += trendAt(tree.trends, leaf, terms, row)
      if (index === 0) first[row] = answer
      const deviation = answer - first[row]!
      sum[row] = sum[row]! + deviation
      squares[row] = squares[row]! + deviation * deviation
      within[row] = within[row]! + variance[leaf]!
    }
  }
  const count = trees.length
  for (let row = 0; row < rows; row++) {
    const deviation = sum[row]! / count
    squares[row] = Math.max(squares[row]! / count - deviation * deviation, 0)
    sum[row] = first[row]! + deviation
    within[row] = within[row]! / count
  }
  return { mean: sum, between: squares, within }
}

function trendAt({ of, coefficients }: NonNullable<Tree['trends']>, leaf: number, terms: Matrix, row: number): number {
  const own = coefficients[of[leaf]!]
  if (own === undefined) return 0
  const from = row * terms.columns
  let sum = 0
  for (let term = 0; term < own.length; term++) sum += own[term]! * terms.values[from + term]!
  return sum
}

/** For each row of x, on which the forest was grown, the answer of the trees that have not seen it; null where all have. */
export function outOfBag({ trees, drawn }: Forest, x: Matrix): (Answer | null)[] {
  return Array.from({ length: x.rows }, (_, row) => {
    const unseen = trees.filter((_tree, index) => drawn[index]![row] === 0)
    return unseen.length === 0 ? null : askForest(unseen, rowOf(x, row))
  })
}

/** The leaf that the row at `from` of `values` falls into. */
export function leafOf(tree: Tree, values: ArrayLike<number>, from: number): number {
  const { column, threshold, right, mixed } = tree
  let node = 0
  if (mixed === undefined) {
    for (let asked = column[0]!; asked >= 0; asked = column[node]!)
      node = values[from + asked]! <= threshold[node]! ? node + 1 : right[node]!
    return node
  }
  const { missingLeft, sets, sizes } = mixed
  for (let asked = column[0]!; asked >= 0; asked = column[node]!) {
    const value = values[from + asked]!
    const size = sizes[asked]!
    let isLeft: boolean
    if (value !== value) isLeft = missingLeft[node] === 1
    else if (size === 0) isLeft = value <= threshold[node]!
    else {
      const category = Math.min(Math.floor(value * size), size - 1)
      isLeft = ((sets[threshold[node]! + (category >>> 5)]! >>> (category & 31)) & 1) === 1
    }
    node = isLeft ? node + 1 : right[node]!
  }
  return node
}

function draw(rows: number, bootstrap: boolean, chance: Stream): Uint16Array {
  const drawn = new Uint16Array(rows)
  if (bootstrap) for (let index = 0; index < rows; index++) drawn[chance.integer(rows)]!++
  else drawn.fill(1)
  return drawn
}
