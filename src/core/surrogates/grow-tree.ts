/**
 * How one regression tree of a forest is grown.
 *
 * Rows are split where the sum of squares falls most, among `columns` randomly chosen columns that are not constant there; `splits: 'random'` draws one
 * threshold a column instead of trying all.
 *
 * Categories are not ordered by number: a split sends a set of them left. Sorted by their mean at the node, the best set is a beginning of that order
 * (Fisher 1958; Breiman, Friedman, Olshen, Stone 1984, section 4.2.2), so it costs no more than a threshold. Categories that no row at the node has go
 * left or right by a coin, a new one at each node: so trees disagree about what they have not seen. Above `categoriesAtMost` they count as ordered.
 *
 * Missing values (NaN: parameters that do not exist in a configuration) go together to the side that they fit better; having a value or none is a split of its own.
 *
 * Each column is sorted once; a tree keeps its rows sorted by every column and divides these orders as it divides the rows (SLIQ: Mehta, Agrawal, Rissanen 1996).
 * Only additions, products and comparisons decide, so that a tree is the same on every machine.
 *
 * Cost: O(columns x rows x depth).
 */
import type { Stream } from '../maths/stream.ts'
import { type GrowthOptions, type SplitSearch, findSplit } from './find-split.ts'
import { fitTrend } from './node-trend.ts'
import type { Column, Table } from './tree-table.ts'

/** Nodes in preorder: the left child follows its parent. */
export interface Tree {
  /** The column that a node asks, or -1 for a leaf. */
  readonly column: Int32Array
  /** Rows at or below it go left; for a column of categories, where the set of those that go left begins in `sets`. */
  readonly threshold: Float64Array
  readonly right: Int32Array
  readonly mean: Float64Array
  /** Of the rows of a leaf; 0 at other nodes. */
  readonly variance: Float64Array
  /** Only where a column has categories or missing values. */
  readonly mixed?: {
    readonly missingLeft: Uint8Array
    /** Bits, 32 categories a word. */
    readonly sets: Uint32Array
    /** For each column the number of categories; 0 = ordered. */
    readonly sizes: Int32Array
  }
  /** Only with trends: a leaf's answer is its mean + the coefficients in row `of` . the terms. */
  readonly trends?: {
    readonly of: Int32Array
    readonly coefficients: readonly Float64Array[]
    readonly kinds: readonly Column[] | undefined
  }
}

/** A tree under way. */
interface Growth extends SplitSearch {
  readonly goesLeft: Uint8Array
  readonly spare: Int32Array
  readonly nodes: Nodes
  readonly sets: number[]
  readonly coefficients: Float64Array[]
}

/** Room for a tree with as many leaves as rows. */
interface Nodes {
  count: number
  readonly column: Int32Array
  readonly threshold: Float64Array
  readonly right: Int32Array
  readonly mean: Float64Array
  readonly variance: Float64Array
  readonly missingLeft: Uint8Array
  /** Row of the coefficients that hold at the node; -1 = none. */
  readonly trend: Int32Array
}

export function growTree(setting: {
  readonly table: Table
  readonly y: Float64Array
  readonly drawn: Uint16Array
  readonly options: GrowthOptions
  readonly chance: Stream
}): Tree {
  const { table, drawn } = setting
  const columns = table.values.length
  const order = drawnRows(table, drawn)
  const growth: Growth = {
    ...setting,
    // Trends are taken out of it as the tree grows.
    y: table.terms === null ? setting.y : setting.y.slice(),
    order,
    count: order.length / Math.max(columns, 1),
    columns: Int32Array.from({ length: columns }, (_, column) => column),
    goesLeft: new Uint8Array(table.rows),
    spare: new Int32Array(table.rows),
    nodes: roomFor(2 * table.rows),
    sets: [],
    coefficients: [],
    best: { column: -1, threshold: 0, gain: -1, missingLeft: false, set: null },
  }
  growNode(growth, 0, growth.count, { depth: 0, constant: 0, trend: -1 })
  const { nodes, sets, coefficients } = growth
  const plain: Tree = {
    column: nodes.column.slice(0, nodes.count),
    threshold: nodes.threshold.slice(0, nodes.count),
    right: nodes.right.slice(0, nodes.count),
    mean: nodes.mean.slice(0, nodes.count),
    variance: nodes.variance.slice(0, nodes.count),
  }
  const trends = { of: nodes.trend.slice(0, nodes.count), coefficients, kinds: table.kinds }
  const tree: Tree = table.terms === null ? plain : { ...plain, trends }
  if (!table.isMixed) return tree
  const missingLeft = nodes.missingLeft.slice(0, nodes.count)
  return { ...tree, mixed: { missingLeft, sets: Uint32Array.from(sets), sizes: table.sizes } }
}

