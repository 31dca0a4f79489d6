/**
 * A sampler of one's own: it starts at random and then takes small steps away from the best trial, ever smaller ones. Outside a clone the imports
 * read `from 'foretune'`.
 */
import { decode, encode, randomConfiguration, unseen } from '../../src/index.ts'
import type { Sampler, SamplerKind, StudyView } from '../../src/index.ts'

export const hillClimber: SamplerKind = {
  name: 'hill-climber',
  version: 1,
  doc: 'Steps away from the best trial so far.',
  options: {
    startup: { type: 'integer', default: 5, atLeast: 1, doc: 'Trials drawn at random before the first step.' },
    step: { type: 'number', default: 0.2, above: 0, atMost: 1, doc: 'Length of a step along each axis, at first.' },
  },
  create: ({ space, options }): Sampler<null> => ({
    start: () => null,
    propose(_memory, study, trial, stream) {
      const best = trial < Number(options['startup']) ? null : bestOf(study)
      if (best === null) return unseen(study, stream, () => randomConfiguration(space, stream))
      const place = encode(space, study.configuration(best))
      const length = Number(options['step']) / Math.sqrt(1 + trial / 10)
      // What is not there yet (a parameter of another branch) has no place: it is drawn.
      return unseen(study, stream, () =>
        decode(
          space,
          [...place].map((at) => (Number.isNaN(at) ? stream.uniform() : reflected(at + length * stream.normal()))),
        ),
      )
    },
  }),
}

/** Of the trials that came to their end. */
function bestOf(study: StudyView): number | null {
  const trials = Array.from({ length: study.trialCount }, (_, trial) => trial)
  return study.ranked(trials.filter((trial) => study.state(trial) === 'complete'))[0] ?? null
}

/** Beyond an end of the axis it comes back. */
function reflected(at: number): number {
  const within = Math.abs(at) % 2
  return within > 1 ? 2 - within : within
}
