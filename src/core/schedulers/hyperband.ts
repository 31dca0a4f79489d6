/**
 * Hyperband: brackets of successive halving, from "many trials, few epochs each" to "few trials, fully trained", so that no guess is needed
 * at how early a trial can be judged.
 *
 * Paper: Li, Jamieson, DeSalvo, Rostamizadeh, Talwalkar, JMLR 18 (2018), Algorithm 1. Schedule and its rounding: brackets.ts. How brackets
 * run side by side, and where we differ: bracket-scheduler.ts.
 *
 * Invariants: the trials, their epochs and the survivors are those of the sequential algorithm, for any number of workers and any timing;
 * R = 100, eta = 2 trains 163 trials for 3213 epochs.
 */
import { choiceOf, numberOf, numberOrNull } from '../options.ts'
import { previewBrackets, etaProblems } from './bracket-preview.ts'
import type { BracketPlan } from './bracket-plan.ts'
import { bracketScheduler } from './bracket-scheduler.ts'
import { explainBracket } from './bracket-verdicts.ts'
import { hyperbandBrackets, largestPower } from './brackets.ts'
import { passesOf, passesOptions, usualOrder } from './passes.ts'
import type { SchedulerKind, SchedulerSetup } from './scheduler.ts'
import { hyperbandInWaves, impliedByWaves, wavesOption, wavesProblems } from './waves.ts'

export const hyperband: SchedulerKind = {
  name: 'hyperband',
  version: 1,
  doc: 'Brackets of successive halving that start with many short trials, fewer longer ones, and so on (Li et al. 2018).',
  options: {
    eta: { type: 'number', default: 3, above: 1, doc: 'Each round keeps the best 1/eta of its trials.' },
    ...passesOptions,
    waves: wavesOption,
  },
  pauses: () => true,
  resolve({ definition, options, slots }) {
    const eta = numberOf(options, 'eta')
    const passes = passesOf({ definition, options })
    const usual = usualOrder(slots)
    const order = options['order'] ?? (options['waves'] === true ? impliedByWaves.order : usual)
    return {
      options: { ...options, passes, order },
      problems: [...etaProblems(largestPower(definition.epochs.max, eta), eta), ...wavesProblems(options)],
    }
  },
  create(setup) {
    const scheduler = bracketScheduler(planOf(setup))
    return setup.options['waves'] === true ? hyperbandInWaves(scheduler) : scheduler
  },
  preview: (setup) => previewBrackets(planOf(setup), setup.definition.budget.trials),
  explain: explainBracket,
}

function planOf({ definition, options }: SchedulerSetup): BracketPlan {
  const eta = numberOf(options, 'eta')
  const { max, min } = definition.epochs
  return {
    brackets: hyperbandBrackets({ maxEpochs: max, minEpochs: min, eta }),
    eta,
    passes: numberOrNull(options, 'passes'),
    order: choiceOf(options, 'order', ['published', 'path']),
  }
}
