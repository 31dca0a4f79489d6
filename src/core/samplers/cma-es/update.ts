/**
 * One generation of CMA-ES: the distribution moves to where the better trials lie, and takes on their shape.
 *
 * Hansen's tutorial, equations 38 to 47: weighted recombination, cumulative step-size adaptation, rank-one and rank-mu update, the worse half with negative
 * weights. The letters are those of the tutorial. Categories: `choices.ts`; stepped axes: `margin.ts`.
 *
 * Where we differ, and why:
 * - an axis that was absent in a trial learns nothing from it: its own drawn number counts for the length of the paths alone, where it is as neutral as any
 *   number that was not selected. So what one branch of a conditional space has learnt stays while another is tried;
 * - a trial that was not drawn from this distribution (given by the user, or late) counts by its place, no further out than draws usually are (Hansen,
 *   Injecting External Solutions Into CMA-ES, 2011).
 *
 * Invariants
 * - The covariance stays symmetric and positive definite.
 * - What no trial of a generation has keeps its mean, its covariance and its chances.
 */
import { updatedChances } from './choices.ts'
import { decomposed, type Distribution, type Drawn } from './distribution.ts'
import { withMargin } from './margin.ts'
import type { Shape } from './shape.ts'
import { weightsOf, type Weights } from './weights.ts'

export interface Ranked extends Drawn {
  /** By axis of the space: whether the trial has it. */
  readonly isPresent: Uint8Array
  readonly isInjected: boolean
}

/** `ranked`: the generation, best first. */
export function updated(shape: Shape, before: Distribution, ranked: readonly Ranked[]): Distribution {
  const size = shape.ordered.length
  const weights = weightsOf(Math.max(size, 1), ranked.length)
  const chances = updatedChances(shape, before.chances, ranked, weights.weights.subarray(0, weights.mu))
  if (size === 0) return { ...before, chances, age: before.age + 1 }
  const steps = ranked.map((one) => stepOf(before, one))
  const moved = new Float64Array(size)
  const neutral = new Float64Array(size)
  for (let rank = 0; rank < weights.mu; rank++)
    for (let axis = 0; axis < size; axis++) {
      const part = weights.weights[rank]! * steps[rank]![axis]!
      neutral[axis]! += part
      if (ranked[rank]!.isPresent[shape.ordered[axis]!.axis]) moved[axis]! += part
    }
  const { paths, isStalled, sigma } = updatedPaths(before, neutral, weights)
  const covariance = updatedCovariance({ shape, before, ranked, steps, weights, path: paths.rankOne, isStalled })
  const mean = before.mean.map((value, axis) => {
    const to = value + before.sigma * before.scale[axis]! * moved[axis]!
    return Math.min(Math.max(to, 0), 1)
  })
  const after: Distribution = {
    mean,
    sigma,
    scale: before.scale,
    ...decomposed(covariance, size),
    sigmaPath: paths.sigma,
    rankOnePath: paths.rankOne,
    chances,
    age: before.age + 1,
  }
  return withMargin(shape, after, ranked.length)
}

/** y = (x - mean) / (sigma scale), cut where it was injected and lies too far out. */
function stepOf(before: Distribution, { numbers, isInjected }: Ranked): Float64Array {
  const { mean, sigma, scale } = before
  const step = numbers.map((value, axis) => (value - mean[axis]!) / (sigma * scale[axis]!))
  if (!isInjected) return step
  const n = mean.length
  const longest = Math.sqrt(n) + (2 * n) / (n + 2)
  const length = norm(whitened(before, step))
  return length > longest ? step.map((value) => (value * longest) / length) : step
}

/** C^-1/2 y. */
function whitened({ basis, roots }: Distribution, step: Float64Array): Float64Array {
  const n = step.length
  const result = new Float64Array(n)
  for (let column = 0; column < n; column++) {
    let along = 0
    for (let row = 0; row < n; row++) along += basis[row * n + column]! * step[row]!
    along /= roots[column]!
    for (let row = 0; row < n; row++) result[row]! += basis[row * n + column]! * along
  }
  return result
}

function norm(vector: Float64Array): number {
  let sum = 0
  for (const value of vector) sum += value * value
  return Math.sqrt(sum)
}

interface Paths {
  readonly paths: { readonly sigma: Float64Array; readonly rankOne: Float64Array }
  /** The path is long: sigma grows fast, and the rank-one update waits. */
  readonly isStalled: boolean
  readonly sigma: number
}

/** No more than e-fold in a generation, and a spread no wider than the cube, where folding has made it even anyway. */
const sigmaAtMost = 1

function updatedPaths(before: Distribution, neutral: Float64Array, weights: Weights): Paths {
  const { muEffective, cSigma, dSigma, cCumulation, expectedLength } = weights
  const n = neutral.length
  const white = whitened(before, neutral)
  const gain = Math.sqrt(cSigma * (2 - cSigma) * muEffective)
  const sigmaPath = before.sigmaPath.map((value, axis) => (1 - cSigma) * value + gain * white[axis]!)
  const length = norm(sigmaPath)
  const settled = Math.sqrt(1 - (1 - cSigma) ** (2 * (before.age + 1)))
  const isStalled = length / settled >= (1.4 + 2 / (n + 1)) * expectedLength
  const rankGain = isStalled ? 0 : Math.sqrt(cCumulation * (2 - cCumulation) * muEffective)
  const rankOne = before.rankOnePath.map((value, axis) => (1 - cCumulation) * value + rankGain * neutral[axis]!)
  const growth = Math.exp(Math.min(1, (cSigma / dSigma) * (length / expectedLength - 1)))
  return { paths: { sigma: sigmaPath, rankOne }, isStalled, sigma: Math.min(before.sigma * growth, sigmaAtMost) }
}

function updatedCovariance(given: {
  readonly shape: Shape
  readonly before: Distribution
  readonly ranked: readonly Ranked[]
  readonly steps: readonly Float64Array[]
  readonly weights: Weights
  readonly path: Float64Array
  readonly isStalled: boolean
}): Float64Array {
  const { shape, before, ranked, steps, path, isStalled } = given
  const { weights, mu, cOne, cMu, cCumulation } = given.weights
  const n = path.length
  // Of negative weights by the length of the step, so that no direction loses more than it has.
  const outer = weights.map((weight, rank) =>
    weight >= 0 ? weight : (weight * n) / (norm(whitened(before, steps[rank]!)) ** 2 + 1e-300),
  )
  const present = ranked.map(({ isPresent }) => shape.ordered.map(({ axis }) => isPresent[axis]!))
  const kept = 1 - (isStalled ? cCumulation * (2 - cCumulation) : 0)
  const covariance = Float64Array.from(before.covariance)
  for (let row = 0; row < n; row++)
    for (let column = 0; column <= row; column++) {
      const old = before.covariance[row * n + column]!
      let share = 0
      let change = 0
      for (let rank = 0; rank < steps.length; rank++) {
        if (!present[rank]![row] || !present[rank]![column]) continue
        if (rank < mu) share += weights[rank]!
        change += outer[rank]! * steps[rank]![row]! * steps[rank]![column]! - weights[rank]! * old
      }
      const value = old + cMu * change + cOne * share * (path[row]! * path[column]! - kept * old)
      covariance[row * n + column] = value
      covariance[column * n + row] = value
    }
  return covariance
}
