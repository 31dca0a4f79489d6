/**
 * Latin hypercube sampling (McKay, Beckman, Conover, Technometrics 1979): in each block of `n` proposals every axis is cut into n equal slices
 * and every slice is used once. Blocks follow one another with new permutations.
 *
 * The permutations of a block belong to the study's seed and the number of the block, not to a trial; where a place is skipped (forbidden or
 * seen), its slices stay empty.
 *
 * Cost: n steps an axis for a block, kept while the block lasts.
 *
 * Invariants
 * - The places of a block have exactly one in each of the n slices of every axis.
 */
import { stream } from '../maths/stream.ts'
import type { SamplerKind } from './sampler.ts'
import { sequenceSampler } from './sequence.ts'

export const latinHypercube: SamplerKind = {
  name: 'lhs',
  version: 1,
  ownPlaces: true,
  doc: 'Latin hypercubes: in every block of `n` trials each parameter is covered evenly.',
  options: {
    n: {
      type: 'integer',
      default: null,
      atLeast: 1,
      doc: 'Size of a block. Default: budget.trials, or 64 without one.',
    },
  },
  create({ space, definition, options }) {
    const size = typeof options['n'] === 'number' ? options['n'] : (definition.budget.trials ?? 64)
    let kept: { readonly block: number; readonly axes: readonly Float64Array[] } | null = null
    return sequenceSampler(0, (index) => {
      const block = Math.floor(index / size)
      if (kept?.block !== block)
        kept = { block, axes: latinHypercubeBlock(definition.seed, block, size, space.dimension) }
      return kept.axes.map((axis) => axis[index % size]!)
    })
  },
}

/** For each axis the coordinates of the block's n places. */
export function latinHypercubeBlock(seed: number, block: number, n: number, dimension: number): Float64Array[] {
  return Array.from({ length: dimension }, (_, axis) => {
    const chance = stream(seed, 'lhs', n, block, axis)
    return Float64Array.from(chance.permutation(n), (slice) => (slice + chance.uniform()) / n)
  })
}
