/**
 * Successive halving: one bracket of n trials; each round keeps the best 1/eta and trains them eta times as far.
 *
 * Paper: Jamieson, Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter Optimization", AISTATS 2016, Fig. 3; with a
 * largest resource as in Hyperband's inner loop. The bracket cuts as often as `epochs.min` allows; its last round trains to `epochs.max`.
 *
 * Where we differ, and why: n is free. Fewer trials than eta^cuts end in rounds of a single trial; more in several fully trained ones.
 * With n given and a budget the bracket is repeated until the budget ends. The rest is bracket-scheduler.ts, and its invariants.
 */
import { numberOf, numberOrNull } from '../options.ts'
import { etaProblems, previewBrackets } from './bracket-preview.ts'
import type { BracketPlan } from './bracket-plan.ts'
import { bracketScheduler } from './bracket-scheduler.ts'
import { explainBracket } from './bracket-verdicts.ts'
import { bracketOf, deepestCuts, largestPower } from './brackets.ts'
import { passesOf } from './passes.ts'
import type { SchedulerKind, SchedulerSetup } from './scheduler.ts'

export const successiveHalving: SchedulerKind = {
  name: 'successive-halving',
  version: 1,
  doc: 'One bracket: all trials train a little, the best 1/eta of them eta times as far, and so on (Jamieson and Talwalkar 2016).',
  options: {
    eta: { type: 'number', default: 3, above: 1, doc: 'Each round keeps the best 1/eta of its trials.' },
    n: {
      type: 'integer',
      default: null,
      atLeast: 1,
      doc: 'Trials that the bracket starts with; by default budget.trials, else as many as leave one for the last round.',
    },
    passes: {
      type: 'integer',
      default: null,
      atLeast: 1,
      doc: 'How many brackets, one after the other; by default one, or with n given until the budget ends.',
    },
  },
  pauses: () => true,
  resolve({ definition, options }) {
    const eta = numberOf(options, 'eta')
    const problems = etaProblems(largestPower(definition.epochs.max, eta), eta)
    if (problems.length > 0) return { options, problems }
    const given = numberOrNull(options, 'n')
    const n = given ?? definition.budget.trials ?? Math.ceil(eta ** cutsOf({ definition, options }))
    const passes = given === null ? (numberOrNull(options, 'passes') ?? 1) : passesOf({ definition, options })
    return { options: { ...options, n, passes }, problems }
  },
  create: (setup) => bracketScheduler(planOf(setup)),
  preview: (setup) => previewBrackets(planOf(setup), setup.definition.budget.trials),
  explain: explainBracket,
}

function planOf(setup: SchedulerSetup): BracketPlan {
  const { definition, options } = setup
  const eta = numberOf(options, 'eta')
  const n = numberOf(options, 'n')
  const bracket = bracketOf({ s: cutsOf(setup), n, maxEpochs: definition.epochs.max, eta })
  return { brackets: [bracket], eta, passes: numberOrNull(options, 'passes'), order: 'published' }
}

function cutsOf({ definition, options }: SchedulerSetup): number {
  const { max, min } = definition.epochs
  return deepestCuts({ maxEpochs: max, minEpochs: min, eta: numberOf(options, 'eta') })
}
