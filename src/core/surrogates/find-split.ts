/** The best split of a node of a regression tree: thresholds of ordered columns, sets of categories, and on which side missing values fit better. */
import type { Stream } from '../maths/stream.ts'
import type { Table } from './tree-table.ts'

export interface GrowthOptions {
  /** No leaf holds fewer distinct rows. */
  readonly minLeaf: number
  /** How many columns a split looks at; at least 1. */
  readonly columns: number
  readonly splits: 'best' | 'random'
  /** Whether nodes hold a trend, and down to which depth (0 = the root alone); `node-trend.ts`. Columns are then those of the unit cube. */
  readonly trend?: { readonly depth: number; readonly ridge: number }
}

/** The rows of a tree under way, and the best split found so far. */
export interface SplitSearch {
  readonly table: Table
  readonly y: Float64Array
  /** How often each row was drawn. */
  readonly drawn: Uint16Array
  readonly options: GrowthOptions
  readonly chance: Stream
  /** Column after column the drawn rows, sorted within each node's stretch. */
  readonly order: Int32Array
  /** Length of a column's stretch of `order`. */
  readonly count: number
  readonly columns: Int32Array
  readonly best: Split
}

/** The best split found so far at a node; no gain = none. */
export interface Split {
  column: number
  threshold: number
  gain: number
  missingLeft: boolean
  /** The categories that go left. */
  set: Uint32Array | null
}

/** The rows of a node: their stretch of every order, and what is the same for all splits. */
export interface Stretch {
  readonly start: number
  readonly end: number
  readonly mean: number
  readonly weight: number
}

/** Looks for the best split of these rows; `best` is left alone where there is none. */
export function findSplit(search: SplitSearch, stretch: Stretch): void {
  const { table, order, count, columns, options, chance } = search
  let looked = 0
  for (let left = columns.length; left > 0 && looked < options.columns; left--) {
    const drawn = chance.integer(left)
    const column = columns[drawn]!
    columns[drawn] = columns[left - 1]!
    columns[left - 1] = column
    const from = column * count
    const values = table.values[column]!
    const present = table.hasMissing[column] ? firstMissing(search, from, values, stretch) : stretch.end
    if (present === stretch.start) continue
    const isSame = values[order[from + stretch.start]!] === values[order[from + present - 1]!]
    if (isSame && present === stretch.end) continue
    looked++
    if (table.sizes[column]! > 0) lookAtSets(search, stretch, column, present)
    else lookAtThresholds(search, stretch, column, present)
  }
}

/** Where the missing values of a node begin in this column's order. */
function firstMissing({ order }: SplitSearch, from: number, values: Float64Array, { start, end }: Stretch): number {
  let low = start
  let high = end
  while (low < high) {
    const middle = (low + high) >>> 1
    const value = values[order[from + middle]!]!
    if (value !== value) high = middle
    else low = middle + 1
  }
  return low
}

function lookAtThresholds(search: SplitSearch, stretch: Stretch, column: number, present: number): void {
  const { table, order, count, options, chance } = search
  const values = table.values[column]!
  const low = values[order[column * count + stretch.start]!]!
  const high = values[order[column * count + present - 1]!]!
  if (options.splits === 'best' || low === high) {
    lookAtAll(search, stretch, column, present)
    return
  }
  // A threshold of its own for every node: low <= threshold < high.
  const drawn = low + chance.uniform() * (high - low)
  lookAtOne(search, stretch, column, present, drawn < high ? drawn : low)
}

function lookAtOne(search: SplitSearch, stretch: Stretch, column: number, present: number, threshold: number): void {
  const { table, y, drawn, order, count, options, best } = search
  const { start, end, mean } = stretch
  const from = column * count
  const values = table.values[column]!
  let sum = 0
  let below = 0
  let place = start
  for (; place < present; place++) {
    const row = order[from + place]!
    if (values[row]! > threshold) break
    sum += drawn[row]! * (y[row]! - mean)
    below += drawn[row]!
  }
  const missing = missingOf(search, column, present, end, mean)
  const gain = weighed(stretch, missing, sum, below, place - start, options.minLeaf)
  if (gain <= best.gain) return
  best.gain = gain
  best.column = column
  best.threshold = threshold
  best.missingLeft = side.isLeft
  best.set = null
}

function lookAtAll(search: SplitSearch, stretch: Stretch, column: number, present: number): void {
  const { table, y, drawn, order, count, options, best } = search
  const { start, end, mean } = stretch
  const from = column * count
  const values = table.values[column]!
  const missing = missingOf(search, column, present, end, mean)
  let sum = 0
  let below = 0
  let value = values[order[from + start]!]!
  for (let place = start; place < present; place++) {
    const row = order[from + place]!
    sum += drawn[row]! * (y[row]! - mean)
    below += drawn[row]!
    const next = place + 1 < present ? values[order[from + place + 1]!]! : Infinity
    // Above the last value lies no threshold, unless to part the present from the missing.
    if (next > value && place + 1 < end) {
      const gain = weighed(stretch, missing, sum, below, place + 1 - start, options.minLeaf)
      if (gain > best.gain) {
        const middle = next === Infinity ? value : value + (next - value) / 2
        best.gain = gain
        best.column = column
        best.threshold = middle < next ? middle : value
        best.missingLeft = side.isLeft
        best.set = null
      }
    }
    value = next
  }
}

