/** What a plan of brackets will do at most, and what must hold for its options. */
import { shrunk, trialsOf, type Bracket } from './brackets.ts'
import { trialsOfPass, type BracketPlan } from './bracket-plan.ts'
import type { PreviewRow } from './scheduler.ts'

/** More brackets than this come only from an eta very near 1, and no study is that large. */
const BRACKETS_MAX = 64

/** Rounds summed over all passes. Without an end (no passes, no budget of trials) one pass is shown. */
export function previewBrackets(plan: BracketPlan, budgetTrials: number | undefined): PreviewRow[] {
  const { brackets, eta } = plan
  const planned = plan.passes === null ? Infinity : plan.passes * trialsOfPass(plan)
  const trials = Math.min(planned, budgetTrials ?? (plan.passes === null ? trialsOfPass(plan) : planned))
  const fullPasses = Math.floor(trials / trialsOfPass(plan))
  let left = trials - fullPasses * trialsOfPass(plan)
  return brackets.flatMap((bracket) => {
    const partly = Math.min(left, trialsOf(bracket))
    left -= partly
    return rowsOf(bracket, fullPasses, partly === 0 ? null : shrunk(bracket, partly, eta))
  })
}

function rowsOf(bracket: Bracket, times: number, once: Bracket | null): PreviewRow[] {
  return bracket.rounds
    .map(({ trials, epoch }, i) => ({
      group: `bracket ${bracket.s}`,
      epoch,
      trials: times * trials + (once?.rounds[i]?.trials ?? 0),
    }))
    .filter(({ trials }) => trials > 0)
}

export function etaProblems(deepest: number, eta: number): string[] {
  if (deepest < BRACKETS_MAX) return []
  return [
    `eta ${eta} would make ${deepest + 1} brackets, at most ${BRACKETS_MAX} are allowed: take a larger eta, e.g. 3`,
  ]
}
