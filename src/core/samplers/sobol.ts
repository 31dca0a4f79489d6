/**
 * Quasi-random search: a Sobol sequence, Owen-scrambled by the study's seed (`maths/sobol.ts`).
 *
 * Axes beyond the direction numbers get independent uniform coordinates: high dimensions of a Sobol sequence are no better than that for the few
 * hundred trials of a study.
 *
 * Cost: 32 operations an axis a trial, 32 hashes an axis if scrambled.
 *
 * Invariants
 * - Unseen and allowed places come in the order of the sequence, from `skip` on.
 */
import { stream } from '../maths/stream.ts'
import { scrambledSobol, sobol as plainSobol, sobolDimensionAtMost, sobolLength } from '../maths/sobol.ts'
import type { SamplerKind } from './sampler.ts'
import { sequenceSampler } from './sequence.ts'

export const sobol: SamplerKind = {
  name: 'sobol',
  version: 1,
  ownPlaces: true,
  doc: 'A Sobol sequence: covers the space more evenly than random draws.',
  options: {
    scramble: { type: 'boolean', default: true, doc: 'Owen scrambling by the seed; false = the bare sequence.' },
    skip: {
      type: 'integer',
      default: 0,
      atLeast: 0,
      atMost: 2 ** 31,
      doc: 'How many vectors at the start of the sequence are left out; a power of 2 keeps it balanced.',
    },
  },
  create({ space, definition, options }) {
    const isScrambled = options['scramble'] !== false
    const seeds = space.axes.map((_, axis) => stream(definition.seed, 'sobol', axis).uint32())
    return sequenceSampler(Number(options['skip']), (index) =>
      seeds.map((seed, axis) => {
        if (axis >= sobolDimensionAtMost) return stream(definition.seed, 'sobol', axis, index).uniform()
        const wrapped = index % sobolLength
        return isScrambled ? scrambledSobol(wrapped, axis, seed) : plainSobol(wrapped, axis)
      }),
    )
  },
}
