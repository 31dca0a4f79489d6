/**
 * Asynchronous model-based search with a forest (AMBS; DeepHyper's CBO): a forest learns how good configurations are and how sure that is; the one of the lowest
 * confidence bound is proposed, for as many workers as are free, without waiting for those that are not.
 *
 * P. Balaprakash, M. Salim, T. Uram, V. Vishwanath, S. Wild, DeepHyper: Asynchronous Hyperparameter Search for Deep Neural Networks, HiPC 2018;
 * R. Egele, I. Guyon, V. Vishwanath, P. Balaprakash, Asynchronous Decentralized Bayesian Optimization for Large Scale Hyperparameter Optimization, eScience 2023 (qUCB);
 * the spread of a forest after Hutter, Xu, Hoos, Leyton-Brown 2014. `like: deephyper` is the published behaviour.
 *
 * Where we differ, and why (regrets after 50 and 100 trials in the docs):
 * - half of the trees hold smooth trends (`forest/model.ts`): a tree of constants can promise nothing better than what was seen;
 * - the model learns ranks, at every fourth trial the loss itself (`forest/lesson.ts`): ranks spread what is crowded around the best, and so refine; the loss
 *   tells when there is nothing left to refine. With the loss alone, as published, the best region is one leaf;
 * - most places lie around the best trials (`forest/places.ts`), not evenly: ten thousand even ones miss a small valley of six parameters;
 * - kappa is 1: trees that are grown on rows drawn with replacement spread more than those grown on all;
 * - trials under way take away ignorance instead of adding rows (`forest/search.ts`): no refits;
 * - failed trials also teach a forest of risks, and `failure-guard.ts` keeps away from where the latest trials failed. Trials that miss a constraint
 *   count as worse than all that meet it, and teach the risk too;
 * - DeepHyper's further models (gradient boosting, Gaussian process, dummy) and acquisitions (MES, hedge) are left out.
 *
 * Cost: O(trees x parameters x trials x depth + places x trees x depth), from at most 2,000 trials; a further proposal of the same search O(places x trees).
 *
 * Invariants
 * - Proposals are allowed, unseen and not barred by the guard, as long as there are such.
 * - Where the losses only change monotonically, a study that learns ranks makes the same proposals.
 */
import { numberOrNull } from '../options.ts'
import { modelSampler } from './model-sampler.ts'
import { searchForest } from './forest/search.ts'
import { settlerOf } from './forest/settle.ts'
import { forestOptions, forestSettings } from './forest/settings.ts'
import type { SamplerKind } from './sampler.ts'

const startupAtMost = 31

export const forest: SamplerKind = {
  name: 'forest',
  version: 1,
  doc: 'A forest learns where good configurations lie; for many workers at once (DeepHyper).',
  options: forestOptions,
  create({ space, definition, options }) {
    const settings = forestSettings(options)
    const settle = settlerOf(space)
    const nStartupTrials = Math.min(2 * space.dimension + 1, startupAtMost)
    const startup = numberOrNull(options, 'nStartupTrials') ?? nStartupTrials
    return modelSampler({
      space,
      definition,
      options,
      nStartupTrials,
      model: {
        isQuick: () => false,
        search: (input) => searchForest({ space, settle, settings, startup, seed: definition.seed, input }),
      },
    })
  },
}
