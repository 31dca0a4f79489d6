/**
 * Random search: independent uniform draws (J. Bergstra, Y. Bengio, Random Search for Hyper-Parameter Optimization, JMLR 2012), even on each parameter's
 * own scale. We never draw a configuration twice; forbidden ones are rejected, which leaves the draw uniform over the allowed ones.
 *
 * Cost: one draw a trial.
 */
import type { Sampler, SamplerKind } from './sampler.ts'
import { startUp } from './start-up.ts'
import { unseen } from './unseen.ts'

export const random: SamplerKind = {
  name: 'random',
  version: 1,
  doc: 'Independent uniform draws, even on the scale of each parameter.',
  options: {},
  create({ space, definition }): Sampler<null> {
    const { draw } = startUp(space, definition)
    return {
      start: () => null,
      propose: (_memory, study, _trial, stream) => unseen(study, stream, () => draw(stream)),
    }
  },
}
