/**
 * Swift-Hyperband: Hyperband with one more decision a round. Halfway to a round's target the loss there is predicted from the curve so far, and only
 * trials whose prediction is good enough are trained on. The predictor is a support vector regression, trained on a classical computer or (Quantum-Swift-
 * Hyperband) on a quantum annealer; it is trained on curves of the same study, once for each pair of epochs.
 *
 * Published: the authors' repository qtml-hybrid-workflow, and the posters at CHEP 2023 and QTML 2023. Rules: swift/plan.ts (schedule, who is
 * sent), swift/fates.ts (selection), swift/rounds.ts (survivors). States of a trial inside its round:
 *   ready       -> ordered to the decision point, or to the target. training
 *   training    -> arrives at the decision point: sent (goes on at once) or parked; arrives at the target: there
 *   parked      -> selected: ready. Dropped: stopped, or audited (swift/audit.ts). Nobody needs its slot: speculating
 *   speculating -> an epoch ahead of its decision. Arrives: what was decided meanwhile holds
 *   there       -> complete; survives the cut, or is stopped
 *
 * Where we differ, and why:
 * - No waves: every (bracket, round) is a small machine of its own, all brackets are open from the start, and a slot takes the first ready order. With
 *   `sent: plan` who is sent is fixed by rank before the study, so that what is decided is what one worker would decide, for any number of workers and any
 *   timing. `sent: arrival` is the published rule: shorter where speeds differ, but its decisions depend on timing.
 * - Idle slots train parked trials ahead of their decision, epoch by epoch; such epochs count apart.
 * - What no missing loss can change is decided at once.
 * - Only trials that are complete survive or win (the reference may keep unfinished ones in a last round, where it changes nothing).
 * - A trial that fails makes room for the next by rank; without a predictor a round is trained to its end.
 * - Fits are tight (tolerance 1e-8), ties go by trial number.
 *
 * Invariants: R = 100, eta = 2 on the published curves in order: 2846 epochs, 11 predictors; any subset of failing trials ends.
 * Cost: O(trials of the round) an event; a fit is asked for as a decision and done beside the loop.
 */
import type { AlgorithmDefinition } from '../study/definition.ts'
import { earlierCurves } from '../study/fit-input.ts'
import type { StudyView } from '../study/study-view.ts'
import { choiceOf, numberOf, numberOrNull, type OptionSpecs } from '../options.ts'
import { etaProblems } from './bracket-preview.ts'
import { trialsOfPass } from './bracket-plan.ts'
import { hyperbandBrackets, largestPower } from './brackets.ts'
import { passesOf, passesOptions, usualOrder } from './passes.ts'
import { resolvedPredictor } from './predictor-option.ts'
import type { Notice, Scheduler, SchedulerKind, SchedulerSetup, Verdict } from './scheduler.ts'
import { isAuditing } from './swift/audit.ts'
import { evolve, type FitTag } from './swift/evolve.ts'
import { memberOf, openMemory, roundOf, type SwiftMemory } from './swift/memory.ts'
import { sentReason, swiftOrders } from './swift/orders.ts'
import { swiftWalk, type SwiftPlan } from './swift/plan.ts'
import { swiftPrediction } from './swift/prediction.ts'
import { previewSwift } from './swift/preview.ts'
import { swiftRungs } from './swift/rungs.ts'
import type { Scene } from './swift/scene.ts'
import { tellSwift } from './swift/telling.ts'
import { explainSwift } from './swift/words.ts'
import { impliedByWaves, swiftInWaves, wavesOption, wavesProblems } from './waves.ts'

export const swiftHyperband: SchedulerKind = swiftKind(
  'swift-hyperband',
  'nu-svr',
  'Hyperband that predicts halfway through each round how trials will end, and trains only the promising ones on.',
)

export const quantumSwiftHyperband: SchedulerKind = swiftKind(
  'quantum-swift-hyperband',
  'qsvr',
  'Swift-Hyperband whose predictor is a support vector regression trained by annealing.',
)

function swiftKind(name: string, predictor: string, doc: string): SchedulerKind {
  return {
    name,
    version: 1,
    doc,
    options: swiftOptions(predictor),
    pauses: () => true,
    resolve({ definition, options, slots }) {
      const eta = numberOf(options, 'eta')
      const passes = passesOf({ definition, options })
      const order = options['order'] ?? usualOrder(slots)
      const implied = options['waves'] === true ? impliedByWaves : {}
      const its = resolvedPredictor(options['predictor'])
      const several = definition.objectives.length > 1 ? ['it predicts one objective, and the study has several'] : []
      return {
        options: { ...options, passes, order, predictor: its.definition, ...implied },
        problems: [
          ...etaProblems(largestPower(definition.epochs.max, eta), eta),
          ...several,
          ...its.problems,
          ...wavesProblems(options),
        ],
      }
    },
    create(setup) {
      const scheduler = swiftScheduler(planOf(setup))
      return setup.options['waves'] === true ? swiftInWaves(scheduler) : scheduler
    },
    preview: (setup) => previewSwift(planOf(setup), setup.definition.budget.trials),
    explain: explainSwift,
    tell: tellSwift,
  }
}

