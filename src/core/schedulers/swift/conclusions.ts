/** What Swift-Hyperband records of its predictions, in the user's own sign: the selection of a round, and the reasons that follow from it. */
import type { Json, Reason } from '../../trial.ts'
import { bracketAt, passOf } from '../bracket-plan.ts'
import { isAhead, shownLoss } from '../standing.ts'
import { roundOf, type Partial, type Saying } from './memory.ts'
import { modelKey, type RoundAddress } from './plan.ts'
import type { Scene } from './scene.ts'

export const SELECTION_TOPIC = 'selection'

/** The data of a `Conclude` with topic `selection`. */
export interface SelectionConclusion {
  readonly [key: string]: Json
  readonly pass: number
  /** The paper's s. */
  readonly bracket: number
  readonly round: number
  /** Predicted from the epochs up to this one ... */
  readonly known: number
  /** ... for this one. */
  readonly epoch: number
  readonly predictor: string
  /** Curves that it was trained on, and its typical error. */
  readonly curves: number
  readonly sigma: number
  /** Trials that were sent and are complete; the threshold is a quantile of their values. null = there are none. */
  readonly sent: readonly number[]
  readonly threshold: number | null
  /** `threshold`: those predicted better than it; `fill`: so few were that the best predicted fill the round. */
  readonly rule: 'threshold' | 'fill'
  /** In order of rank: trial, mean, sd. */
  readonly predictions: readonly (readonly [number, number, number])[]
  /** Best prediction first. */
  readonly selected: readonly number[]
  readonly dropped: readonly number[]
  /** The round adds one epoch only: nothing was spared by it. */
  readonly isFree: boolean
}

export function placeOf(
  { plan }: Scene,
  { bracket, round }: RoundAddress,
): { pass: number; bracket: number; round: number } {
  return { pass: passOf(plan, bracket), bracket: bracketAt(plan, bracket).s, round }
}

export function selectionConclusion(
  scene: Scene,
  address: RoundAddress,
  decided: {
    readonly rule: 'threshold' | 'fill'
    readonly bar: number
    readonly selected: readonly Partial[]
    readonly dropped: readonly Partial[]
  },
): Saying {
  const { memory, plan, study } = scene
  const round = roundOf(memory, address)
  const { known, target } = round.plan
  const model = memory.models.get(modelKey(target, known))
  const partials = round.partials.toSorted((a, b) => (isAhead(a, b) ? -1 : 1))
  const data: SelectionConclusion = {
    ...placeOf(scene, address),
    known,
    epoch: target,
    predictor: plan.predictor.type,
    curves: model?.curves ?? 0,
    sigma: model?.sigma ?? 0,
    sent: round.ranks.map(({ trial }) => trial).filter((trial) => round.sent.includes(trial)),
    threshold: shownLoss(study, decided.bar),
    rule: decided.rule,
    predictions: partials.map(({ trial, mean, sd }) => [trial, study.shown(mean) + 0, sd] as const),
    selected: decided.selected.map(({ trial }) => trial),
    dropped: decided.dropped.map(({ trial }) => trial),
    isFree: known === target,
  }
  return { type: 'conclude', topic: SELECTION_TOPIC, data }
}

/** Numbers that every reason from a prediction gives. */
function predictionNumbers(scene: Scene, address: RoundAddress, { mean, sd }: Partial, bar: number) {
  const { known, target } = roundOf(scene.memory, address).plan
  const { relaxation } = scene.memory.tally
  return {
    ...placeOf(scene, address),
    known,
    epoch: target,
    predicted: shownLoss(scene.study, mean),
    sd,
    threshold: shownLoss(scene.study, bar),
    ...(relaxation === 0 ? {} : { relaxation }),
  }
}

export function selectReason(
  scene: Scene,
  address: RoundAddress,
  partial: Partial,
  bar: number,
  rule: 'threshold' | 'fill',
): Reason {
  const { next } = roundOf(scene.memory, address)
  return { rule: `swift-${rule}`, ...predictionNumbers(scene, address, partial, bar), next }
}

export function dropReason(scene: Scene, address: RoundAddress, partial: Partial, bar: number): Reason {
  const { next } = roundOf(scene.memory, address)
  return { rule: 'swift-dropped', ...predictionNumbers(scene, address, partial, bar), next }
}
