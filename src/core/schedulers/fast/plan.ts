/** What Fast-Hyperband adds to a plan of brackets, and how many trials of a round have to be fully trained before anybody can be stopped. */
import type { AlgorithmDefinition } from '../../study/definition.ts'
import type { EarlierCurves } from '../../study/fit-input.ts'
import { bracketAt, roundAt, type BracketPlan } from '../bracket-plan.ts'
import type { RoundAddress } from '../bracket-memory.ts'

export interface FastPlan extends BracketPlan {
  readonly needed: Reading
  readonly kappa: number
  /** A trial is stopped once it is at least so probable that it does not beat the bar. */
  readonly delta: number
  /** Curves that a predictor is trained on at least. */
  readonly d: number
  /** Nobody is judged before. */
  readonly minEpochs: number
  readonly predictor: AlgorithmDefinition
  readonly earlier: EarlierCurves | null
}

/** `share` is reading (a) of the paper's rule, `all` reading (b), `best` reading (c). */
export type Reading = 'share' | 'all' | 'best'

/** Epochs of a round: it trains from `from` to `target`. */
export function spanOf(plan: FastPlan, { bracket, round }: RoundAddress): { from: number; target: number } {
  const from = round === 0 ? 0 : roundAt(plan, bracket, round - 1).epoch
  return { from, target: roundAt(plan, bracket, round).epoch }
}

/** `keep`: how many the cut of this round leaves. The last round is there to find one. */
export function neededOf(plan: FastPlan, { bracket, round }: RoundAddress, keep: number): number {
  const isLast = round === bracketAt(plan, bracket).rounds.length - 1
  const next = isLast ? 1 : keep
  switch (plan.needed) {
    case 'share':
      return Math.max(1, Math.ceil(plan.kappa * next))
    case 'all':
      return next
    case 'best':
      return 1
  }
}

export function modelKey(target: number, known: number): string {
  return `${target}:${known}`
}
