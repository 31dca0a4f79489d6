/** What Swift-Hyperband will do at most, with what it is sure to do: who is sent, and who fills the next round, trains up to a round's target. */
import { previewBrackets } from '../bracket-preview.ts'
import type { PreviewRow } from '../scheduler.ts'
import { nextOf, swiftWalk, type RoundAddress, type SwiftPlan, type SwiftWalk } from './plan.ts'

/** More passes are taken to be like the last of these: by then nobody is sent only to teach. */
const PASSES_WALKED_MAX = 100

export function previewSwift(plan: SwiftPlan, budgetTrials: number | undefined): PreviewRow[] {
  const walk = swiftWalk(plan, plan.earlier)
  return previewBrackets(plan, budgetTrials).map((row) => {
    const bracket = plan.brackets.findIndex(({ s }) => row.group === `bracket ${s}`)
    const round = plan.brackets[bracket]?.rounds.findIndex(({ epoch }) => epoch === row.epoch) ?? -1
    if (round < 0) return row
    const { known, target } = walk.at({ bracket, round })
    if (known === target) return row
    return { ...row, least: { epoch: known, trials: leastOf(plan, walk, { bracket, round }, row.trials) } }
  })
}

/** Of `trials` in this round of all passes together. */
function leastOf(plan: SwiftPlan, walk: SwiftWalk, { bracket, round }: RoundAddress, trials: number): number {
  const isLast = round === walk.roundsOf(bracket) - 1
  const { size } = walk.at({ bracket, round })
  const ofPass = (pass: number, count: number): number => {
    const { planned } = walk.at({ bracket: pass * plan.brackets.length + bracket, round })
    return Math.max(Math.min(planned, count), nextOf(count, plan.eta, isLast))
  }
  const passes = Math.floor(trials / size)
  const walked = Math.min(passes, PASSES_WALKED_MAX)
  let least = 0
  for (let pass = 0; pass < walked; pass++) least += ofPass(pass, size)
  if (passes > walked) least += (passes - walked) * ofPass(walked - 1, size)
  return least + ofPass(walked, trials - passes * size)
}
