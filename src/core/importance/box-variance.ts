/**
 * The functional analysis of variance of a function that is constant on boxes of the unit cube (Hutter, Hoos, Leyton-Brown 2014, algorithm 2).
 *
 * The main effect of an axis is the variance of the function's mean over all other axes; the interaction of two is that of its mean over all but these
 * two, less both main effects. Within a regime an axis is measured on the part of it that is allowed there.
 *
 * A mean along an axis is built from steps: what a box adds begins at its one end and ends at the other, and a running sum gives the mean in each cell. An axis has a cell
 * between any two neighbouring ends of boxes, or, where there would be more, 64 equal ones that hold the mean of what lies in them.
 *
 * Cost: O(boxes x axes^2) for the main effects, O(boxes x 16 + 64^2) for each interaction.
 *
 * Invariants
 * - No effect is negative; together they are at most the variance.
 */
import type { Boxes } from './tree-boxes.ts'
import { bitsIn, lengthOf, type Part, type Regime, type Stretches } from './regimes.ts'

const cellsAtMost = 64

/** One axis as all boxes see it. */
interface Profile {
  /** The share of the axis that each box has. */
  readonly shares: Float64Array
  /** Of the cells; their sum is 1. */
  readonly widths: Float64Array
  /** The steps of box b are those from first[b] to first[b + 1]. A step at the end of the axis has no effect. */
  readonly first: Int32Array
  readonly cells: readonly number[]
  readonly steps: readonly number[]
  cellAt(place: number): number
}

export interface BoxVariance {
  readonly mean: number
  readonly variance: number
  /** By cell of the axis the function's mean over all other axes, less the mean over the regime. */
  marginal(axis: number): Float64Array
  /** The cell of a place of the axis that the regime allows. */
  cellAt(axis: number, place: number): number
  mainEffect(axis: number): number
  interaction(one: number, other: number): number
}

/** `sizes` says of axes that are told apart by sets how many categories they have. */
export function boxVariance(boxes: Boxes, sizes: readonly number[], regime: Regime): BoxVariance {
  const { count } = boxes
  const profiles = sizes.map((size, axis) =>
    size > 0 ? profileOfSets(boxes, axis, size, regime.get(axis)) : profileOfEnds(boxes, axis, regime.get(axis)),
  )
  let mean = 0
  for (let box = 0; box < count; box++) mean += boxes.means[box]! * volume(profiles, box, -1, -1)
  let variance = 0
  // Deviations, so that a large mean takes no digits away.
  const values = Float64Array.from(boxes.means, (value) => value - mean)
  for (let box = 0; box < count; box++) variance += values[box]! ** 2 * volume(profiles, box, -1, -1)

  function marginal(axis: number): Float64Array {
    const { widths, first, cells, steps } = profiles[axis]!
    const sums = new Float64Array(widths.length + 1)
    for (let box = 0; box < count; box++) {
      const adds = values[box]! * volume(profiles, box, axis, -1)
      for (let step = first[box]!; step < first[box + 1]!; step++) sums[cells[step]!]! += adds * steps[step]!
    }
    for (let cell = 1; cell < widths.length; cell++) sums[cell]! += sums[cell - 1]!
    return sums.subarray(0, widths.length)
  }

  function mainEffect(axis: number): number {
    const { widths } = profiles[axis]!
    return marginal(axis).reduce((effect, mean, cell) => effect + widths[cell]! * mean * mean, 0)
  }

  function interaction(one: number, other: number): number {
    const [a, b] = [profiles[one]!, profiles[other]!]
    const [rows, columns] = [a.widths.length, b.widths.length]
    const sums = new Float64Array((rows + 1) * (columns + 1))
    for (let box = 0; box < count; box++) {
      const adds = values[box]! * volume(profiles, box, one, other)
      for (let x = a.first[box]!; x < a.first[box + 1]!; x++) {
        const row = a.cells[x]! * (columns + 1)
        const rowAdds = adds * a.steps[x]!
        for (let y = b.first[box]!; y < b.first[box + 1]!; y++) sums[row + b.cells[y]!]! += rowAdds * b.steps[y]!
      }
    }
    return unexplained(sums, a.widths, b.widths)
  }

  return { mean, variance, marginal, cellAt: (axis, place) => profiles[axis]!.cellAt(place), mainEffect, interaction }
}

