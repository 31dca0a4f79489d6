/**
 * The chances of the choices of each category: they move towards the choices of the better half of a generation, a natural gradient as in
 * PBIL (Baluja 1994) and CatCMA (Hamano, Saito, Nomura, Uchida, Shirakawa 2024), and none falls below a margin.
 */
import type { Shape } from './shape.ts'
import type { Ranked } from './update.ts'

/** Of the way to the choices of the better half. */
const learningRate = 0.4

/** A share of the draws that, over all categories together, is left to choices other than the best. */
const marginOfAll = 0.15

/** `weights`: of the better half, by rank. A trial in which the category is absent says nothing of it. */
export function updatedChances(
  shape: Shape,
  chances: readonly Float64Array[],
  ranked: readonly Ranked[],
  weights: Float64Array,
): Float64Array[] {
  return chances.map((old, index) => {
    const { axis, count } = shape.categories[index]!
    const shares = Float64Array.from(old)
    for (const [rank, weight] of weights.entries()) {
      if (!ranked[rank]!.isPresent[axis]) continue
      const rate = learningRate * weight
      for (let choice = 0; choice < count; choice++)
        shares[choice]! += rate * ((choice === ranked[rank]!.choices[index] ? 1 : 0) - old[choice]!)
    }
    return aboveMargin(shares, marginOfAll / (shape.categories.length * (count - 1)))
  })
}

/** Raises what is below `least`, at the cost of what is above it. */
export function aboveMargin(shares: Float64Array, least: number): Float64Array {
  const bound = Math.min(least, 1 / shares.length)
  const raised = shares.map((share) => Math.max(share, bound))
  const room = raised.reduce((sum, share) => sum + share - bound, 0)
  if (!(room > 0)) return raised.fill(1 / shares.length)
  const rest = 1 - bound * shares.length
  return raised.map((share) => bound + ((share - bound) * rest) / room)
}
