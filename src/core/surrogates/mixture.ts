/**
 * Mixtures of product kernels over the unit cube: what Parzen estimators are made of.
 *
 * A kernel is a product of one factor an axis: a normal cut to [0, 1] where the parameter is continuous; the probability that such a normal gives
 * to the cell of a value where it has steps; a probability for each choice where it is a category. The density of a place is a sum over kernels;
 * axes that a place lacks (NaN: the parameter is absent) count nothing.
 *
 * All that does not depend on the place is computed once a kernel. Factors that are the same for many kernels (values with steps repeat) are
 * computed once a place and looked up. So a density costs a handful of additions and multiplications a kernel and axis, and an exponential
 * only for kernels that matter.
 *
 * Cost: O(kernels x axes) a density.
 *
 * Invariants
 * - The density integrates to 1: over continuous axes, summed over cells and choices.
 */
import type { Stream } from '../maths/stream.ts'
import { rowOf, type Matrix } from '../maths/matrix.ts'
import { normalLogMass, truncatedPpf } from '../maths/truncated-normal.ts'
import type { Parameter } from '../space/parameter.ts'

/** How an axis of the unit cube is to be understood. */
export type MixtureAxis =
  | { readonly kind: 'continuous' }
  /** The cell that holds this place of the axis: [from, to]. */
  | { readonly kind: 'stepped'; cell(unit: number): readonly [number, number] }
  | { readonly kind: 'categorical'; readonly choices: number }

export function mixtureAxis(parameter: Parameter): MixtureAxis {
  if (parameter.size === Infinity) return { kind: 'continuous' }
  if (!parameter.ordered) return { kind: 'categorical', choices: parameter.size }
  return { kind: 'stepped', cell: (unit) => parameter.cell(parameter.decode(unit)) }
}

/** One axis of all kernels. */
export type Factor =
  | {
      readonly kind: 'continuous'
      readonly mu: Float64Array
      readonly sigma: Float64Array
      readonly inverseSigma: Float64Array
      /** What to add to -z^2/2: minus the logarithm of sigma, of sqrt(2 pi) and of the mass within the bounds. */
      readonly logScale: Float64Array
    }
  | {
      readonly kind: 'stepped'
      readonly cell: (unit: number) => readonly [number, number]
      /** Which of the distinct normals each kernel has. */
      readonly entry: Uint32Array
      readonly mu: Float64Array
      readonly sigma: Float64Array
      readonly logMass: Float64Array
    }
  | {
      readonly kind: 'categorical'
      readonly choices: number
      /** The choice that each kernel favours; `choices` = none, all are alike. */
      readonly entry: Uint32Array
      /** The probability of the favoured choice, and of each other one. */
      readonly hit: number
      readonly miss: number
    }

export interface Mixture {
  readonly logWeights: Float64Array
  /** Sums of the weights up to each kernel; the last is 1. */
  readonly cumulative: Float64Array
  readonly factors: readonly Factor[]
}

export function mixtureOf(weights: ArrayLike<number>, factors: readonly Factor[]): Mixture {
  const kernels = weights.length
  const cumulative = new Float64Array(kernels)
  let sum = 0
  for (let kernel = 0; kernel < kernels; kernel++) cumulative[kernel] = sum += weights[kernel]!
  const logWeights = new Float64Array(kernels)
  for (let kernel = 0; kernel < kernels; kernel++) {
    cumulative[kernel]! /= sum
    logWeights[kernel] = Math.log(weights[kernel]! / sum)
  }
  return { logWeights, cumulative, factors }
}

const halfLogTwoPi = Math.log(2 * Math.PI) / 2

export function continuousFactor(mu: Float64Array, sigma: Float64Array): Factor {
  const inverseSigma = new Float64Array(mu.length)
  const logScale = new Float64Array(mu.length)
  let lastSigma = NaN
  let logSigma = NaN
  for (let kernel = 0; kernel < mu.length; kernel++) {
    const spread = sigma[kernel]!
    if (spread !== lastSigma) [lastSigma, logSigma] = [spread, Math.log(spread)]
    const inverse = 1 / spread
    inverseSigma[kernel] = inverse
    const mass = normalLogMass(-mu[kernel]! * inverse, (1 - mu[kernel]!) * inverse)
    logScale[kernel] = -logSigma - halfLogTwoPi - mass
  }
  return { kind: 'continuous', mu, sigma, inverseSigma, logScale }
}

/** `order` sorts the kernels by mu, so that equal ones are neighbours. */
export function steppedFactor(
  cell: (unit: number) => readonly [number, number],
  mu: Float64Array,
  sigma: Float64Array,
  order: Uint32Array,
): Factor {
  const entry = new Uint32Array(mu.length)
  const mus: number[] = []
  const sigmas: number[] = []
  for (const kernel of order) {
    let at = mus.length - 1
    while (at >= 0 && mus[at] === mu[kernel] && sigmas[at] !== sigma[kernel]) at--
    if (at < 0 || mus[at] !== mu[kernel]) {
      at = mus.push(mu[kernel]!) - 1
      sigmas.push(sigma[kernel]!)
    }
    entry[kernel] = at
  }
  const logMass = new Float64Array(mus.length)
  for (const [at, center] of mus.entries())
    logMass[at] = normalLogMass(-center / sigmas[at]!, (1 - center) / sigmas[at]!)
  return { kind: 'stepped', cell, entry, mu: Float64Array.from(mus), sigma: Float64Array.from(sigmas), logMass }
}