/** What neither margin of the table explains, given the steps of its entries. */
function unexplained(sums: Float64Array, heights: Float64Array, widths: Float64Array): number {
  const [rows, columns] = [heights.length, widths.length]
  const rowMeans = new Float64Array(rows)
  const columnMeans = new Float64Array(columns)
  let mean = 0
  for (let row = 0; row < rows; row++) {
    for (let column = 0, along = 0; column < columns; column++) {
      const place = row * (columns + 1) + column
      along += sums[place]!
      // A running sum along the row, on top of that of the row above.
      sums[place] = along + (row > 0 ? sums[place - columns - 1]! : 0)
      rowMeans[row]! += widths[column]! * sums[place]!
      columnMeans[column]! += heights[row]! * sums[place]!
    }
    mean += heights[row]! * rowMeans[row]!
  }
  let effect = 0
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const rest = sums[row * (columns + 1) + column]! - rowMeans[row]! - columnMeans[column]! + mean
      effect += heights[row]! * widths[column]! * rest * rest
    }
  }
  return effect
}

/** Of a box, leaving out up to two axes. */
function volume(profiles: readonly Profile[], box: number, one: number, other: number): number {
  let product = 1
  for (let axis = 0; axis < profiles.length; axis++)
    if (axis !== one && axis !== other) product *= profiles[axis]!.shares[box]!
  return product
}

function profileOfEnds({ count, axes, ends }: Boxes, axis: number, part: Part | undefined): Profile {
  const place = part ? placeWithin(part as Stretches) : (at: number) => at
  const bounds = new Float64Array(2 * count)
  for (let box = 0; box < count; box++) {
    bounds[2 * box] = place(ends[2 * (box * axes + axis)]!)
    bounds[2 * box + 1] = place(ends[2 * (box * axes + axis) + 1]!)
  }
  const edges = edgesOf(bounds)
  const widths = Float64Array.from({ length: edges.length - 1 }, (_, cell) => edges[cell + 1]! - edges[cell]!)
  const first = new Int32Array(count + 1)
  const cells: number[] = []
  const steps: number[] = []
  const step = (at: number, height: number) => {
    const cell = cellOf(edges, at)
    if (cell === widths.length) return
    const inside = (edges[cell + 1]! - at) / widths[cell]!
    cells.push(cell)
    steps.push(height * inside)
    if (inside === 1) return
    cells.push(cell + 1)
    steps.push(height * (1 - inside))
  }
  const shares = new Float64Array(count)
  for (let box = 0; box < count; box++) {
    const [from, to] = [bounds[2 * box]!, bounds[2 * box + 1]!]
    shares[box] = to - from
    if (to > from) {
      step(from, 1)
      step(to, -1)
    }
    first[box + 1] = cells.length
  }
  const cellAt = (at: number) => Math.min(cellOf(edges, place(at)), widths.length - 1)
  return { shares, widths, first, cells, steps, cellAt }
}

/** Where a place lies within the allowed stretches, in parts of their length. */
function placeWithin(part: Stretches): (at: number) => number {
  const length = lengthOf(part, 0)
  return (at) => {
    let before = 0
    for (let index = 0; index < part.ends.length; index += 2)
      before += Math.max(0, Math.min(at, part.ends[index + 1]!) - part.ends[index]!)
    return before / length
  }
}

function edgesOf(bounds: Float64Array): Float64Array {
  const distinct = new Set([0, 1])
  for (const bound of bounds) {
    distinct.add(bound)
    if (distinct.size > cellsAtMost + 1)
      return Float64Array.from({ length: cellsAtMost + 1 }, (_, edge) => edge / cellsAtMost)
  }
  return Float64Array.from(distinct).sort()
}

/** The cell that begins at or before this place; the number of cells for the end of the axis. */
function cellOf(edges: Float64Array, at: number): number {
  let low = 0
  let high = edges.length - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    if (edges[middle]! <= at) low = middle
    else high = middle - 1
  }
  return low
}

function profileOfSets({ count, axes, sets }: Boxes, axis: number, size: number, part: Part | undefined): Profile {
  const allowed = part?.type === 'set' ? part.words : null
  const length = allowed ? bitsIn(allowed) : size
  const isIn = (words: Uint32Array, category: number) => ((words[category >>> 5]! >>> (category & 31)) & 1) === 1
  const widths = Float64Array.from({ length: size }, (_, category) =>
    allowed === null || isIn(allowed, category) ? 1 / length : 0,
  )
  const shares = new Float64Array(count)
  const first = new Int32Array(count + 1)
  const cells: number[] = []
  const steps: number[] = []
  for (let box = 0; box < count; box++) {
    const words = sets[box * axes + axis]!
    let wasIn = false
    for (let category = 0; category < size; category++) {
      const is = isIn(words, category)
      if (is) shares[box]! += widths[category]!
      if (is === wasIn) continue
      cells.push(category)
      steps.push(is ? 1 : -1)
      wasIn = is
    }
    first[box + 1] = cells.length
  }
  const cellAt = (at: number) => Math.min(Math.floor(at * size), size - 1)
  return { shares, widths, first, cells, steps, cellAt }
}
