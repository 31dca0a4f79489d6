/**
 * Regression forests: random forests (Breiman 2001) and extremely randomised trees (Geurts, Ernst, Wehenkel 2006), with a variance.
 *
 * A tree splits its rows where the sum of squares falls most, among `columns` randomly chosen columns that are not constant there; `splits: 'random'` draws one threshold a
 * column instead of trying all. Mean and variance of a forest follow from the law of total variance: the mean of the leaves' variances plus
 * the variance of the leaves' means (Hutter, Xu, Hoos, Leyton-Brown 2014, section 4.3.2).
 *
 * Each column is sorted once; a tree keeps its rows sorted by every column and divides these orders as it divides the rows (SLIQ: Mehta, Agrawal, Rissanen 1996).
 * Only additions, products and comparisons decide, so that a forest is the same on every machine.
 *
 * Cost: O(trees x columns x rows x depth), and rows x columns integers of memory.
 *
 * Invariants
 * - A prediction lies within the range of y; a constant y is predicted exactly, with variance 0.
 * - The same seed gives the same forest; trees are independent, so that a forest of fewer trees is the beginning of one of more.
 */
import { rowOf, type Matrix } from '../maths/matrix.ts'
import { stream, type Stream } from '../maths/stream.ts'

export interface ForestOptions {
  readonly trees: number
  /** No leaf holds fewer distinct rows. */
  readonly minLeaf: number
  /** How many columns a split looks at; at least 1. */
  readonly columns: number
  readonly splits: 'best' | 'random'
  /** Whether each tree is grown on rows drawn with replacement. */
  readonly bootstrap: boolean
}