function swiftOptions(predictor: string): OptionSpecs {
  return {
    eta: { type: 'number', default: 3, above: 1, doc: 'Each round keeps the best 1/eta of its trials.' },
    predictor: { type: 'predictor', default: predictor, doc: 'Who predicts: a name, or { type: name, ...options }.' },
    d: { type: 'integer', default: 15, atLeast: 2, doc: 'Curves that a predictor is trained on at least.' },
    k: {
      type: 'number',
      default: 0.5,
      atLeast: 0,
      atMost: 1,
      doc: 'Share of the places of the next round that is always trained fully.',
    },
    knownCurve: {
      type: 'number',
      default: 0.5,
      above: 0,
      atMost: 1,
      doc: 'How far into a round the decision lies; never before epochs.min.',
    },
    threshold: {
      type: 'number',
      default: 0.25,
      atLeast: 0,
      atMost: 1,
      doc: 'A prediction has to beat this quantile of the fully trained.',
    },
    audit: {
      type: 'number',
      default: 0,
      atLeast: 0,
      atMost: 1,
      doc: 'Share of the dropped trials that is trained on anyway, to see whether prediction can be trusted.',
    },
    sent: {
      type: 'text',
      default: 'plan',
      choices: ['plan', 'arrival'],
      doc: 'Who is trained fully without a prediction: by rank, the same for any number of slots, or whoever arrives first, as published.',
    },
    speculate: {
      type: 'text',
      default: 'idle',
      choices: ['idle', 'never'],
      doc: 'Whether slots that would be idle train parked trials ahead of their decision.',
    },
    ...passesOptions,
    waves: wavesOption,
  }
}

function planOf({ definition, options }: SchedulerSetup): SwiftPlan {
  const eta = numberOf(options, 'eta')
  const { max, min } = definition.epochs
  const predictor = options['predictor'] as AlgorithmDefinition
  return {
    brackets: hyperbandBrackets({ maxEpochs: max, minEpochs: min, eta }),
    eta,
    passes: numberOrNull(options, 'passes'),
    order: choiceOf(options, 'order', ['published', 'path']),
    sent: choiceOf(options, 'sent', ['plan', 'arrival']),
    speculate: choiceOf(options, 'speculate', ['idle', 'never']),
    d: numberOf(options, 'd'),
    k: numberOf(options, 'k'),
    knownCurve: numberOf(options, 'knownCurve'),
    threshold: numberOf(options, 'threshold'),
    audit: numberOf(options, 'audit'),
    predictor,
    earlier: earlierCurves(predictor),
    seed: definition.seed,
    minEpochs: min,
    maxEpochs: max,
  }
}

function swiftScheduler(plan: SwiftPlan): Scheduler<SwiftMemory> {
  const taught = swiftWalk(plan, plan.earlier)
  const untaught = plan.earlier === null ? taught : swiftWalk(plan, null)
  const sceneOf = (memory: SwiftMemory, study: StudyView): Scene => ({
    plan,
    memory,
    study,
    touched: [],
    get walk() {
      return memory.isEarlierRefused ? untaught : taught
    },
  })
  return {
    start: openMemory,
    evolve: (memory, notice: Notice, study) => evolve(sceneOf(memory, study), notice),
    decide: (memory, study) => verdictOf(sceneOf(memory, study)),
    next: (memory, study, limit) => swiftOrders(sceneOf(memory, study), limit),
    isDone(memory) {
      const areAllStarted = plan.passes !== null && memory.started >= plan.passes * trialsOfPass(plan)
      const isOver = (memory.closed || areAllStarted) && memory.unfinished === 0
      return isOver && memory.ready.length === 0 && !isAuditing(memory.tally)
    },
    rungs: (memory, study) => swiftRungs(sceneOf(memory, study)),
    prediction: (memory, study) => swiftPrediction(sceneOf(memory, study)),
  }
}

function verdictOf(scene: Scene): Verdict | null {
  const { plan, memory, study, walk } = scene
  for (const trial of memory.keeping) {
    const member = memberOf(memory, trial)
    const until = roundOf(memory, member).plan.target
    // One whose attempt has ended meanwhile, or for which no budget is left, waits in the queue.
    const isRaisable = study.state(trial) === 'running' && study.epochsLeft > 0
    if (!isRaisable && study.epoch(trial) < until) continue
    const why = member.why === null ? sentReason(scene, trial, member) : { ...member.why, until }
    return { type: 'raise', trial, until, why }
  }
  const saying = memory.sayings[0]
  if (saying?.type !== 'fit') return saying ?? null
  const { target, known, trials } = saying
  const earlier = walk.earlierOf(target)
  const tag: FitTag = { known, target, earlier }
  return { type: 'fit', predictor: plan.predictor, known, target, earlier, trials, tag }
}
