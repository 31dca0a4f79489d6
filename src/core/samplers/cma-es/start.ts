/**
 * Where a search by CMA-ES begins: around `x0`, or where the trials that are known beforehand were good, or where the user's priors or an earlier study
 * point to, or in the middle of the space. Restarts begin anywhere.
 *
 * Known trials: M. Nomura, S. Watanabe, Y. Akimoto, Y. Ozaki, M. Onishi, Warm Starting CMA-ES for Hyperparameter Optimization (AAAI 2021): a normal
 * over the best tenth, each smeared by alpha = 0.1. Fewer than ten only say where to begin, not how wide.
 */
import { rowOf } from '../../maths/matrix.ts'
import { stream } from '../../maths/stream.ts'
import { encode, type Space } from '../../space/space.ts'
import type { StudyDefinition } from '../../study/definition.ts'
import type { Configuration } from '../../trial.ts'
import type { History } from '../history.ts'
import { startUp } from '../start-up.ts'
import { decomposed, newDistribution, type Distribution } from './distribution.ts'
import type { Opening } from './generations.ts'
import type { Shape } from './shape.ts'

export interface Beginning {
  readonly x0: Configuration | null
  readonly sigma0: number
}

/** The first distribution of the run that `opening` opens; `from` are the trials known beforehand, best first. */
export type Begin = (generation: number, opening: Opening, history: History) => Distribution

export function beginning(space: Space, definition: StudyDefinition, shape: Shape, { x0, sigma0 }: Beginning): Begin {
  const anywhere = startUp(space, definition)
  const isInformed =
    definition.warmStart !== undefined || space.axes.some(({ parameter }) => parameter.prior !== undefined)
  const drawn = (generation: number, count: number): Float64Array[] => {
    const chance = stream(definition.seed, 'cma-es', 'start', generation)
    const configurations = Array.from({ length: count }, () => anywhere.draw(chance))
    return configurations.flatMap((configuration) => (configuration ? [encode(space, configuration)] : []))
  }
  const around = (places: readonly Float64Array[], sigma: number): Distribution =>
    newDistribution(shape, { mean: meanOf(shape, places), sigma })
  return (generation, { from, restart }, history) => {
    if (restart) return around(drawn(generation, 1), sigma0 * restart.sigma)
    if (x0) return around([encode(space, x0)], sigma0)
    const places = from.map((row) => rowOf(history.places, row))
    if (places.length >= spreadFrom)
      return spreadOver(shape, places.slice(0, Math.ceil(places.length * bestShare)), smear)
    if (places.length === 0 && isInformed) return spreadOver(shape, drawn(generation, drawnOfPrior), smear)
    return around(places.slice(0, 1), sigma0)
  }
}

const spreadFrom = 10
const bestShare = 0.1
const smear = 0.1
const drawnOfPrior = 200

/** A normal over these places, whose axes have a variance of `smear`^2 more; parameters that are absent count as lying on the mean. */
function spreadOver(shape: Shape, places: readonly Float64Array[], smear: number): Distribution {
  const size = shape.ordered.length
  const mean = meanOf(shape, places)
  const deviations = places.map((place) =>
    shape.ordered.map(({ axis }, index) => (Number.isNaN(place[axis]!) ? 0 : place[axis]! - mean[index]!)),
  )
  const spread = Float64Array.from({ length: size * size }, (_, at) => {
    const [row, column] = [Math.floor(at / size), at % size]
    const sum = deviations.reduce((total, deviation) => total + deviation[row]! * deviation[column]!, 0)
    return sum / places.length + (row === column ? smear ** 2 : 0)
  })
  // The geometric mean of the axes' lengths, so that what is left for the covariance has determinant 1.
  const { roots } = decomposed(spread, size)
  const sigma = size === 0 ? smear : Math.exp(roots.reduce((sum, root) => sum + Math.log(root), 0) / size)
  const chances = shape.categories.map(({ axis, count }) => {
    const shares = new Float64Array(count).fill(1 / count)
    for (const place of places)
      if (!Number.isNaN(place[axis]!)) shares[Math.min(Math.floor(place[axis]! * count), count - 1)]! += 1
    const total = shares.reduce((sum, share) => sum + share, 0)
    return shares.map((share) => share / total)
  })
  return newDistribution(shape, { mean, sigma, covariance: spread.map((value) => value / sigma ** 2), chances })
}

/** The middle where no place says anything. */
function meanOf(shape: Shape, places: readonly Float64Array[]): Float64Array {
  return Float64Array.from(shape.ordered, ({ axis }) => {
    let sum = 0
    let count = 0
    for (const place of places) {
      const unit = place[axis]!
      if (!(unit >= 0 && unit <= 1)) continue
      sum += unit
      count++
    }
    return count === 0 ? 0.5 : sum / count
  })
}
