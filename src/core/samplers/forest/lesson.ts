/**
 * What the forest of one search is grown on: rows of the history, with one number each that says how good they are.
 *
 * Rows are put in order first: those that meet all constraints by loss, then those that miss some by how much, then those that failed. Two scales follow
 * from the order. `rank`: the share of rows that are better; it does not mind monotone transforms of the loss, and spreads what is
 * crowded around the best. `minmax`: the loss itself, where outliers (beyond 1.5 interquartile ranges) and all bad rows count as the worst; it does not spread what is alike,
 * so that a region that has given all it can is left.
 *
 * Several objectives become one by weights that are drawn for every search (Chebyshev's or a linear sum), each objective measured by its quantiles.
 *
 * Beyond `rowsAtMost` rows the best quarter of that many is kept and the others are thinned out evenly in their order, so that the cost stays bounded
 * and the worst regions stay known.
 */
import { rowsOf, type Matrix } from '../../maths/matrix.ts'
import type { Stream } from '../../maths/stream.ts'
import { stateCode, type History } from '../history.ts'
import { targetsOf } from '../targets.ts'
import type { ForestSettings } from './settings.ts'

const rowsAtMost = 2000

/** Of a history, the same for all proposals of a search. */
export interface Known {
  readonly places: Matrix
  /** By objective and trial. */
  readonly losses: readonly Float64Array[]
  readonly failed: readonly number[]
  /** Rows under way of which nothing is known. */
  readonly pending: readonly number[]
  /** By trial: how far it misses the constraints, all together; 0 = not at all, as far as is known. */
  readonly violation: Float64Array
}

export interface Lesson {
  readonly x: Matrix
  /** Mean 0 and variance 1, less is better. */
  readonly y: Float64Array
  /** Rows of the history, best first, without those that failed or miss a constraint, unless there are no others. */
  readonly best: readonly number[]
  /** y of the best row. */
  readonly incumbent: number
}

export function knownOf(history: History): Known {
  const targets = history.losses.map((_, objective) => targetsOf(history, { objective }))
  const { failed } = targets[0]!
  const losses = targets.map(({ y }) => y)
  const isKnown = (row: number) => losses.every((column) => !Number.isNaN(column[row]!))
  return {
    places: history.places,
    losses,
    failed,
    pending: targets[0]!.pending.filter((row) => !isKnown(row)),
    violation: violationOf(history),
  }
}

/** Each constraint is measured by the mean of its violations, so that units do not matter. */
function violationOf({ violations, states }: History): Float64Array {
  const total = new Float64Array(states.length)
  for (const column of violations) {
    let sum = 0
    let count = 0
    for (const value of column) {
      if (!(value > 0 && value < Infinity)) continue
      sum += value
      count++
    }
    for (let row = 0; row < total.length; row++) {
      const value = column[row]!
      if (value > 0 && states[row] !== stateCode.failed)
        total[row] = total[row]! + Math.min((value * count) / (sum || 1), 1e6)
    }
  }
  return total
}

export function lessonOf(known: Known, settings: ForestSettings, scaler: 'rank' | 'minmax', chance: Stream): Lesson {
  const loss = oneLoss(known, settings, chance)
  const { violation } = known
  const rows: number[] = []
  for (let row = 0; row < loss.length; row++) if (!Number.isNaN(loss[row]!)) rows.push(row)
  const badness = (row: number) => (loss[row] === Infinity ? Infinity : violation[row]!)
  rows.sort((a, b) => compare(badness(a), badness(b)) || compare(loss[a]!, loss[b]!) || a - b)
  const good = rows.findIndex((row) => badness(row) > 0)
  const goodCount = good < 0 ? rows.length : good
  const ranks = new Float64Array(rows.length)
  for (let place = 1; place < rows.length; place++) {
    const isSame = loss[rows[place]!] === loss[rows[place - 1]!] && badness(rows[place]!) === badness(rows[place - 1]!)
    ranks[place] = isSame ? ranks[place - 1]! : place
  }
  const values = scaler === 'rank' ? ranks : capped(rows, loss, goodCount)
  const kept = thinned(rows.length)
  const y = standardised(Float64Array.from(kept, (place) => values[place]!))
  const best = goodCount > 0 ? rows.slice(0, goodCount) : rows
  return {
    x: rowsOf(
      known.places,
      kept.map((place) => rows[place]!),
    ),
    y,
    best,
    incumbent: y[0] ?? 0,
  }
}

function oneLoss({ losses }: Known, { scalarization }: ForestSettings, chance: Stream): Float64Array {
  if (losses.length === 1) return losses[0]!
  const drawn = losses.map(() => -Math.log(1 - chance.uniform()))
  const sum = drawn.reduce((a, b) => a + b, 0)
  const quantiles = losses.map(quantilesOf)
  return Float64Array.from(losses[0]!, (_, row) => {
    let largest = 0
    let total = 0
    for (const [objective, column] of quantiles.entries()) {
      const part = (drawn[objective]! / sum) * column[row]!
      if (!(part <= largest)) largest = part
      total += part
    }
    // The small sum tells apart what the largest part does not.
    return scalarization === 'linear' ? total : largest + 0.05 * total
  })
}

/** The share of finite losses below each. */
function quantilesOf(column: Float64Array): Float64Array {
  const sorted = column.filter(Number.isFinite).sort()
  return column.map((loss) => {
    if (!Number.isFinite(loss)) return loss
    let low = 0
    let high = sorted.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (sorted[middle]! < loss) low = middle + 1
      else high = middle
    }
    return low / sorted.length
  })
}

function capped(rows: readonly number[], loss: Float64Array, goodCount: number): Float64Array {
  const at = (share: number) => loss[rows[Math.min(Math.floor(share * goodCount), goodCount - 1)]!]!
  const cap = goodCount === 0 ? 0 : at(0.75) + 1.5 * (at(0.75) - at(0.25))
  const worst = goodCount === 0 ? 0 : Math.min(loss[rows[goodCount - 1]!]!, cap)
  return Float64Array.from(rows, (row, place) => (place < goodCount ? Math.min(loss[row]!, cap) : worst))
}

/** Places in the order of the rows. */
function thinned(count: number): number[] {
  if (count <= rowsAtMost) return Array.from({ length: count }, (_, place) => place)
  const top = rowsAtMost / 4
  const step = (count - top) / (rowsAtMost - top)
  return Array.from({ length: rowsAtMost }, (_, index) =>
    index < top ? index : top + Math.floor((index - top) * step),
  )
}

function standardised(values: Float64Array): Float64Array {
  let mean = 0
  for (const value of values) mean += value / values.length
  let squares = 0
  for (const value of values) squares += (value - mean) * (value - mean)
  const spread = Math.sqrt(squares / values.length)
  return values.map((value) => (spread > 0 ? (value - mean) / spread : 0))
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0
}
