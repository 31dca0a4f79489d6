/**
 * What samplers that go through a sequence of places in the unit cube have in common (Sobol, Latin hypercubes): places that decode to a
 * forbidden or seen configuration are skipped, so what is proposed stays as even over the allowed part as the sequence is over the cube.
 *
 * Where the user has said what is expected of a parameter, its axis is bent to that; the sequence stays even by probability.
 *
 * The place of a proposal goes into its note; the next search begins behind it.
 */
import type { Json } from '../trial.ts'
import { decode, isForbidden } from '../space/space.ts'
import type { Sampler } from './sampler.ts'
import { bentPlace } from './start-up.ts'
import { unseen } from './unseen.ts'

interface Memory {
  /** Places before this one are used up. */
  next: number
}

/** Places looked at for one proposal. Where so many are skipped, the space is nearly exhausted or hardly anything is allowed. */
const placesAtMost = 500

/** `place(index)` is a vector of the unit cube; `first` the index to begin with. */
export function sequenceSampler(first: number, place: (index: number) => readonly number[]): Sampler<Memory> {
  return {
    start: () => ({ next: first }),
    propose({ next }, study, _trial, stream) {
      const { space } = study
      for (let index = next; index < next + placesAtMost; index++) {
        const configuration = decode(space, bentPlace(space, place(index)))
        if (isForbidden(space, configuration) || study.isSeen(configuration)) continue
        return { configuration, note: { place: index } }
      }
      // Skipped for good: places that were in vain would be in vain again.
      const proposal = unseen(study, stream, () => null, 0)
      return 'configuration' in proposal ? { ...proposal, note: { place: next + placesAtMost - 1 } } : proposal
    },
    evolve(memory, { note }) {
      const place = placeOf(note)
      if (place !== null) memory.next = Math.max(memory.next, place + 1)
    },
  }
}

/** null for a configuration that the user gave. */
function placeOf(note: Json | undefined): number | null {
  if (typeof note !== 'object' || note === null || Array.isArray(note)) return null
  const place = (note as { readonly [key: string]: Json | undefined })['place']
  return typeof place === 'number' ? place : null
}