/** Nodes in preorder: the left child follows its parent. */
export interface Tree {
  /** The column that a node asks, or -1 for a leaf. */
  readonly column: Int32Array
  /** Rows at or below it go left. */
  readonly threshold: Float64Array
  readonly right: Int32Array
  readonly mean: Float64Array
  /** Of the rows of a leaf. */
  readonly variance: Float64Array
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

export function fitForest(x: Matrix, y: Float64Array, options: ForestOptions, seed: number): Forest {
  const sorted = sortedColumns(x)
  const grown = Array.from({ length: options.trees }, (_, tree) => {
    const chance = stream(seed, 'forest', tree)
    const drawn = draw(x.rows, options.bootstrap, chance)
    return { drawn, tree: growTree({ x, y, sorted, drawn, options, chance }) }
  })
  return { trees: grown.map(({ tree }) => tree), drawn: grown.map(({ drawn }) => drawn) }
}

export function askForest(trees: readonly Tree[], row: ArrayLike<number>): Answer {
  return totalOf(trees.map((tree) => leafOf(tree, row)))
}

/** For each row of x, on which the forest was grown, the answer of the trees that have not seen it; null where all have. */
export function outOfBag({ trees, drawn }: Forest, x: Matrix): (Answer | null)[] {
  return Array.from({ length: x.rows }, (_, row) => {
    const unseen = trees.filter((_tree, index) => drawn[index]![row] === 0)
    return unseen.length === 0 ? null : askForest(unseen, rowOf(x, row))
  })
}

function leafOf(tree: Tree, row: ArrayLike<number>): Answer {
  let node = 0
  while (tree.column[node]! >= 0)
    node = row[tree.column[node]!]! <= tree.threshold[node]! ? node + 1 : tree.right[node]!
  return { mean: tree.mean[node]!, variance: tree.variance[node]! }
}

function totalOf(leaves: readonly Answer[]): Answer {
  let mean = 0
  let within = 0
  for (const leaf of leaves) {
    mean += leaf.mean / leaves.length
    within += leaf.variance / leaves.length
  }
  let between = 0
  for (const leaf of leaves) between += (leaf.mean - mean) ** 2 / leaves.length
  return { mean, variance: within + between }
}

function draw(rows: number, bootstrap: boolean, chance: Stream): Uint16Array {
  const drawn = new Uint16Array(rows)
  if (bootstrap) for (let index = 0; index < rows; index++) drawn[chance.integer(rows)]!++
  else drawn.fill(1)
  return drawn
}

/** For each column the rows by rising value, equal ones by number: column after column. */
function sortedColumns({ rows, columns, values }: Matrix): Int32Array {
  if (columns === 0) return Int32Array.from({ length: rows }, (_, row) => row)
  const sorted = new Int32Array(rows * columns)
  for (let column = 0; column < columns; column++) {
    const order = sorted.subarray(column * rows, (column + 1) * rows)
    for (let row = 0; row < rows; row++) order[row] = row
    order.sort((a, b) => values[a * columns + column]! - values[b * columns + column]! || a - b)
  }
  return sorted
}

/** A tree under way. */
interface Growth {
  readonly x: Matrix
  readonly y: Float64Array
  readonly drawn: Uint16Array
  readonly options: ForestOptions
  readonly chance: Stream
  /** Column after column the drawn rows, sorted within each node's stretch. */
  readonly order: Int32Array
  /** Length of a column's stretch of `order`. */
  readonly count: number
  readonly columns: Int32Array
  readonly goesLeft: Uint8Array
  readonly spare: Int32Array
  readonly nodes: { column: number; threshold: number; right: number; mean: number; variance: number }[]
}

interface Split {
  readonly column: number
  readonly threshold: number
  /** Rows that go left. */
  readonly left: number
  readonly gain: number
}

function growTree(setting: {
  readonly x: Matrix
  readonly y: Float64Array
  readonly sorted: Int32Array
  readonly drawn: Uint16Array
  readonly options: ForestOptions
  readonly chance: Stream
}): Tree {
  const { x, drawn, sorted } = setting
  const order = sorted.filter((row) => drawn[row]! > 0)
  const growth: Growth = {
    ...setting,
    order,
    count: order.length / Math.max(x.columns, 1),
    columns: Int32Array.from({ length: x.columns }, (_, column) => column),
    goesLeft: new Uint8Array(x.rows),
    spare: new Int32Array(x.rows),
    nodes: [],
  }
  growNode(growth, 0, growth.count)
  const { nodes } = growth
  return {
    column: Int32Array.from(nodes, ({ column }) => column),
    threshold: Float64Array.from(nodes, ({ threshold }) => threshold),
    right: Int32Array.from(nodes, ({ right }) => right),
    mean: Float64Array.from(nodes, ({ mean }) => mean),
    variance: Float64Array.from(nodes, ({ variance }) => variance),
  }
}

/** Grows what lies below the rows from `start` to `end`. Depth is at most the number of rows. */
function growNode(growth: Growth, start: number, end: number): void {
  const { y, drawn, order, nodes, options } = growth
  let weight = 0
  let sum = 0
  for (let place = start; place < end; place++) {
    const row = order[place]!
    weight += drawn[row]!
    sum += drawn[row]! * y[row]!
  }
  let mean = sum / weight
  let squares = 0
  let isConstant = true
  const first = y[order[start]!]!
  for (let place = start; place < end; place++) {
    const row = order[place]!
    squares += drawn[row]! * (y[row]! - mean) ** 2
    if (y[row] !== first) isConstant = false
  }
  if (isConstant) mean = first
  const node = { column: -1, threshold: 0, right: -1, mean, variance: isConstant ? 0 : squares / weight }
  nodes.push(node)
  if (isConstant || end - start < 2 * options.minLeaf) return
  const split = bestSplit(growth, start, end, mean, weight)
  if (split === null) return
  divide(growth, start, end, split)
  node.column = split.column
  node.threshold = split.threshold
  growNode(growth, start, start + split.left)
  node.right = nodes.length
  growNode(growth, start + split.left, end)
}

function bestSplit(growth: Growth, start: number, end: number, mean: number, weight: number): Split | null {
  const { x, order, count, columns, options, chance } = growth
  let best: Split | null = null
  let looked = 0
  for (let left = columns.length; left > 0 && looked < options.columns; left--) {
    const drawn = chance.integer(left)
    const column = columns[drawn]!
    columns[drawn] = columns[left - 1]!
    columns[left - 1] = column
    const from = column * count
    const low = x.values[order[from + start]! * x.columns + column]!
    const high = x.values[order[from + end - 1]! * x.columns + column]!
    if (low === high) continue
    looked++
    // A threshold of its own for every node: low <= threshold < high.
    const only = options.splits === 'random' ? low + chance.uniform() * (high - low) : null
    const split = bestOfColumn(growth, { start, end, column, mean, weight, only: only === high ? low : only })
    if (split !== null && (best === null || split.gain > best.gain)) best = split
  }
  return best
}

/** The split of this column that lowers the sum of squares most, or the only one looked at; null if none leaves enough rows on both sides. */
function bestOfColumn(
  { x, y, drawn, order, count, options: { minLeaf } }: Growth,
  node: { start: number; end: number; column: number; mean: number; weight: number; only: number | null },
): Split | null {
  const { start, end, column, mean, weight, only } = node
  const from = column * count
  const valueAt = (place: number): number => x.values[order[from + place]! * x.columns + column]!
  let best: Split | null = null
  let sum = 0
  let below = 0
  let value = valueAt(start)
  for (let place = start; place < end - minLeaf; place++) {
    const row = order[from + place]!
    sum += drawn[row]! * (y[row]! - mean)
    below += drawn[row]!
    const next = valueAt(place + 1)
    const left = place + 1 - start
    if (next > value && (only === null || (value <= only && only < next)) && left >= minLeaf) {
      // The sum of (y - mean) over the right side is the negative of that over the left.
      const gain = sum * sum * (1 / below + 1 / (weight - below))
      if (best === null || gain > best.gain) {
        const middle = value + (next - value) / 2
        best = { column, threshold: only ?? (middle < next ? middle : value), left, gain }
      }
    }
    value = next
  }
  return best
}

/** Divides the stretch of every column, keeping its order on either side. */
function divide({ x, order, count, goesLeft, spare }: Growth, start: number, end: number, split: Split): void {
  for (let place = start; place < end; place++) {
    const row = order[place]!
    goesLeft[row] = x.values[row * x.columns + split.column]! <= split.threshold ? 1 : 0
  }
  for (let column = 0; column < x.columns; column++) {
    const from = column * count
    let kept = from + start
    let moved = 0
    for (let place = from + start; place < from + end; place++) {
      const row = order[place]!
      if (goesLeft[row] === 1) order[kept++] = row
      else spare[moved++] = row
    }
    order.set(spare.subarray(0, moved), kept)
  }
}
