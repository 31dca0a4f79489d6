/**
 * Standard normal vectors for the trials of a generation that make up for one another: in blocks of 2n, n of them at right angles to each other and each
 * followed by its mirror image.
 *
 * H. Wang, M. Emmerich, T. Bäck, Mirrored Orthogonal Sampling with Pairwise Selection in Evolution Strategies (2014); D. Brockhoff, A. Auger, N. Hansen, D. V.
 * Arnold, T. Hohm, Mirrored Sampling and Sequential Selection (2010). Each vector for itself is as normal as an independent one. We do without
 * pairwise selection: where losses say nothing, a generation then shrinks the spread by 4 to 9 percent, which is what few trials call for; with
 * independent vectors the regret after 200 trials was 1.5 to 90 times as large.
 */
import { stream } from '../../maths/stream.ts'

/** The vector of the index-th trial of a generation. */
export type Deviates = (generation: number, index: number) => Float64Array

export function deviatesOf(seed: number, size: number): Deviates {
  let kept: { readonly generation: number; readonly block: number; readonly vectors: readonly Float64Array[] } | null =
    null
  if (size === 0) return () => new Float64Array(0)
  return (generation, index) => {
    const block = Math.floor(index / (2 * size))
    if (kept?.generation !== generation || kept.block !== block)
      kept = { generation, block, vectors: orthogonal(seed, size, generation, block) }
    const within = index - block * 2 * size
    const vector = kept.vectors[Math.floor(within / 2)] as Float64Array
    return within % 2 === 0 ? vector : vector.map((value) => -value)
  }
}

/** Normal vectors with their lengths kept, turned to right angles one after the other (Gram and Schmidt). */
function orthogonal(seed: number, size: number, generation: number, block: number): Float64Array[] {
  const chance = stream(seed, 'cma-es', generation, block)
  const units: Float64Array[] = []
  return Array.from({ length: size }, () => {
    const vector = Float64Array.from({ length: size }, () => chance.normal())
    const length = Math.sqrt(product(vector, vector))
    // Twice, so that rounding leaves nothing of the others.
    for (let round = 0; round < 2; round++)
      for (const unit of units) {
        const along = product(vector, unit)
        for (let axis = 0; axis < size; axis++) vector[axis]! -= along * unit[axis]!
      }
    const left = Math.sqrt(product(vector, vector))
    const unit = vector.map((value) => value / left)
    units.push(unit)
    return unit.map((value) => value * length)
  })
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let axis = 0; axis < a.length; axis++) sum += a[axis]! * b[axis]!
  return sum
}
