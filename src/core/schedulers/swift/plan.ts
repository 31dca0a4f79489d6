/**
 * The rounds of Swift-Hyperband and the walk that fixes, before the study, who is trained fully without a prediction.
 *
 * A round trains from `from` to `target`, with one decision point more than Hyperband's, at epoch `known`:
 *   known = from + ceil((target - from) knownCurve), but not before `epochs.min`
 * `next` = floor(n / eta), in the last round of a bracket 1. Of n trials the first `planned` by rank are *sent*: trained to `target` whatever
 * their curve looks like. Their curves, and no others, teach the predictor (target, known).
 *
 * Fixed plan: the brackets are walked in published order, pass after pass, and c[target] counts the curves that are sure to come:
 *   planned = min(n, max(ceil(k next), d - c[target], 0));   c[target] += planned
 * That is what the published rule (sent < k next, or sent and collected below d) comes to with one worker. It needs no data, so that it is the
 * same for any number of workers. The *lessons* of a predictor (target, known) are the sent trials of all rounds with that target from the
 * start of the walk up to the first round with planned < n that asks for it: in order of the walk, then by rank.
 */
import type { AlgorithmDefinition } from '../../study/definition.ts'
import type { EarlierCurves } from '../../study/fit-input.ts'
import { assert } from '../../trial.ts'
import type { BracketPlan } from '../bracket-plan.ts'
import { keepOf, type Bracket } from '../brackets.ts'

export interface SwiftPlan extends BracketPlan {
  /** Who is sent: by rank as walked, or who arrives first. */
  readonly sent: 'plan' | 'arrival'
  readonly speculate: 'idle' | 'never'
  readonly d: number
  readonly k: number
  readonly knownCurve: number
  /** Quantile of the fully trained losses that a prediction has to undercut. */
  readonly threshold: number
  /** Share of the dropped trials that is trained on anyway. */
  readonly audit: number
  readonly predictor: AlgorithmDefinition
  readonly earlier: EarlierCurves | null
  readonly seed: number
  /** Nobody is judged before. */
  readonly minEpochs: number
  /** The last epoch of a trial. */
  readonly maxEpochs: number
}

export interface RoundAddress {
  /** Counts over all passes. */
  readonly bracket: number
  readonly round: number
}

export interface RoundPlan {
  readonly size: number
  readonly keep: number
  readonly next: number
  readonly from: number
  readonly known: number
  readonly target: number
  readonly planned: number
}

export interface Lessons {
  readonly known: number
  /** In order of the walk; the last one is the first that asks. */
  readonly rounds: readonly RoundAddress[]
}

export interface SwiftWalk {
  at(address: RoundAddress): RoundPlan
  /** How many rounds this bracket has. */
  roundsOf(bracket: number): number
  /** Curves of the earlier study that reach this epoch. */
  earlierOf(target: number): number
  /** The predictors with this target that rounds of the first so many brackets ask for, each with the rounds that teach it. */
  asked(target: number, brackets: number): readonly Lessons[]
}

/** `earlier`: the curves that are there before the first trial. Walks as far as it is asked; what it has walked is kept. */
export function swiftWalk(plan: SwiftPlan, earlier: EarlierCurves | null): SwiftWalk {
  const rounds: RoundPlan[][] = []
  const collected = new Map<number, number>()
  const byTarget = new Map<number, RoundAddress[]>()
  const lessons = new Map<number, Lessons[]>()
  const earlierOf = (target: number): number =>
    earlier === null ? 0 : earlier.curves.filter((curve) => curve.length >= target).length
  const bracketAt = (bracket: number): Bracket | undefined => plan.brackets[bracket % plan.brackets.length]

  function walkRound(bracket: number, round: number): RoundPlan {
    const its = bracketAt(bracket)?.rounds ?? []
    const { trials: size, epoch: target } = its[round] ?? { trials: 0, epoch: 0 }
    const from = its[round - 1]?.epoch ?? 0
    const partway = from + Math.ceil((target - from) * plan.knownCurve)
    const known = Math.max(partway, Math.min(plan.minEpochs, target))
    const next = nextOf(size, plan.eta, round === its.length - 1)
    const before = collected.get(target) ?? earlierOf(target)
    const planned = Math.min(size, Math.max(Math.ceil(plan.k * next), plan.d - before, 0))
    collected.set(target, before + planned)
    const teachers = [...(byTarget.get(target) ?? []), { bracket, round }]
    byTarget.set(target, teachers)
    const asked = lessons.get(target) ?? []
    if (planned < size && asked.every((one) => one.known !== known))
      lessons.set(target, [...asked, { known, rounds: teachers }])
    return { size, keep: keepOf(size, plan.eta), next, from, known, target, planned }
  }

  function walkTo(brackets: number): void {
    for (let bracket = rounds.length; bracket < brackets; bracket++)
      rounds.push((bracketAt(bracket)?.rounds ?? []).map((_, round) => walkRound(bracket, round)))
  }

  return {
    at({ bracket, round }) {
      walkTo(bracket + 1)
      const found = rounds[bracket]?.[round]
      assert(found, `bracket ${bracket} has a round ${round}`)
      return found
    },
    roundsOf: (bracket) => bracketAt(bracket)?.rounds.length ?? 0,
    earlierOf,
    asked(target, brackets) {
      walkTo(brackets)
      return (lessons.get(target) ?? []).filter((one) => (one.rounds.at(-1)?.bracket ?? Infinity) < brackets)
    },
  }
}

/** How many are to be complete at the end of a round. */
export function nextOf(size: number, eta: number, isLast: boolean): number {
  return isLast ? Math.min(1, size) : Math.floor(size / eta)
}

export function modelKey(target: number, known: number): string {
  return `${target}:${known}`
}
