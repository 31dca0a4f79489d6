/**
 * Several losses as one, by random weights: the augmented Chebyshev norm of their quantiles (ParEGO: Knowles 2006; by quantiles as DeepHyper does). Each draw
 * of weights looks for another part of the front; quantiles make objectives alike whatever their units and outliers.
 */
import { ascendingOrder } from '../../maths/ascending-order.ts'
import type { Stream } from '../../maths/stream.ts'

/** Of the sum beside the largest: what tells apart losses that are equally far in their worst objective. */
const sumShare = 0.05

/** Uniform on the simplex. */
export function randomWeights(objectives: number, chance: Stream): number[] {
  const parts = Array.from({ length: objectives }, () => -Math.log(1 - chance.uniform()))
  const sum = parts.reduce((total, part) => total + part, 0)
  return parts.map((part) => (sum > 0 ? part / sum : 1 / objectives))
}

export interface Uncertain {
  readonly y: Float64Array
  readonly sd: Float64Array
}

export function scalarised(objectives: readonly Uncertain[], weights: readonly number[]): Uncertain {
  const rows = objectives[0]!.y.length
  const largest = new Float64Array(rows)
  const sum = new Float64Array(rows)
  const sd = new Float64Array(rows)
  for (const [index, objective] of objectives.entries()) {
    const weight = weights[index]!
    const { quantiles, spread } = quantilesOf(objective.y)
    for (let row = 0; row < rows; row++) {
      const part = weight * quantiles[row]!
      largest[row] = Math.max(largest[row]!, part)
      sum[row]! += part
      sd[row]! += spread > 0 ? Math.min(1, (weight * objective.sd[row]!) / spread) : 0
    }
  }
  return { y: largest.map((part, row) => part + sumShare * sum[row]!), sd }
}

/** Equal losses share a quantile. `spread`: how much loss the middle eight tenths stand for, as if all were so dense. */
function quantilesOf(losses: Float64Array): { readonly quantiles: Float64Array; readonly spread: number } {
  const rows = losses.length
  const order = ascendingOrder(losses)
  const quantiles = new Float64Array(rows)
  for (let place = 0, first = 0; place < rows; place++) {
    if (losses[order[place]!]! > losses[order[first]!]!) first = place
    quantiles[order[place]!] = (first + 0.5) / rows
  }
  const at = (part: number): number => losses[order[Math.floor(part * (rows - 1))]!]!
  return { quantiles, spread: (at(0.9) - at(0.1)) / 0.8 }
}
