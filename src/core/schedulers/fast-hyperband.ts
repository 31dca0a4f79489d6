/**
 * Fast-Hyperband: Hyperband that looks at every trial after every epoch. How it will end the round is predicted from its curve so far, and once it is
 * all but certain not to be among the good ones of its round it is stopped there.
 *
 * Paper: Baker, Gupta, Raskar, Naik, "Accelerating Neural Architecture Search using Performance Prediction", 2017 (f-Hyperband). The rule:
 * fast/stopping.ts. What the paper leaves open is which of the fully trained trials of its round a trial has to beat, and how many of them there must
 * be before anybody is stopped. With n = floor(n_i / eta) places in the next round (in the last round of a bracket 1), option `needed`:
 *   share  the best ceil(kappa n) (reading a, the default)    all  the best n (b)    best  the best one (c)
 *
 * Where we differ, and why:
 * - A predictor needs 15 curves instead of 100, and looks at the losses alone unless its `features` say otherwise: as Swift-Hyperband.
 * - One predictor for each pair (target, epoch), trained once, at its first use, on all curves that have arrived at the target in some round; it is kept
 *   over all passes. It is trained while the study goes on: a decision comes when its predictor does.
 * - Brackets overlap (bracket-scheduler.ts). Who is stopped depends on who came before: with one slot and the published order the run is that of the
 *   sequential loop; with more it depends on the timing, as the rule itself does.
 * - A trial that is stopped is out, and nobody takes its place: later rounds may have fewer trials than planned.
 *
 * Invariants: R = 100, eta = 2 on the published curves in order, with one slot: 2846 epochs, 40 stops, 101 predictors.
 * Cost: a report costs a prediction, and the sorting of what its round has so far; a fit is asked for as a decision and done beside the loop.
 */
import { predictorOf, earlierCurves } from '../study/fit-input.ts'
import type { AlgorithmDefinition } from '../study/definition.ts'
import type { StudyView } from '../study/study-view.ts'
import { choiceOf, numberOf, numberOrNull } from '../options.ts'
import { etaProblems, previewBrackets } from './bracket-preview.ts'
import { bracketScheduler } from './bracket-scheduler.ts'
import { hyperbandBrackets, largestPower } from './brackets.ts'
import { evolve, verdictOf } from './fast/evolve.ts'
import { openMemory, type FastMemory } from './fast/memory.ts'
import type { FastPlan } from './fast/plan.ts'
import type { Scene } from './fast/stopping.ts'
import { EARLIER_TOPIC } from './swift/earlier.ts'
import { explainFast } from './fast/words.ts'
import { earlierText } from './earlier-words.ts'
import type { EarlierRefusal } from './earlier-scale.ts'
import { passesOf, passesOptions, usualOrder } from './passes.ts'
import { predictionView } from './prediction-view.ts'
import { resolvedPredictor } from './predictor-option.ts'
import type { Scheduler, SchedulerKind, SchedulerSetup } from './scheduler.ts'

export const fastHyperband: SchedulerKind = {
  name: 'fast-hyperband',
  version: 1,
  doc: 'Hyperband that predicts after every epoch how a trial will end its round, and stops it when it is all but certain to end badly.',
  options: {
    eta: { type: 'number', default: 3, above: 1, doc: 'Each round keeps the best 1/eta of its trials.' },
    predictor: { type: 'predictor', default: 'nu-svr', doc: 'Who predicts: a name, or { type: name, ...options }.' },
    d: { type: 'integer', default: 15, atLeast: 2, doc: 'Curves that a predictor is trained on at least.' },
    delta: {
      type: 'number',
      default: 0.95,
      above: 0.5,
      atMost: 1,
      doc: 'A trial is stopped when it fails to beat the bar with at least this probability.',
    },
    needed: {
      type: 'text',
      default: 'share',
      choices: ['share', 'all', 'best'],
      doc: 'The bar is the worst of the best so many fully trained of the round: kappa of the places of the next round, all of these places, or one.',
    },
    kappa: {
      type: 'number',
      default: 0.5,
      above: 0,
      atMost: 1,
      doc: 'With needed: share, that share. Nobody is stopped before so many are fully trained.',
    },
    ...passesOptions,
  },
  pauses: () => true,
  resolve({ definition, options, slots }) {
    const eta = numberOf(options, 'eta')
    const passes = passesOf({ definition, options })
    const order = options['order'] ?? usualOrder(slots)
    const its = resolvedPredictor(options['predictor'])
    const several = definition.objectives.length > 1 ? ['it predicts one objective, and the study has several'] : []
    return {
      options: { ...options, passes, order, predictor: its.definition },
      problems: [...etaProblems(largestPower(definition.epochs.max, eta), eta), ...several, ...its.problems],
    }
  },
  create: (setup) => fastScheduler(planOf(setup)),
  preview: (setup) => previewBrackets(planOf(setup), setup.definition.budget.trials),
  explain: explainFast,
  tell: (topic, data) => (topic === EARLIER_TOPIC ? earlierText(data as unknown as EarlierRefusal) : null),
}

function planOf({ definition, options }: SchedulerSetup): FastPlan {
  const eta = numberOf(options, 'eta')
  const { max, min } = definition.epochs
  const predictor = options['predictor'] as AlgorithmDefinition
  return {
    brackets: hyperbandBrackets({ maxEpochs: max, minEpochs: min, eta }),
    eta,
    passes: numberOrNull(options, 'passes'),
    order: choiceOf(options, 'order', ['published', 'path']),
    needed: choiceOf(options, 'needed', ['share', 'all', 'best']),
    kappa: numberOf(options, 'kappa'),
    delta: numberOf(options, 'delta'),
    d: numberOf(options, 'd'),
    minEpochs: min,
    predictor,
    earlier: earlierCurves(predictor),
  }
}

function fastScheduler(plan: FastPlan): Scheduler<FastMemory> {
  const brackets = bracketScheduler(plan)
  const predictor = predictorOf(plan.predictor)
  const sceneOf = (memory: FastMemory, study: StudyView): Scene => ({ plan, predictor, memory, study })
  return {
    start: openMemory,
    evolve(memory, notice, study) {
      evolve(sceneOf(memory, study), notice)
      brackets.evolve(memory.brackets, notice, study)
    },
    decide: (memory, study) => verdictOf(sceneOf(memory, study)) ?? brackets.decide(memory.brackets, study),
    next: (memory, study, limit) => brackets.next(memory.brackets, study, limit),
    isDone: (memory, study) => brackets.isDone(memory.brackets, study),
    rungs: (memory, study) => brackets.rungs?.(memory.brackets, study) ?? [],
    prediction: ({ models, dropped, spared, earlier }) =>
      predictionView({
        predictor: plan.predictor,
        models: models.values(),
        dropped,
        spared,
        earlier: plan.earlier,
        isEarlierRefused: earlier === 'refused',
      }),
  }
}