function drawnRows({ sorted }: Table, drawn: Uint16Array): Int32Array {
  const order = new Int32Array(sorted.length)
  let count = 0
  for (let place = 0; place < sorted.length; place++) if (drawn[sorted[place]!]! > 0) order[count++] = sorted[place]!
  return order.subarray(0, count)
}

function roomFor(nodes: number): Nodes {
  return {
    count: 0,
    column: new Int32Array(nodes),
    threshold: new Float64Array(nodes),
    right: new Int32Array(nodes),
    mean: new Float64Array(nodes),
    variance: new Float64Array(nodes),
    missingLeft: new Uint8Array(nodes),
    trend: new Int32Array(nodes),
  }
}

/** What a node inherits: the constant and the trend that were taken out of y above it. */
interface Above {
  readonly depth: number
  readonly constant: number
  readonly trend: number
}

/** Rows that a trend of its own is worth. */
const rowsOfTrend = 3

/** Grows what lies below the rows from `start` to `end`. Depth is at most the number of rows. */
function growNode(growth: Growth, start: number, end: number, inherited: Above): void {
  const above = withTrend(growth, start, end, inherited)
  const { y, drawn, order, nodes, options, best } = growth
  let weight = 0
  let sum = 0
  let isConstant = true
  const first = y[order[start]!]!
  for (let place = start; place < end; place++) {
    const row = order[place]!
    weight += drawn[row]!
    sum += drawn[row]! * y[row]!
    if (y[row] !== first) isConstant = false
  }
  const mean = isConstant ? first : sum / weight
  const node = nodes.count++
  nodes.column[node] = -1
  nodes.right[node] = -1
  nodes.mean[node] = above.constant + mean
  nodes.trend[node] = above.trend
  if (isConstant) return
  best.gain = -1
  if (end - start >= 2 * options.minLeaf) findSplit(growth, { start, end, mean, weight })
  if (best.gain < 0) {
    nodes.variance[node] = squaresOf(growth, start, end, mean) / weight
    return
  }
  nodes.column[node] = best.column
  nodes.missingLeft[node] = best.missingLeft ? 1 : 0
  nodes.threshold[node] = best.set === null ? best.threshold : growth.sets.length
  if (best.set !== null) growth.sets.push(...best.set)
  const middle = start + divide(growth, start, end)
  const below = { ...above, depth: above.depth + 1 }
  growNode(growth, start, middle, below)
  nodes.right[node] = nodes.count
  growNode(growth, middle, end, below)
}

/** Fits the node's own trend to what is left over, if it is to have one. */
function withTrend(growth: Growth, start: number, end: number, above: Above): Above {
  const { table, y, drawn, order, options, coefficients } = growth
  const { terms } = table
  if (terms === null || options.trend === undefined) return above
  if (above.depth > options.trend.depth || end - start < rowsOfTrend) return above
  const rows = order.subarray(start, end)
  let weight = 0
  for (const row of rows) weight += drawn[row]!
  const own = coefficients[above.trend]?.slice() ?? new Float64Array(terms.columns)
  // A correction of few rows is believed less.
  const share = above.depth === 0 ? 1 : weight / (weight + 1)
  const constant = fitTrend({ y, weights: drawn, terms, rows, ridge: options.trend.ridge, share }, own)
  coefficients.push(own)
  return { depth: above.depth, constant: above.constant + constant, trend: coefficients.length - 1 }
}

function squaresOf({ y, drawn, order }: Growth, start: number, end: number, mean: number): number {
  let squares = 0
  for (let place = start; place < end; place++) {
    const row = order[place]!
    const deviation = y[row]! - mean
    squares += drawn[row]! * deviation * deviation
  }
  return squares
}

/** Divides the stretch of every column by the best split, keeping its order on either side; gives how many rows go left. */
function divide(growth: Growth, start: number, end: number): number {
  const { table, order, count, goesLeft, spare, best } = growth
  const { threshold, set, missingLeft } = best
  const values = table.values[best.column]!
  let left = 0
  for (let place = start; place < end; place++) {
    const row = order[place]!
    const value = values[row]!
    let isLeft: boolean
    if (value !== value) isLeft = missingLeft
    else if (set === null) isLeft = value <= threshold
    else isLeft = ((set[value >>> 5]! >>> (value & 31)) & 1) === 1
    goesLeft[row] = isLeft ? 1 : 0
    left += goesLeft[row]!
  }
  for (let column = 0; column < table.values.length; column++) {
    const last = column * count + end
    let kept = column * count + start
    let moved = 0
    // Written to both places and kept in one: the sides alternate at random, and a branch would be guessed wrongly half of the time.
    for (let place = kept; place < last; place++) {
      const row = order[place]!
      const isLeft = goesLeft[row]!
      order[kept] = row
      spare[moved] = row
      kept += isLeft
      moved += 1 - isLeft
    }
    for (let place = 0; place < moved; place++) order[kept + place] = spare[place]!
  }
  return left
}
