/**
 * Where an acquisition is looked for: evenly scattered places (Sobol, scrambled), places around the best trials at all distances, and from the best of these
 * uphill: by L-BFGS along smooth axes, by single changes along the others, in turn.
 */
import { minimise } from '../../maths/lbfgs.ts'
import type { Stream } from '../../maths/stream.ts'
import { scrambledSobol, sobolDimensionAtMost } from '../../maths/sobol.ts'
import { decode, encode, type Space } from '../../space/space.ts'
import { type Goal, type PlaceValue, placeValue, poolOf } from './acquisition.ts'
import { embedAll, type Embedding } from './embedding.ts'

/** A part of the cube: between two places. */
export interface Box {
  readonly low: Float64Array
  readonly high: Float64Array
}

export function wholeCube({ dimension }: Space): Box {
  return { low: new Float64Array(dimension), high: new Float64Array(dimension).fill(1) }
}

/** To the centres of the cells of its values; NaN where a parameter is absent. */
export function settle(space: Space, place: ArrayLike<number>): Float64Array {
  return encode(space, decode(space, place))
}

export interface Around {
  /** Good places, the best first. */
  readonly centres: readonly Float64Array[]
  readonly box: Box
  readonly even: number
  readonly near: number
}

/** Settled places: `even` ones all over the box, then `near` ones around the centres, half of them around the first. */
export function scattered(space: Space, { centres, box, even, near }: Around, chance: Stream): Float64Array[] {
  const { dimension } = space
  const seeds = Array.from({ length: dimension }, () => chance.uint32())
  const places: Float64Array[] = []
  for (let index = 0; index < even; index++)
    places.push(
      Float64Array.from({ length: dimension }, (_, axis) => {
        const unit = axis < sobolDimensionAtMost ? scrambledSobol(index, axis, seeds[axis]!) : chance.uniform()
        return box.low[axis]! + unit * (box.high[axis]! - box.low[axis]!)
      }),
    )
  for (let index = 0; index < near && centres.length > 0; index++)
    places.push(neighbour(space, centres[index % 2 === 0 ? 0 : (index >> 1) % centres.length]!, box, chance))
  return places.map((place) => settle(space, place))
}

/** From half an axis down to a thousandth. */
const decades = [0.3, 3] as const

function neighbour(space: Space, centre: Float64Array, { low, high }: Box, chance: Stream): Float64Array {
  const spread = 10 ** -(decades[0] + (decades[1] - decades[0]) * chance.uniform())
  const share = chance.uniform() < 0.5 ? 1 : Math.max(1 / space.dimension, chance.uniform())
  return Float64Array.from(centre, (unit, axis) => {
    const [from, to] = [low[axis]!, high[axis]!]
    if (Number.isNaN(unit)) return from + chance.uniform() * (to - from)
    if (chance.uniform() >= share) return unit
    if (!space.axes[axis]!.parameter.ordered)
      return chance.uniform() < 0.3 ? from + chance.uniform() * (to - from) : unit
    return Math.min(Math.max(unit + spread * chance.normal(), from), to)
  })
}

/** Values of an axis up to which it is gone along by single changes; above, it counts as smooth. */
const steppedAtMost = 16

/** Changes of one axis that are tried at once. */
const changesAtMost = 12

/** Uphill from a place; settled. */
export function uphill(
  given: { readonly space: Space; readonly embedding: Embedding; readonly goals: readonly Goal[]; readonly box: Box },
  start: Float64Array,
  chance: Stream,
): { readonly place: Float64Array; readonly value: number } {
  const { space, embedding, goals } = given
  const valueOf = placeValue(embedding, goals)
  let best = { place: start, value: valueOf(start, null) }
  for (let round = 0; round < 3; round++) {
    const before = best.value
    const slid = slide(given, valueOf, best.place)
    if (slid.value > best.value) best = slid
    const changed = changes(space, best.place, chance)
    if (changed.length === 0) break
    const { values } = poolOf(embedding, goals, embedAll(embedding, changed))
    const top = values.indexOf(values.reduce((a, b) => Math.max(a, b), -Infinity))
    if (values[top]! > best.value) best = { place: changed[top]!, value: values[top]! }
    if (!(best.value > before + 1e-6)) break
  }
  return best
}

function slide(
  { space, box }: { readonly space: Space; readonly box: Box },
  valueOf: PlaceValue,
  start: Float64Array,
): { readonly place: Float64Array; readonly value: number } {
  const axes = space.axes.flatMap(({ parameter }, axis) =>
    parameter.ordered && parameter.size > steppedAtMost && !Number.isNaN(start[axis]!) ? [axis] : [],
  )
  const place = start.slice()
  if (axes.length === 0) return { place, value: -Infinity }
  const byAxis = new Float64Array(space.dimension)
  const objective = (units: Float64Array, gradient: Float64Array): number => {
    for (const [index, axis] of axes.entries()) place[axis] = units[index]!
    const value = valueOf(place, byAxis)
    for (const [index, axis] of axes.entries()) gradient[index] = -byAxis[axis]!
    return -value
  }
  const low = axes.map((axis) => box.low[axis]!)
  const high = axes.map((axis) => box.high[axis]!)
  const found = minimise(
    objective,
    axes.map((axis) => start[axis]!),
    { low, high, iterations: 25, gradientTolerance: 1e-4, valueTolerance: 1e-5 },
  )
  for (const [index, axis] of axes.entries()) place[axis] = found.place[index]!
  const settled = settle(space, place)
  return { place: settled, value: valueOf(settled, null) }
}

/** Settled places that differ in one of the stepped axes (and in what exists because of it, which is drawn). */
function changes(space: Space, from: Float64Array, chance: Stream): Float64Array[] {
  const changed: Float64Array[] = []
  const filled = from.map((unit) => (Number.isNaN(unit) ? chance.uniform() : unit))
  for (const [axis, { parameter }] of space.axes.entries()) {
    const unit = from[axis]!
    if (parameter.size === Infinity || Number.isNaN(unit)) continue
    const own = parameter.index(parameter.decode(unit))
    for (const index of otherValues(own, parameter, chance)) {
      const place = filled.slice()
      place[axis] = parameter.encode(parameter.at(index))
      changed.push(settle(space, place))
    }
  }
  return changed
}

function otherValues(
  own: number,
  { size, ordered }: { readonly size: number; readonly ordered: boolean },
  chance: Stream,
): number[] {
  if (size <= changesAtMost) return Array.from({ length: size }, (_, index) => index).filter((index) => index !== own)
  if (ordered) return [own - 2, own - 1, own + 1, own + 2].filter((index) => index >= 0 && index < size)
  return Array.from({ length: changesAtMost }, () => chance.integer(size)).filter((index) => index !== own)
}
