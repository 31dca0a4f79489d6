/** What a bracket scheduler concludes and says: the record of a cut round, the stops that follow from it, its rounds for the view. */
import type { Json, Reason } from '../trial.ts'
import type { StudyView } from '../study/study-view.ts'
import { bracketAt, passOf, roundAt, type BracketPlan } from './bracket-plan.ts'
import { roundOf, type BracketMemory, type Drop, type RoundAddress } from './bracket-memory.ts'
import type { Round } from './rounds.ts'
import type { RungView, Verdict } from './scheduler.ts'
import { hasSeveralObjectives, isAhead, lossAt, shownLoss, type Standing } from './standing.ts'
import { metricAt, shown } from './wording.ts'

export const ROUND_TOPIC = 'round'

/** The data of a `Conclude` with topic `round`. */
export interface RoundConclusion {
  readonly [key: string]: Json
  readonly pass: number
  /** The paper's s. */
  readonly bracket: number
  readonly round: number
  readonly epoch: number
  /** How many trials the round counts. Those that are neither in `survivors` nor in `dropped` failed or were stopped on their way, here or before. */
  readonly size: number
  readonly keep: number
  /** Best first. */
  readonly survivors: readonly number[]
  /** Best first. */
  readonly dropped: readonly number[]
  /** The value of the worst survivor; null = none, not finite, or several objectives. */
  readonly cut: number | null
}

export function conclusionOf(plan: BracketPlan, memory: BracketMemory, cut: RoundAddress, study: StudyView): Verdict {
  const here = roundOf(memory, cut)
  const data: RoundConclusion = {
    pass: passOf(plan, cut.bracket),
    bracket: bracketAt(plan, cut.bracket).s,
    round: cut.round,
    epoch: roundAt(plan, cut.bracket, cut.round).epoch,
    size: here.size,
    keep: here.keep,
    survivors: bestFirst(here.through),
    dropped: bestFirst(here.standing),
    cut: cutOf(here, study),
  }
  return { type: 'conclude', topic: ROUND_TOPIC, data }
}

/** The trials that the cut leaves behind, best first, each with its reason. */
export function dropsOf(plan: BracketPlan, memory: BracketMemory, cut: RoundAddress, study: StudyView): Drop[] {
  const here = roundOf(memory, cut)
  const { epoch } = roundAt(plan, cut.bracket, cut.round)
  const value = cutOf(here, study)
  return bestFirst(here.standing).map((trial, place) => ({
    trial,
    why: {
      rule: 'round-cut',
      pass: passOf(plan, cut.bracket),
      bracket: bracketAt(plan, cut.bracket).s,
      round: cut.round,
      epoch,
      value: shownLoss(study, lossAt(study, trial, epoch)),
      cut: value,
      rank: here.through.length + place + 1,
      of: here.size,
      kept: here.through.length,
    },
  }))
}

export function roundViews(plan: BracketPlan, memory: BracketMemory, study: StudyView): RungView[] {
  return memory.brackets.flatMap((rounds, bracket) => {
    const name = `bracket ${bracketAt(plan, bracket).s}`
    const group = plan.passes === 1 ? name : `pass ${passOf(plan, bracket)}, ${name}`
    return rounds.map((round, i) => ({
      group,
      epoch: roundAt(plan, bracket, i).epoch,
      size: round.size,
      arrived: round.arrived,
      promoted: round.through.length,
      cut: cutOf(round, study),
    }))
  })
}

/** A reason of a bracket scheduler in one sentence. */
export function explainBracket(why: Reason, metric: string): string {
  const where = `round ${shown(why['round'])} of bracket ${shown(why['bracket'])}`
  switch (why.rule) {
    case 'bracket-start':
      return `first trained to epoch ${shown(why['epoch'])}: trial ${Number(why['place']) + 1} of ${shown(why['of'])} in bracket ${shown(why['bracket'])}`
    case 'round-survivor':
      return (
        `goes on to epoch ${shown(why['until'])}: its ${metricAt(metric, why['value'])} at epoch ${shown(why['epoch'])} ` +
        `was among the best ${shown(why['kept'])} of ${shown(why['of'])} in ${where}`
      )
    case 'round-cut': {
      const cut = why['cut'] === null ? '' : ` (cut ${shown(why['cut'])})`
      return (
        `stopped at epoch ${shown(why['epoch'])}: its ${metricAt(metric, why['value'])} was rank ${shown(why['rank'])} ` +
        `of ${shown(why['of'])} in ${where}, the best ${shown(why['kept'])} went on${cut}`
      )
    }
    case 'cut-short':
      return `goes on to epoch ${shown(why['until'])}: the budget had cut its last order short`
    default:
      return why.rule
  }
}

function cutOf(round: Round, study: StudyView): number | null {
  if (hasSeveralObjectives(study)) return null
  return shownLoss(
    study,
    round.through.reduce<number | undefined>((worst, { key }) => Math.max(worst ?? key, key), undefined),
  )
}

function bestFirst(standings: readonly Standing[]): number[] {
  return standings.toSorted((a, b) => (isAhead(a, b) ? -1 : 1)).map(({ trial }) => trial)
}
