/**
 * What CMA-ES learns: where the best configurations lie, as a normal distribution over the ordered axes of the unit cube and chances of the choices of
 * each category. `shape.ts` says which axis is which.
 *
 * A drawn vector x = mean + sigma scale (B D z) is unbounded. It stands for a place of the cube: a continuous axis is folded back
 * at its bounds, so that the distribution sees its own reflection and no pile on the bound; a stepped axis is cut off, so that its outer values own all
 * that lies beyond.
 */
import type { Stream } from '../../maths/stream.ts'
import { eigenOf } from '../../maths/eigen.ts'
import type { Shape } from './shape.ts'

export interface Distribution {
  /** By ordered axis. */
  readonly mean: Float64Array
  readonly sigma: number
  /** By ordered axis: what the margin of stepped axes has widened. */
  readonly scale: Float64Array
  /** Row-major; that of B D z. */
  readonly covariance: Float64Array
  /** B and D: its eigenvectors, in columns, and the roots of its eigenvalues. */
  readonly basis: Float64Array
  readonly roots: Float64Array
  readonly sigmaPath: Float64Array
  readonly rankOnePath: Float64Array
  /** By category: the chances of its choices. */
  readonly chances: readonly Float64Array[]
  /** Generations since the start or the last restart. */
  readonly age: number
}

/** What was drawn: a number for each ordered axis, the index of a choice for each category. */
export interface Drawn {
  readonly numbers: Float64Array
  readonly choices: Uint32Array
}

export interface Start {
  readonly mean: Float64Array
  readonly sigma: number
  readonly covariance?: Float64Array
  readonly chances?: readonly Float64Array[]
}

export function newDistribution(shape: Shape, start: Start): Distribution {
  const size = shape.ordered.length
  const covariance = start.covariance ?? identity(size)
  return {
    mean: start.mean,
    sigma: start.sigma,
    scale: new Float64Array(size).fill(1),
    ...decomposed(covariance, size),
    sigmaPath: new Float64Array(size),
    rankOnePath: new Float64Array(size),
    chances: start.chances ?? shape.categories.map(({ count }) => new Float64Array(count).fill(1 / count)),
    age: 0,
  }
}

/** A draw for a trial: its `attempt`-th, after those that were in vain; only the first is made of `deviates`. Each attempt goes on with `chance`. */
export function draw(distribution: Distribution, chance: Stream, attempt: number, deviates: Float64Array): Drawn {
  const { mean, sigma, scale, basis, roots, chances } = distribution
  const size = mean.length
  const wider = widerBy(attempt)
  const numbers = Float64Array.from(mean)
  for (let column = 0; column < size; column++) {
    const deviate = attempt === 0 ? deviates[column]! : chance.normal()
    const step = wider * sigma * roots[column]! * deviate
    for (let row = 0; row < size; row++) numbers[row]! += step * scale[row]! * basis[row * size + column]!
  }
  const choices = Uint32Array.from(chances, (shares) => {
    let left = chance.uniform()
    let choice = 0
    // The wider, the more even.
    while (choice < shares.length - 1 && (left -= shares[choice]! / wider + (1 - 1 / wider) / shares.length) >= 0)
      choice++
    return choice
  })
  return { numbers, choices }
}

/** The first few repeats cost nothing; then each goes further out, until it finds what is unseen. */
function widerBy(attempt: number): number {
  return attempt <= freeAttempts ? 1 : 1.15 ** (attempt - freeAttempts)
}

const freeAttempts = 5

/** The place of the cube that a drawn vector stands for. */
export function placeOf(shape: Shape, { numbers, choices }: Drawn): Float64Array {
  const place = new Float64Array(shape.dimension).fill(0.5)
  for (const [index, { axis, isStepped }] of shape.ordered.entries())
    place[axis] = isStepped ? Math.min(Math.max(numbers[index]!, 0), 1) : folded(numbers[index]!)
  for (const [index, { axis, count }] of shape.categories.entries()) place[axis] = (choices[index]! + 0.5) / count
  return place
}

function folded(x: number): number {
  const turned = Math.abs(x) % 2
  return turned > 1 ? 2 - turned : turned
}

/** Below this share of the largest eigenvalue everything is rounding. */
const leastShare = 1e-15

/** A covariance with what its decomposition needs: eigenvalues that rounding or absent axes have made too small are raised. */
export function decomposed(
  covariance: Float64Array,
  size: number,
): Pick<Distribution, 'covariance' | 'basis' | 'roots'> {
  const { values, vectors } = eigenOf(covariance, size)
  const least = Math.max(...values) * leastShare
  const roots = values.map((value) => Math.sqrt(Math.max(value, least)))
  if (values.every((value) => value >= least)) return { covariance, basis: vectors, roots }
  const raised = Float64Array.from(covariance, (_, at) => {
    const [row, column] = [Math.floor(at / size), at % size]
    return roots.reduce(
      (sum, root, k) => sum + root * root * (vectors[row * size + k]! * vectors[column * size + k]!),
      0,
    )
  })
  return { covariance: raised, basis: vectors, roots }
}

function identity(size: number): Float64Array {
  const matrix = new Float64Array(size * size)
  for (let axis = 0; axis < size; axis++) matrix[axis * size + axis] = 1
  return matrix
}

/** Standard deviation of an ordered axis. */
export function deviation({ sigma, scale, covariance, mean }: Distribution, axis: number): number {
  return sigma * scale[axis]! * Math.sqrt(covariance[axis * mean.length + axis]!)
}
