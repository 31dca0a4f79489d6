/**
 * Samplers for tests of what surrounds a model: `slow` answers beside the loop, `quick` within it. What they propose follows from everything
 * in the history, so that two histories that should be equal and are not show at once.
 */
import { stream } from '../maths/stream.ts'
import { picksFor } from '../samplers/model-sampler.ts'
import type { History } from '../samplers/history.ts'
import type { Sampler, SamplerKind } from '../samplers/sampler.ts'
import { unseen } from '../samplers/unseen.ts'
import { randomConfiguration } from '../space/space.ts'

/** Trials before the model is asked. */
export const startupTrials = 2

function learning(name: string, isQuick: boolean): SamplerKind {
  return {
    name,
    version: 1,
    doc: 'For tests.',
    options: {},
    create: ({ space, definition }): Sampler<null> => ({
      start: () => null,
      propose: (_memory, study, trial, chance) =>
        trial < startupTrials ? unseen(study, chance, () => randomConfiguration(space, chance)) : null,
      model: {
        isQuick: () => isQuick,
        search({ history, trial, count }) {
          const picks = picksFor(space, history)
          const lesson = lessonOf(history)
          for (let index = 0; index < count; index++)
            if (!picks.takeAny(stream(definition.seed, 'sampler', trial + index, lesson))) break
          return picks.proposals
        },
      },
    }),
  }
}

/** A number that depends on all that a history holds. */
function lessonOf({ places, states, epochs, losses, levelLosses, violations, slots }: History): number {
  let lesson = places.rows + slots
  const columns = [places.values, states, epochs, ...losses, ...levelLosses.flat(), ...violations]
  for (const column of columns)
    for (const value of column) {
      const said = Number.isFinite(value) ? value : Number.isNaN(value) ? 0.3 : 0.7
      lesson = (lesson * 31 + Math.round(said * 1e6)) % 2147483647
    }
  return Math.abs(lesson)
}

export const learners: { readonly [name: string]: SamplerKind } = {
  slow: learning('slow', false),
  quick: learning('quick', true),
}
