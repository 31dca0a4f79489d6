/** Rows of a table by configuration: the same one, or the nearest one in the space's unit cube. */
import type { Configuration } from '../core/trial.ts'
import { encode, key } from '../core/space/space.ts'
import type { Space } from '../core/space/space.ts'

/** The rows as points of the unit cube, row after row; NaN where a parameter is inactive. */
export interface EncodedRows {
  readonly space: Space
  readonly count: number
  readonly points: Float64Array
  /** By axis: values that differ are equally far apart, since their order means nothing. */
  readonly isUnordered: readonly boolean[]
}

export function encodeRows(space: Space, rows: readonly Configuration[]): EncodedRows {
  const points = new Float64Array(rows.length * space.dimension)
  for (const [row, configuration] of rows.entries()) points.set(encode(space, configuration), row * space.dimension)
  const isUnordered = space.names.map((name) => space.definition.parameters[name]?.type === 'categorical')
  return { space, count: rows.length, points, isUnordered }
}

/**
 * The nearest row that `isTaken` does not exclude, ties by the lower number; null if there is none. Squared distance;
 * an axis that is active in only one of the two, or unordered and different, counts 1. Costs one pass over the rows.
 */
export function nearestRow(
  encoded: EncodedRows,
  configuration: Configuration,
  isTaken: (row: number) => boolean = () => false,
): number | null {
  const point = encode(encoded.space, configuration)
  let nearest: number | null = null
  let least = Infinity
  for (let row = 0; row < encoded.count; row++) {
    if (isTaken(row)) continue
    const distance = squaredDistance(encoded, row, point, least)
    if (distance >= least && nearest !== null) continue
    nearest = row
    least = distance
  }
  return nearest
}

/** Gives up, with a too small answer that is no less than `enough`, as soon as it is reached. */
function squaredDistance(encoded: EncodedRows, row: number, point: Float64Array, enough: number): number {
  const { points, isUnordered } = encoded
  const offset = row * point.length
  let sum = 0
  for (let axis = 0; axis < point.length && sum < enough; axis++) {
    const a = points[offset + axis] as number
    const b = point[axis] as number
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) continue
    sum += isUnordered[axis] || Number.isNaN(a) || Number.isNaN(b) ? 1 : (a - b) * (a - b)
  }
  return sum
}

/** Configuration -> row, for trials that no table sampler made: the first equal row, else the nearest one. */
export function rowFinder(space: Space, rows: readonly Configuration[]): (configuration: Configuration) => number {
  let byKey: Map<string, number> | undefined
  let encoded: EncodedRows | undefined
  return (configuration) => {
    if (byKey === undefined) {
      byKey = new Map()
      for (const [row, each] of rows.entries()) if (!byKey.has(key(space, each))) byKey.set(key(space, each), row)
    }
    const equal = byKey.get(key(space, configuration))
    if (equal !== undefined) return equal
    encoded ??= encodeRows(space, rows)
    return nearestRow(encoded, configuration) ?? 0
  }
}
