/**
 * The density of one parameter among some trials, on a grid of at most 50 places: a Parzen estimator with the bandwidth of Scott's rule, as Watanabe, Bansal,
 * Hutter 2023 take it for PED-ANOVA and Optuna does.
 *
 * A number's kernels are normal distributions cut to the grid, all of one width: 1.059 n^(-1/5) times the smaller of the standard deviation and the interquartile
 * range / 1.34, at least as narrow as nine tenths of a place. A category's kernel is its own probability, with a little of all others. The prior is one more
 * observation that is spread over all.
 *
 * Differences: an integer on a logarithmic scale has a place for every distance between its two lowest values, where Optuna counts powers of 2; ordinals
 * are numbers.
 *
 * Cost: O(rows + places^2).
 */
import { normalCdf } from '../maths/normal.ts'
import type { Parameter } from '../space/parameter.ts'

const placesAtMost = 50
const priorWeight = 1
/** Nine tenths of a kernel of this width fall on its own place. */
const leastSd = 0.5 / 1.64

export interface Grid {
  readonly places: number
  readonly ordered: boolean
  /** A value's place by where it lies on the axis of the unit cube. */
  placeOf(unit: number): number
}

export function gridOf({ size, ordered, encode, at }: Parameter): Grid {
  if (!ordered) {
    return { places: size, ordered, placeOf: (unit) => Math.min(Math.floor(unit * size), size - 1) }
  }
  // Of finitely many values the outer ones' centres are the ends of the grid.
  const isFinite = size !== Infinity
  const first = isFinite ? encode(at(0)) : 0
  const length = isFinite ? encode(at(size - 1)) - first : 1
  if (length <= 0) return { places: 1, ordered, placeOf: () => 0 }
  const gap = isFinite ? (encode(at(1)) - first) / length : 0
  const places = Math.min(1 + Math.round(1 / gap), placesAtMost)
  const placeOf = (unit: number) => {
    // Halfway between two places the lower one has it; the little is the noise of the arithmetic.
    const place = Math.ceil(((unit - first) / length) * (places - 1) - 0.5 - 1e-12)
    return Math.min(Math.max(place, 0), places - 1)
  }
  return { places, ordered, placeOf }
}

/** Probabilities of the places, given how many trials lie on each; at least one does. */
export function densityOf(counts: Float64Array, ordered: boolean): Float64Array {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const density = ordered ? normalKernels(counts, total) : categoryKernels(counts)
  const uniform = ordered ? priorKernel(counts.length) : null
  for (let place = 0; place < density.length; place++) {
    const prior = uniform ? uniform[place]! : 1 / density.length
    density[place] = (density[place]! + priorWeight * prior) / (total + priorWeight)
  }
  return density
}

function categoryKernels(counts: Float64Array): Float64Array {
  const observed = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0)
  const little = priorWeight / (observed + 1)
  const whole = 1 + counts.length * little
  const total = counts.reduce((sum, count) => sum + count, 0)
  return counts.map((count) => (count + total * little) / whole)
}

function normalKernels(counts: Float64Array, total: number): Float64Array {
  const sd = Math.max(scottSd(counts, total), leastSd)
  const density = new Float64Array(counts.length)
  // The mass of a place depends on its distance only.
  const masses = Float64Array.from({ length: counts.length }, (_, distance) => massAround(distance, sd))
  for (const [mean, count] of counts.entries()) {
    if (count === 0) continue
    const weight = count / massWithin(mean, sd, counts.length)
    for (let place = 0; place < density.length; place++)
      density[place] = density[place]! + weight * masses[Math.abs(place - mean)]!
  }
  return density
}

/** Centred, as wide as the grid. */
function priorKernel(places: number): Float64Array {
  const mean = (places - 1) / 2
  const within = massWithin(mean, places, places)
  return Float64Array.from({ length: places }, (_, place) => massAround(Math.abs(place - mean), places) / within)
}

/** Of a normal distribution, within half a place of this distance from its mean. */
function massAround(distance: number, sd: number): number {
  return normalCdf((0.5 - distance) / sd) - normalCdf((-0.5 - distance) / sd)
}

function massWithin(mean: number, sd: number, places: number): number {
  return normalCdf((places - 0.5 - mean) / sd) - normalCdf((-0.5 - mean) / sd)
}

function scottSd(counts: Float64Array, total: number): number {
  let mean = 0
  for (const [place, count] of counts.entries()) mean += (place * count) / total
  let squares = 0
  for (const [place, count] of counts.entries()) squares += count * (place - mean) ** 2
  const sd = Math.sqrt(squares / Math.max(1, total - 1))
  const range = upperQuartile(counts, total) - lowerQuartile(counts, total)
  return 1.059 * Math.min(range / 1.34, sd) * total ** -0.2
}

/** The first place by which a quarter of the trials has come. */
function lowerQuartile(counts: Float64Array, total: number): number {
  return placeWhere(counts, (sum) => sum >= Math.floor(total / 4))
}

/** The first place by which more than three quarters have come, or the last that has any. */
function upperQuartile(counts: Float64Array, total: number): number {
  return placeWhere(counts, (sum) => sum > Math.floor((total * 3) / 4))
}

function placeWhere(counts: Float64Array, isThere: (sum: number) => boolean): number {
  let sum = 0
  let last = 0
  for (const [place, count] of counts.entries()) {
    if (count === 0) continue
    sum += count
    last = place
    if (isThere(sum)) return place
  }
  return last
}
