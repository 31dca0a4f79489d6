/** Which predictors are wanted, and from which curves. */
import { lessonsMax } from '../predictor-option.ts'
import { denseCurve } from '../../study/dense-curve.ts'
import { roundOf } from './memory.ts'
import { modelKey, type RoundAddress } from './plan.ts'
import { touch, type Scene } from './scene.ts'

/** Below so many curves there is nothing to learn. */
const curvesMin = 2

/** Fixed plan: asks for every predictor with this target whose lessons are all there. `again`: which of them also if it could not be had before. */
export function wantPlanned(scene: Scene, target: number, again?: number): void {
  const { walk, memory } = scene
  for (const { known, rounds } of walk.asked(target, memory.rounds.length)) {
    const key = modelKey(target, known)
    if (memory.models.has(key) || memory.fitting.has(key)) continue
    if (memory.unfitted.has(key) && known !== again) continue
    const taught = rounds.map((address) => roundOf(memory, address).taught)
    if (taught.every((trials) => trials !== null)) want(scene, target, known, taught.flat())
  }
}

/** Arrival rule: at the first decision that has enough curves, of all that have arrived by then. */
export function wantArrived(scene: Scene, address: RoundAddress): void {
  const { memory, plan, walk } = scene
  const { target, known } = roundOf(memory, address).plan
  const key = modelKey(target, known)
  if (memory.models.has(key) || memory.fitting.has(key)) return
  const trials = memory.collected.get(target) ?? []
  const isWaiting = (memory.underway.get(target) ?? 0) > 0
  if (trials.length + walk.earlierOf(target) < plan.d && isWaiting) return
  want(scene, target, known, trials)
}

function want(scene: Scene, target: number, known: number, trials: readonly number[]): void {
  const { memory, walk, study } = scene
  const key = modelKey(target, known)
  const usable = trials.filter((trial) => Number.isFinite(denseCurve(study, trial, target).at(-1)))
  if (usable.length + walk.earlierOf(target) < curvesMin) {
    memory.models.set(key, null)
    touchWaiting(scene, target)
    return
  }
  memory.fitting.add(key)
  memory.sayings.push({ type: 'fit', target, known, trials: usable.slice(0, lessonsMax) })
}

/** Every undecided round that may wait for a predictor with this target. */
export function touchWaiting(scene: Scene, target: number): void {
  scene.memory.rounds.forEach((rounds, bracket) =>
    rounds.forEach(({ plan, isDecided, isRecordDue }, round) => {
      if (plan.target === target && (!isDecided || isRecordDue)) touch(scene, { bracket, round })
    }),
  )
}
