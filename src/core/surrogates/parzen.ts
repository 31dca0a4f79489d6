/**
 * Adaptive Parzen estimators: the densities of the tree-structured Parzen estimator.
 *
 * J. Bergstra, R. Bardenet, Y. Bengio, B. Kégl, Algorithms for Hyper-Parameter Optimization, NeurIPS 2011; multivariate kernels after S. Falkner, A. Klein,
 * F. Hutter, BOHB, ICML 2018; widths and weights as in Optuna 5. A kernel lies on every observation: on a numerical axis its width is the larger of the
 * distances to the two neighbours, kept between 1 / min(100, kernels + 1) and the whole range; one more kernel, the prior, is as wide as
 * the range. Of a category, the observed choice has the weight 1 and every choice the prior's share besides.
 *
 * Where we differ: an observation that lacks a parameter (its condition does not hold) has the prior in its place, so that one mixture spans all branches of a
 * conditional space: the choice of a branch and what lies in it are learnt together. The kernel of an integer on a logarithmic scale stands in the middle
 * of its cell, as all of our unit cube does, instead of on the logarithm of the integer.
 *
 * Cost: O(observations x axes x log observations).
 */
import { ascendingOrder } from '../maths/ascending-order.ts'
import type { Matrix } from '../maths/matrix.ts'
import { type Factor, type Mixture, type MixtureAxis, continuousFactor, mixtureOf, steppedFactor } from './mixture.ts'

export interface ParzenOptions {
  /** Of the prior, where an observation has about 1. */
  readonly priorWeight: number
  /** Keeps kernels from becoming too narrow. */
  readonly magicClip: boolean
  /** Narrows the kernels of observations on numerical axes; 1 = as they are. */
  readonly bandwidthFactor: number
  /** Whether the bounds are neighbours of the outermost observations, also where they have others. */
  readonly endpoints: boolean
}

/** Of observations, oldest first: the latest 25 count fully, the earlier the less. */
export function ageWeights(observations: number): Float64Array {
  const weights = new Float64Array(observations).fill(1)
  const older = observations - 25
  for (let index = 0; index < older; index++)
    weights[index] = 1 / observations + (older === 1 ? 0 : ((1 - 1 / observations) * index) / (older - 1))
  return weights
}

/** `observations`: rows of the unit cube, NaN = absent. `weights`: one an observation. The prior is the last kernel. */
export function parzen(
  axes: readonly MixtureAxis[],
  observations: Matrix,
  weights: ArrayLike<number>,
  options: ParzenOptions,
): Mixture {
  const kernels = observations.rows + 1
  const all = new Float64Array(kernels)
  all.set(weights)
  all[kernels - 1] = kernels === 1 ? 1 : options.priorWeight
  const factors = axes.map((axis, column): Factor => {
    const units = new Float64Array(kernels).fill(NaN)
    for (let row = 0; row < observations.rows; row++)
      units[row] = observations.values[row * observations.columns + column]!
    return axis.kind === 'categorical' ? categorical(axis.choices, units, options) : numerical(axis, units, options)
  })
  return mixtureOf(all, factors)
}

function categorical(choices: number, units: Float64Array, { priorWeight }: ParzenOptions): Factor {
  const entry = new Uint32Array(units.length).fill(choices)
  let observed = 0
  for (let kernel = 0; kernel < units.length; kernel++) {
    if (Number.isNaN(units[kernel]!)) continue
    entry[kernel] = Math.min(Math.floor(units[kernel]! * choices), choices - 1)
    observed++
  }
  const share = priorWeight / (observed + 1)
  const whole = 1 + choices * share
  return { kind: 'categorical', choices, entry, hit: (1 + share) / whole, miss: share / whole }
}

/** The prior's normal, also where an observation lacks the parameter. */
const priorMu = 0.5
const priorSigma = 1

function numerical(
  axis: Extract<MixtureAxis, { kind: 'continuous' | 'stepped' }>,
  units: Float64Array,
  options: ParzenOptions,
): Factor {
  const kernels = units.length
  const values = new Float64Array(kernels)
  const places = new Uint32Array(kernels)
  let observed = 0
  let absent = kernels
  // Those that are there from the front, the others from the back.
  for (let kernel = 0; kernel < kernels; kernel++) {
    if (Number.isNaN(units[kernel]!)) places[--absent] = kernel
    else {
      values[observed] = units[kernel]!
      places[observed++] = kernel
    }
  }
  const order = ascendingOrder(values.subarray(0, observed))
  const sorted = order.map((index) => places[index]!)
  const mu = new Float64Array(kernels).fill(priorMu)
  const sigma = new Float64Array(kernels).fill(priorSigma)
  for (const kernel of sorted) mu[kernel] = units[kernel]!
  setWidths(sigma, mu, sorted, options)
  if (axis.kind === 'continuous') return continuousFactor(mu, sigma)
  places.set(sorted)
  return steppedFactor(axis.cell, mu, sigma, places)
}

/** `sorted`: the kernels of observations by their mu. */
function setWidths(sigma: Float64Array, mu: Float64Array, sorted: Uint32Array, options: ParzenOptions): void {
  const { magicClip, endpoints, bandwidthFactor } = options
  const { length } = sorted
  const least = magicClip ? 1 / Math.min(100, length + 2) : 1e-12
  const seesBounds = endpoints || length < 2
  let before = seesBounds ? 0 : NaN
  let here = length > 0 ? mu[sorted[0]!]! : NaN
  for (let place = 0; place < length; place++) {
    const after = place + 1 < length ? mu[sorted[place + 1]!]! : seesBounds ? 1 : NaN
    let width = least
    // A comparison with NaN holds never: no neighbour, no distance.
    if (here - before > width) width = here - before
    if (after - here > width) width = after - here
    sigma[sorted[place]!] = bandwidthFactor * Math.min(width, 1)
    before = here
    here = after
  }
}