/** log density at each row of `places` (in probability of cells and choices, where there are such). */
export function logDensities(mixture: Mixture, places: Matrix): Float64Array {
  const { factors, logWeights } = mixture
  const densities = new Float64Array(places.rows)
  const sums = new Float64Array(logWeights.length)
  const tables = factors.map((factor) =>
    factor.kind === 'continuous'
      ? sums
      : new Float64Array(factor.kind === 'stepped' ? factor.mu.length : factor.choices + 1),
  )
  for (let row = 0; row < places.rows; row++) {
    const place = rowOf(places, row)
    sums.set(logWeights)
    for (const [axis, factor] of factors.entries()) {
      const unit = place[axis]!
      if (Number.isNaN(unit)) continue
      if (factor.kind === 'continuous') {
        addNormals(sums, factor, unit)
      } else {
        const table = tables[axis]!
        if (factor.kind === 'stepped') fillMasses(table, factor, unit)
        else fillChoices(table, factor, unit)
        const { entry } = factor
        for (let kernel = 0; kernel < sums.length; kernel++) sums[kernel]! += table[entry[kernel]!]!
      }
    }
    densities[row] = logSumOfExponentials(sums)
  }
  return densities
}

function addNormals(sums: Float64Array, factor: Extract<Factor, { kind: 'continuous' }>, unit: number): void {
  const { mu, inverseSigma, logScale } = factor
  for (let kernel = 0; kernel < sums.length; kernel++) {
    const z = (unit - mu[kernel]!) * inverseSigma[kernel]!
    sums[kernel]! += logScale[kernel]! - 0.5 * z * z
  }
}

function fillMasses(table: Float64Array, factor: Extract<Factor, { kind: 'stepped' }>, unit: number): void {
  const { mu, sigma, logMass } = factor
  const [from, to] = factor.cell(unit)
  for (let at = 0; at < mu.length; at++) {
    const center = mu[at]!
    const spread = sigma[at]!
    table[at] = normalLogMass((from - center) / spread, (to - center) / spread) - logMass[at]!
  }
}

function fillChoices(table: Float64Array, factor: Extract<Factor, { kind: 'categorical' }>, unit: number): void {
  const { choices, hit, miss } = factor
  table.fill(Math.log(miss))
  table[choiceAt(unit, choices)] = Math.log(hit)
  table[choices] = -Math.log(choices)
}

function choiceAt(unit: number, choices: number): number {
  return Math.min(Math.floor(unit * choices), choices - 1)
}

/** What is so much smaller than the largest changes no digit of the sum. */
const nothing = -42

function logSumOfExponentials(logs: Float64Array): number {
  let largest = -Infinity
  for (let index = 0; index < logs.length; index++) if (logs[index]! > largest) largest = logs[index]!
  if (largest === -Infinity) return largest
  let sum = 0
  for (let index = 0; index < logs.length; index++) {
    const below = logs[index]! - largest
    if (below > nothing) sum += Math.exp(below)
  }
  return largest + Math.log(sum)
}

/** Draws a place: a kernel by its weight, then each axis of it. Every axis takes one number from the stream. */
export function drawPlace({ cumulative, factors }: Mixture, chance: Stream): Float64Array {
  const kernel = kernelAt(cumulative, chance.uniform())
  return Float64Array.from(factors, (factor) => {
    const p = chance.uniform()
    if (factor.kind === 'categorical') return drawChoice(factor, kernel, p)
    const at = factor.kind === 'stepped' ? factor.entry[kernel]! : kernel
    return truncatedPpf(p, { mu: factor.mu[at]!, sigma: factor.sigma[at]!, low: 0, high: 1 })
  })
}

function kernelAt(cumulative: Float64Array, p: number): number {
  let low = 0
  let high = cumulative.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (p < cumulative[middle]!) high = middle
    else low = middle + 1
  }
  return low
}

/** The centre of the choice's share of the axis. */
function drawChoice(factor: Extract<Factor, { kind: 'categorical' }>, kernel: number, p: number): number {
  const { choices, hit, miss, entry } = factor
  const favoured = entry[kernel]!
  let choice = choiceAt(p, choices)
  if (favoured < choices) {
    // The favoured choice comes first on the scale of probability, the others follow in their order.
    const other = miss > 0 ? Math.min(Math.floor((p - hit) / miss), choices - 2) : -1
    choice = p < hit || other < 0 ? favoured : other < favoured ? other : other + 1
  }
  return (choice + 0.5) / choices
}
