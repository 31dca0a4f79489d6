/**
 * The rule of Fast-Hyperband: after epoch m of a round that trains from `from` to `target`, from < m < target and m >= `epochs.min`, a trial is stopped where
 *   P(its loss at the target does not beat the bar) = 1 - Phi((bar - prediction) / sigma) >= delta.
 * The bar is the loss of rank `needed` among the trials of the round that are at the target. Before so many are there, and before
 * `d` curves to this target are known, nobody is stopped. sigma(target, m) is the root mean square of the predictor's leave-one-out errors.
 */
import { normalSurvival } from '../../maths/normal.ts'
import type { Model, Predictor } from '../../predictors/predictor.ts'
import { denseCurve } from '../../study/dense-curve.ts'
import { curveStart } from '../../study/fit-input.ts'
import type { StudyView } from '../../study/study-view.ts'
import { lessonsMax } from '../predictor-option.ts'
import { bracketAt, passOf } from '../bracket-plan.ts'
import { roundOf, type Place } from '../bracket-memory.ts'
import { earlierRefusal } from '../earlier-scale.ts'
import { shownLoss } from '../standing.ts'
import type { FastMemory } from './memory.ts'
import { modelKey, neededOf, spanOf, type FastPlan } from './plan.ts'

export interface Scene {
  readonly plan: FastPlan
  readonly predictor: Predictor
  readonly memory: FastMemory
  readonly study: StudyView
}

/** What is decided of a trial that has reported this epoch. */
export function judge(scene: Scene, trial: number, known: number): void {
  const { memory } = scene
  const place = memory.brackets.places.get(trial)
  if (place === undefined || !isOnItsWay(scene, place, known)) return
  if (barOf(scene, place) === null) return
  const key = modelKey(spanOf(scene.plan, place).target, known)
  const model = memory.models.get(key)
  if (model === undefined) want(scene, place, known)
  else stopIfHopeless(scene, trial, place, model)
}

/**
 * A predictor has come. Training went on meanwhile: it decides of everybody who has passed its epoch on the way to its target and of whom no
 * predictor of a later epoch is there.
 */
export function judgeAll(scene: Scene, model: Model): void {
  const { memory, plan, study } = scene
  const { known, target } = model
  const onTheWay = [...memory.brackets.places].filter(([trial, place]) => {
    const epoch = study.epoch(trial)
    if (spanOf(plan, place).target !== target || epoch < known || epoch >= target) return false
    return isOnItsWay(scene, place, known) && !isPredictedLater(memory, target, known, epoch)
  })
  for (const [trial, place] of onTheWay.toSorted(([a], [b]) => a - b)) stopIfHopeless(scene, trial, place, model)
}

function isPredictedLater({ models }: FastMemory, target: number, known: number, epoch: number): boolean {
  for (let later = known + 1; later <= epoch; later++) if (models.has(modelKey(target, later))) return true
  return false
}

/** A trial that the budget has cut short is on its way, too. */
function isOnItsWay({ plan }: Scene, place: Place, known: number): boolean {
  const { from, target } = spanOf(plan, place)
  return (
    (place.state === 'running' || place.state === 'ready') && known > from && known >= plan.minEpochs && known < target
  )
}

/** Null while too few of the round are at its end. */
function barOf({ plan, memory }: Scene, place: Place): { readonly needed: number; readonly loss: number } | null {
  const { keep, through, standing } = roundOf(memory.brackets, place)
  const needed = neededOf(plan, place, keep)
  const losses = Float64Array.from([...through, ...standing], ({ key }) => key).sort()
  const loss = losses[needed - 1]
  return loss === undefined ? null : { needed, loss }
}

function stopIfHopeless(scene: Scene, trial: number, place: Place, model: Model): void {
  const { plan, predictor, memory, study } = scene
  const bar = barOf(scene, place)
  if (bar === null || memory.stops.some((stop) => stop.trial === trial)) return
  const { known, target, sigma } = model
  const { mean } = predictor.predict(model, curveStart(study, plan.predictor, trial, known))
  const probability = probabilityBehind(bar.loss, mean, sigma)
  if (!(probability >= plan.delta)) return
  const why = {
    rule: 'fast-stop',
    pass: passOf(plan, place.bracket),
    bracket: bracketAt(plan, place.bracket).s,
    round: place.round,
    reached: study.epoch(trial),
    known,
    epoch: target,
    predicted: shownLoss(study, mean),
    sigma,
    bar: shownLoss(study, bar.loss),
    needed: bar.needed,
    probability,
  }
  memory.stops.push({ trial, why })
}

/** A predictor that never erred, on a trial that is predicted to be as good as the bar, says nothing. */
function probabilityBehind(bar: number, mean: number, sigma: number): number {
  return mean === bar ? 0.5 : normalSurvival((bar - mean) / sigma)
}

/** A predictor is trained once, at its first use, on all that has arrived by then. */
function want(scene: Scene, place: Place, known: number): void {
  const { plan, memory, study } = scene
  const { target } = spanOf(plan, place)
  const key = modelKey(target, known)
  if (memory.fitting.has(key) || place.bracket < (memory.unfitted.get(key) ?? 0)) return
  const arrived = memory.arrived.get(target) ?? []
  const trials = arrived.filter((trial) => Number.isFinite(denseCurve(study, trial, target).at(-1)))
  if (trials.length + earlierOf(scene, target) < plan.d) return
  if (memory.earlier === 'unseen' && earlierOf(scene, target) > 0) return compareScales(scene, place, known)
  memory.fitting.add(key)
  memory.wanted.push({ known, target, earlier: earlierOf(scene, target), trials: trials.slice(0, lessonsMax) })
}

/** Curves of the earlier study that reach this epoch. */
function earlierOf({ plan, memory }: Scene, target: number): number {
  if (plan.earlier === null || memory.earlier === 'refused') return 0
  return plan.earlier.curves.filter((curve) => curve.length >= target).length
}

function compareScales(scene: Scene, place: Place, known: number): void {
  const { plan, memory, study } = scene
  if (plan.earlier === null) return
  const trials = Array.from({ length: study.trialCount }, (_, trial) => trial)
  const reached = trials.filter((trial) => study.epoch(trial) >= known)
  memory.refusal = earlierRefusal(study, plan.earlier, reached, known)
  memory.earlier = memory.refusal === null ? 'taken' : 'refused'
  want(scene, place, known)
}
