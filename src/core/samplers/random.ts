/**
 * Random search: independent uniform draws (J. Bergstra, Y. Bengio, Random Search for Hyper-Parameter Optimization, JMLR 2012), even on each parameter's
 * own scale. We never draw a configuration twice; forbidden ones are rejected, which leaves the draw uniform over the allowed ones.
 *
 * Cost: one draw a trial.
 */
import { randomConfiguration } from '../space/space.ts'
import type { Sampler, SamplerKind } from './sampler.ts'
import { unseen } from './unseen.ts'

export const random: SamplerKind = {
  name: 'random',
  version: 1,
  doc: 'Independent uniform draws, even on the scale of each parameter.',
  options: {},
  create: ({ space }): Sampler<null> => ({
    start: () => null,
    propose: (_memory, study, _trial, stream) => unseen(study, stream, () => randomConfiguration(space, stream)),
  }),
}
