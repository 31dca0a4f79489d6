/** One curve against one shape: weighted least squares of level + drop x shape, the drop drawn towards what is usual. */
import { isKnown } from './curve.ts'

/** How the losses of a curve hang together with a shape; later epochs weigh more, in proportion to t. */
export interface Sums {
  readonly weight: number
  readonly losses: number
  readonly shapes: number
  readonly products: number
}

/** Over the first `length` epochs; values that are not finite are left out. */
export function sumsOf(curve: ArrayLike<number>, shape: Float64Array, length: number): Sums {
  let weight = 0
  let meanLoss = 0
  let meanShape = 0
  let losses = 0
  let shapes = 0
  let products = 0
  for (let epoch = 0; epoch < length; epoch++) {
    const loss = curve[epoch]!
    if (!isKnown(loss)) continue
    // Running means (West 1979): a small drop on a high level keeps its digits.
    const part = epoch + 1
    weight += part
    const share = part / weight
    const fromLoss = loss - meanLoss
    const fromShape = shape[epoch]! - meanShape
    meanLoss += share * fromLoss
    meanShape += share * fromShape
    losses += part * fromLoss * (loss - meanLoss)
    shapes += part * fromShape * (shape[epoch]! - meanShape)
    products += part * fromShape * (loss - meanLoss)
  }
  return { weight, losses, shapes, products }
}

/** What is usual: drop ~ N(mean, sd^2). */
export interface DropPrior {
  readonly mean: number
  readonly sd: number
}

export interface Fit {
  readonly drop: number
  /** Weighted mean square of what the shape leaves, without the prior. */
  readonly residual: number
}

/** `noise`: the mean square that no shape is expected to stay below. The epochs are worth `observations` independent ones. */
export function fitShape(
  { weight, losses, shapes, products }: Sums,
  {
    noise,
    observations,
    prior,
  }: { readonly noise: number; readonly observations: number; readonly prior: DropPrior | null },
): Fit {
  const plain = shapes > 0 ? products / shapes : 0
  const residual = Math.max(0, losses - plain * products) / weight
  const drop = prior === null ? plain : drawn(plain, (shapes * observations) / weight, residual + noise, prior)
  return { drop, residual }
}

/** The posterior mean of a drop that was measured as `plain`. */
function drawn(plain: number, information: number, variance: number, { mean, sd }: DropPrior): number {
  const measured = information * sd ** 2
  return measured === 0 ? mean : mean + (measured / (measured + variance)) * (plain - mean)
}