interface Missing {
  readonly sum: number
  readonly weight: number
  readonly count: number
}

const noneMissing: Missing = { sum: 0, weight: 0, count: 0 }

function missingOf(search: SplitSearch, column: number, present: number, end: number, mean: number): Missing {
  if (present === end) return noneMissing
  const { y, drawn, order, count } = search
  let sum = 0
  let weight = 0
  for (let place = present; place < end; place++) {
    const row = order[column * count + place]!
    sum += drawn[row]! * (y[row]! - mean)
    weight += drawn[row]!
  }
  return { sum, weight, count: end - present }
}

/** Where the missing rows of the split that was weighed last are to go. */
const side = { isLeft: false }

/**
 * By how much the sum of squares falls if the rows with these sums go left and the missing ones to the better side; -1 if too few rows would be on
 * one side. The sum of (y - mean) over the right side is the negative of that over the left.
 */
function weighed(
  { start, end, weight }: Stretch,
  missing: Missing,
  sum: number,
  below: number,
  left: number,
  minLeaf: number,
): number {
  const all = end - start
  side.isLeft = false
  let gain = -1
  if (left >= minLeaf && all - left >= minLeaf) gain = sum * sum * (1 / below + 1 / (weight - below))
  if (missing.count === 0) return gain
  const leftToo = left + missing.count
  if (leftToo >= minLeaf && all - leftToo >= minLeaf) {
    const sumToo = sum + missing.sum
    const belowToo = below + missing.weight
    const gainToo = sumToo * sumToo * (1 / belowToo + 1 / (weight - belowToo))
    if (gainToo > gain) {
      gain = gainToo
      side.isLeft = true
    }
  }
  return gain
}

/** Sums of one category at a node. */
interface Group {
  readonly category: number
  sum: number
  weight: number
  count: number
}

function lookAtSets(search: SplitSearch, stretch: Stretch, column: number, present: number): void {
  const { options, chance, best } = search
  const groups = groupsOf(search, stretch, column, present)
  const missing = missingOf(search, column, present, stretch.end, stretch.mean)
  const means = groups.map(({ sum, weight }) => sum / weight)
  const lowest = means[0]!
  const highest = means.at(-1)!
  const only = options.splits === 'random' ? lowest + chance.uniform() * (highest - lowest) : NaN
  let sum = 0
  let below = 0
  let left = 0
  // All categories on one side is a split only where missing values are on the other.
  const last = groups.length - (missing.count > 0 ? 1 : 2)
  for (let place = 0; place <= last; place++) {
    const group = groups[place]!
    sum += group.sum
    below += group.weight
    left += group.count
    const isLast = means[place + 1]! > only || place >= groups.length - 2
    if (only === only && !isLast) continue
    const gain = weighed(stretch, missing, sum, below, left, options.minLeaf)
    if (gain > best.gain) {
      best.gain = gain
      best.column = column
      best.missingLeft = side.isLeft
      best.set = setOf(search, column, groups, place + 1)
    }
    if (only === only) break
  }
}

/** The categories at a node by rising mean, equal ones by number. */
function groupsOf(search: SplitSearch, { start, mean }: Stretch, column: number, present: number): Group[] {
  const { table, y, drawn, order, count } = search
  const values = table.values[column]!
  const groups: Group[] = []
  let group: Group | null = null
  for (let place = start; place < present; place++) {
    const row = order[column * count + place]!
    const category = values[row]!
    if (group === null || group.category !== category) {
      group = { category, sum: 0, weight: 0, count: 0 }
      groups.push(group)
    }
    group.sum += drawn[row]! * (y[row]! - mean)
    group.weight += drawn[row]!
    group.count++
  }
  return groups.sort((a, b) => a.sum / a.weight - b.sum / b.weight || a.category - b.category)
}

/** The first `left` groups, and by a coin whatever no row here has. */
function setOf({ table, chance }: SplitSearch, column: number, groups: readonly Group[], left: number): Uint32Array {
  const set = Uint32Array.from({ length: Math.ceil(table.sizes[column]! / 32) }, () => chance.uint32())
  for (const [place, { category }] of groups.entries()) {
    const word = category >>> 5
    const bit = 1 << (category & 31)
    set[word] = place < left ? set[word]! | bit : set[word]! & ~bit
  }
  return set
}
