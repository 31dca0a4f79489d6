/**
 * ASHA, asynchronous successive halving: no rounds to wait for; a trial goes on as soon as it is among the best 1/eta of those seen so far.
 *
 * Paper: Li, Jamieson, Rostamizadeh, Gonina, Ben-tzur, Hardt, Recht, Talwalkar, "A System for Massively Parallel Hyperparameter Tuning",
 * MLSys 2020, Algorithm 2 (here with s = 0). Rungs lie at min eta^k and at max.
 *
 * *Promotion* (the paper's form; trials pause at each rung): a free slot looks from the top rung down for the best trial that is among the
 * best floor(n / eta) of the n recorded on its rung and not promoted yet; if there is none it starts a new trial.
 * *Stopping* (for programs that cannot pause): a trial runs on and is stopped at a rung unless it is among the best max(floor(n / eta), 1)
 * of the n recorded there so far, itself included. So of the first eta - 1 arrivals only those go on that are the best so far.
 *
 * Where we differ, and why:
 * - Promotion, after the last trial was created: when nothing runs below the top and nothing can be promoted, but the highest rung with
 *   waiting trials has promoted none, its best goes on. Else a study of few trials would end with none fully trained.
 * - A trial that failed, or was stopped by the user, counts as recorded with infinite loss on the rung that it was heading for.
 * - A trial that ended by itself is recorded on the rung that it was heading for, and needs no promotion.
 * - Stopping: a report that passes several rungs at once is judged on the highest of them, as it stands.
 * - Several objectives: the leaders of a rung are those that the study ranks first (non-dominated rank, crowding).
 *
 * Invariants: who is promoted was among the best floor(n / eta) at that moment (or its rung's only promotion); no trial is promoted twice
 * from a rung. Cost: O(log n) an arrival and a promotion; several objectives: one ranking of a rung an arrival.
 */
import { choiceOf, numberOf } from '../options.ts'
import { explainAsha, previewAsha } from './asha-words.ts'
import { promotionScheduler } from './asha-promotion.ts'
import { stoppingScheduler } from './asha-stopping.ts'
import { etaProblems } from './bracket-preview.ts'
import { largestPower } from './brackets.ts'
import { rungEpochs } from './rungs.ts'
import type { SchedulerKind, SchedulerSetup } from './scheduler.ts'

export const asha: SchedulerKind = {
  name: 'asha',
  version: 1,
  doc: 'Asynchronous successive halving: promotes, or does not stop, the best 1/eta of those seen so far on each rung (Li et al. 2020).',
  options: {
    eta: {
      type: 'number',
      default: 3,
      above: 1,
      doc: 'The reduction: the best 1/eta of a rung go on, eta times as far.',
    },
    form: {
      type: 'text',
      default: null,
      choices: ['promotion', 'stopping'],
      doc: 'Trials pause at each rung, or run on until stopped; by default the former where trials are resumable.',
    },
  },
  pauses: (options) => options['form'] === 'promotion',
  resolve({ definition, options }) {
    const eta = numberOf(options, 'eta')
    const form = options['form'] ?? (definition.resumable === true ? 'promotion' : 'stopping')
    return { options: { ...options, form }, problems: etaProblems(largestPower(definition.epochs.max, eta), eta) }
  },
  create(setup) {
    const eta = numberOf(setup.options, 'eta')
    const form = choiceOf(setup.options, 'form', ['promotion', 'stopping'])
    const epochs = epochsOf(setup)
    return form === 'promotion' ? promotionScheduler(epochs, eta) : stoppingScheduler(epochs, eta)
  },
  preview: (setup) => previewAsha(epochsOf(setup), numberOf(setup.options, 'eta'), setup.definition.budget.trials),
  explain: explainAsha,
}

function epochsOf({ definition, options }: SchedulerSetup): number[] {
  const { min, max } = definition.epochs
  return rungEpochs({ minEpochs: min, maxEpochs: max, eta: numberOf(options, 'eta') })
}
