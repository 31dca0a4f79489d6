/**
 * Places of the unit cube at which an acquisition is worth computing: even draws, small and large steps from the best trials, and mixtures of good ones.
 */
import type { Matrix } from '../../maths/matrix.ts'
import type { Stream } from '../../maths/stream.ts'
import { encode, enumerate, type Space } from '../../space/space.ts'

export interface PlaceSource {
  readonly space: Space
  readonly settle: (values: Float64Array, from: number) => void
  readonly chance: Stream
}

const stepMax = 0.3
const stepMin = 0.005
/** A category that may change does so in so many of ten cases. */
const categoryChange = 0.1

/** All configurations, where there are no more than `count`; else null. */
export function allPlaces(space: Space, count: number): Matrix | null {
  if (space.size > count) return null
  const rows = [...enumerate(space, 1)].map((configuration) => encode(space, configuration))
  const values = new Float64Array(rows.length * space.dimension)
  for (const [row, place] of rows.entries()) values.set(place, row * space.dimension)
  return { rows: rows.length, columns: space.dimension, values }
}

export function evenPlaces({ space, settle, chance }: PlaceSource, count: number): Matrix {
  const { dimension } = space
  const values = new Float64Array(count * dimension)
  for (let index = 0; index < values.length; index++) values[index] = chance.uniform()
  for (let row = 0; row < count; row++) settle(values, row * dimension)
  return { rows: count, columns: dimension, values }
}

/**
 * Steps from `centers`, which come best first, the better ones more often. A step moves one axis, some or all, by a length between a third and a two-hundredth of the axis
 * (times `scale`), but far enough to reach another value. A share `mixed` of them takes each axis from a center of its own.
 */
export function stepsFrom(
  { space, settle, chance }: PlaceSource,
  centers: readonly Float64Array[],
  setting: { readonly count: number; readonly mixed: number; readonly scale: number },
): Matrix {
  const { dimension } = space
  const values = new Float64Array(setting.count * dimension)
  const isOrdered = space.axes.map(({ parameter }) => parameter.ordered)
  const stepsAtLeast = Float64Array.from(space.axes, ({ parameter }) => 0.7 / parameter.size)
  for (let row = 0; row < setting.count; row++) {
    const from = row * dimension
    const isMixed = chance.uniform() < setting.mixed
    const center = centers[Math.floor(centers.length * chance.uniform() ** 2)]!
    const step = setting.scale * stepMax * (stepMin / stepMax) ** chance.uniform()
    const share = chance.uniform() < 0.4 ? 1 : chance.uniform() ** 2
    const always = chance.integer(dimension)
    for (let axis = 0; axis < dimension; axis++) {
      const own = isMixed ? centers[chance.integer(centers.length)]![axis]! : NaN
      const unit = Number.isNaN(own) ? center[axis]! : own
      const moves = axis === always || chance.uniform() < share
      if (Number.isNaN(unit)) values[from + axis] = chance.uniform()
      else if (!moves) values[from + axis] = unit
      else if (isOrdered[axis]) values[from + axis] = moved(unit, Math.max(step, stepsAtLeast[axis]!), chance)
      else {
        const changes = axis === always && share < 0.5 ? 1 : categoryChange
        values[from + axis] = chance.uniform() < changes ? chance.uniform() : unit
      }
    }
    settle(values, from)
  }
  return { rows: setting.count, columns: dimension, values }
}

/** A normal step; one that leads out of the axis ends at its bound or somewhere on the way there. */
function moved(unit: number, step: number, chance: Stream): number {
  const to = unit + step * chance.normal()
  if (to >= 0 && to <= 1) return to
  const part = chance.uniform()
  if (part < 0.5) return to < 0 ? 0 : 1
  const rest = 2 * part - 1
  return to < 0 ? unit * rest : unit + (1 - unit) * rest
}

export function joined(a: Matrix, b: Matrix): Matrix {
  const values = new Float64Array(a.values.length + b.values.length)
  values.set(a.values)
  values.set(b.values, a.values.length)
  return { rows: a.rows + b.rows, columns: Math.max(a.columns, b.columns), values }
}
