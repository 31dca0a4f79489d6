/**
 * Places of the unit cube as rows that a Gaussian process can measure distances between.
 *
 * A parameter that is always there is a column: a number if it is ordered, else a category. One that may be absent lies on an arc of length 1 of a circle of
 * radius 1, and in its centre where it is absent (after Swersky, Duvenaud, Snoek, Hutter, Osborne, Raiders of the Lost Architecture, 2014): all its values
 * are equally far from absence, two absences are alike, and a value of one branch says nothing about another. So one process learns all branches of a
 * conditional space together. An absent category is one more category.
 */
import type { Space } from '../../space/space.ts'
import type { Matrix } from '../../maths/matrix.ts'
import type { Geometry } from '../../surrogates/gaussian-process.ts'

interface Placed {
  readonly axis: number
  readonly kind: 'number' | 'arc' | 'category'
  /** The first of its columns. */
  readonly column: number
  index(unit: number): number
}

export interface Embedding {
  readonly geometry: Geometry
  readonly columns: number
  readonly placed: readonly Placed[]
}

export function embeddingOf(space: Space): Embedding {
  const axes = space.axes.map((axis, index) => ({ ...axis, index })).filter(({ parameter }) => parameter.size > 1)
  const ordered = axes.filter(({ parameter }) => parameter.ordered)
  const placed: Placed[] = []
  const scaleOf: number[] = []
  for (const { index, parameter, when } of [...ordered, ...axes.filter(({ parameter }) => !parameter.ordered)]) {
    const kind = !parameter.ordered ? 'category' : when ? 'arc' : 'number'
    placed.push({
      axis: index,
      kind,
      column: scaleOf.length,
      index: (unit) => parameter.index(parameter.decode(unit)),
    })
    const scale = placed.length - 1
    scaleOf.push(scale)
    if (kind === 'arc') scaleOf.push(scale)
  }
  const numbers = scaleOf.length - placed.filter(({ kind }) => kind === 'category').length
  return {
    geometry: { numbers, scaleOf: Uint16Array.from(scaleOf), scales: placed.length },
    columns: scaleOf.length,
    placed,
  }
}

/** Writes the row of a place (NaN = absent) from `at` on. */
export function embed({ placed }: Embedding, place: ArrayLike<number>, row: Float64Array, at = 0): void {
  for (const { axis, kind, column, index } of placed) {
    const unit = place[axis]!
    const isAbsent = Number.isNaN(unit)
    if (kind === 'category') row[at + column] = isAbsent ? -1 : index(unit)
    else if (kind === 'number') row[at + column] = unit
    else {
      row[at + column] = isAbsent ? 0 : Math.cos(unit)
      row[at + column + 1] = isAbsent ? 0 : Math.sin(unit)
    }
  }
}

export function embedAll(embedding: Embedding, places: readonly ArrayLike<number>[]): Matrix {
  const { columns } = embedding
  const values = new Float64Array(places.length * columns)
  for (const [row, place] of places.entries()) embed(embedding, place, values, row * columns)
  return { rows: places.length, columns, values }
}

/** Derivatives by columns become derivatives by axes of the cube, added to `byAxis` `factor` times; what is absent or a category has none. */
export function addByAxis(
  { placed }: Embedding,
  place: ArrayLike<number>,
  byColumn: Float64Array,
  factor: number,
  byAxis: Float64Array,
): void {
  for (const { axis, kind, column } of placed) {
    const unit = place[axis]!
    if (kind === 'category' || Number.isNaN(unit)) continue
    byAxis[axis]! +=
      factor *
      (kind === 'number'
        ? byColumn[column]!
        : byColumn[column + 1]! * Math.cos(unit) - byColumn[column]! * Math.sin(unit))
  }
}
