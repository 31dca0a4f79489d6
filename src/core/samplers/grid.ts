/**
 * Grid search: every allowed combination once, the first parameter changing slowest. Continuous parameters take `levels` values from one
 * end of their range to the other, even on their own scale; all others take all their values. Ends when the grid is done.
 *
 * Cost: a step of the grid a trial.
 *
 * Invariants
 * - The proposals are those of `enumerate`, in its order, less what was seen before its turn came.
 */
import type { Configuration, Reason } from '../trial.ts'
import { type Space, enumerate } from '../space/space.ts'
import type { Sampler, SamplerKind } from './sampler.ts'
import { spaceExhausted } from './unseen.ts'

interface Memory {
  /** The grid's latest configuration; null before the first. */
  latest: Configuration | null
}

export const grid: SamplerKind = {
  name: 'grid',
  version: 1,
  ownPlaces: true,
  doc: 'Every combination once; continuous parameters in `levels` values.',
  options: {
    levels: { type: 'integer', default: 5, atLeast: 1, doc: 'How many values of each continuous parameter are tried.' },
  },
  create({ space, options }): Sampler<Memory> {
    const levels = Number(options['levels'])
    return {
      start: () => ({ latest: null }),
      propose({ latest }, study) {
        // The walk begins at the latest one, which is seen.
        for (const configuration of enumerate(space, levels, latest ?? undefined))
          if (!study.isSeen(configuration)) return { configuration, note: { grid: true } }
        return { exhausted: space.size < Infinity ? spaceExhausted(space.size) : gridExhausted(space, levels) }
      },
      evolve(memory, { configuration, note }) {
        // A configuration that the user gave has no note and moves nothing.
        if (note !== undefined) memory.latest = configuration
      },
    }
  },
}

/** The space goes on, but its grid does not. */
function gridExhausted(space: Space, levels: number): Reason {
  let size = 0
  for (const _ of enumerate(space, levels)) size++
  return { ...spaceExhausted(size), levels }
}
