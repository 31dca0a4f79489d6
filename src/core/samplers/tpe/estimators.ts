/**
 * The two densities of a Parzen sampler, of good trials and of the rest, over some axes of the unit cube; and the places that are best for them.
 */
import type { Stream } from '../../maths/stream.ts'
import { type Matrix, rowOf } from '../../maths/matrix.ts'
import { type Mixture, type MixtureAxis, drawPlace, logDensities } from '../../surrogates/mixture.ts'
import { type ParzenOptions, ageWeights, parzen } from '../../surrogates/parzen.ts'
import type { History } from '../history.ts'
import type { Split } from './split.ts'

/** Axes that are learnt together. */
export interface Estimators {
  readonly axes: readonly number[]
  readonly below: Mixture
  readonly above: Mixture
}

/** `inFlight`: places proposed since, above like all that has not ended. `options.bandwidthFactor` is for the good trials alone. */
export function estimatorsOf(given: {
  readonly axes: readonly number[]
  readonly kinds: readonly MixtureAxis[]
  readonly history: History
  readonly split: Split
  readonly inFlight: readonly Float64Array[]
  readonly options: ParzenOptions
}): Estimators {
  const { axes, history, split, inFlight, options } = given
  const kinds = axes.map((axis) => given.kinds[axis]!)
  const { places } = history
  const below = split.below.filter((row) => isThere(rowOf(places, row), axes))
  const above = split.above.filter((row) => isThere(rowOf(places, row), axes))
  const { rows, weights } = thinned(above, split.failed, inFlight.length)
  return {
    axes,
    below: parzen(kinds, columnsOf(places, below, axes, []), belowWeights(below.length, history), options),
    above: parzen(kinds, columnsOf(places, rows, axes, inFlight), weights, { ...options, bandwidthFactor: 1 }),
  }
}

/** With several objectives nothing of a front is better than the rest of it for being newer. */
function belowWeights(count: number, { losses }: History): Float64Array {
  return losses.length > 1 ? new Float64Array(count).fill(1) : ageWeights(count)
}

function isThere(place: Float64Array, axes: readonly number[]): boolean {
  for (const axis of axes) if (!Number.isNaN(place[axis]!)) return true
  return false
}

/** So many of each kind: the newest failures, the newest others, and the older others. More kernels cost time and change next to nothing. */
const keptAtMost = 1000

/** Of very many trials the older ones are represented by every second, third, ... of them, each with the weight of those that it stands for. */
function thinned(
  above: readonly number[],
  failed: ReadonlySet<number>,
  inFlight: number,
): { readonly rows: readonly number[]; readonly weights: Float64Array } {
  const weights = ageWeights(above.length + inFlight)
  for (const [index, row] of above.entries()) if (failed.has(row)) weights[index] = 1
  if (above.length <= 3 * keptAtMost) return { rows: above, weights }
  const step = Math.ceil(above.length / keptAtMost)
  const rows: number[] = []
  const kept: number[] = []
  let failures = 0
  let others = 0
  let carried = 0
  for (let index = above.length - 1; index >= 0; index--) {
    const row = above[index]!
    const isFailed = failed.has(row)
    if (isFailed ? ++failures > keptAtMost : ++others > keptAtMost) {
      if (isFailed) continue
      carried += weights[index]!
      if (others % step !== 0) continue
    } else carried = weights[index]!
    rows.push(row)
    kept.push(carried)
    carried = 0
  }
  return { rows: rows.reverse(), weights: Float64Array.from([...kept.reverse(), ...weights.subarray(above.length)]) }
}

function columnsOf(
  { columns, values }: Matrix,
  rows: readonly number[],
  axes: readonly number[],
  further: readonly Float64Array[],
): Matrix {
  const width = axes.length
  const copy = new Float64Array((rows.length + further.length) * width)
  let at = 0
  for (const row of rows) for (const axis of axes) copy[at++] = values[row * columns + axis]!
  for (const place of further) for (const axis of axes) copy[at++] = place[axis]!
  return { rows: rows.length + further.length, columns: width, values: copy }
}

export interface Drawn {
  readonly place: Float64Array
  readonly score: number
}

/** Places drawn from the good density, in the order in which they are better under it than under the other; `settle` moves each to where it will be read. */
export function drawRanked(
  { axes, below, above }: Estimators,
  count: number,
  chance: Stream,
  settle: (place: Float64Array) => Float64Array,
): Drawn[] {
  const values = new Float64Array(count * axes.length)
  const places: Float64Array[] = []
  for (let index = 0; index < count; index++) {
    const place = settle(drawPlace(below, chance))
    places.push(place)
    values.set(place, index * axes.length)
  }
  const drawn = { rows: count, columns: axes.length, values }
  const good = logDensities(below, drawn)
  const rest = logDensities(above, drawn)
  return places.map((place, index) => ({ place, score: good[index]! - rest[index]! })).sort((a, b) => b.score - a.score)
}
