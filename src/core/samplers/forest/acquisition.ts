/** How promising a place is: acquisition functions, and how kappa changes over a study. Less is better, as for losses. */
import { normalCdf, normalPdf } from '../../maths/normal.ts'
import type { Stream } from '../../maths/stream.ts'
import type { Answers } from '../../surrogates/forest.ts'
import type { ForestSettings } from './settings.ts'

/** What is known of each place. */
export interface Promise {
  readonly answers: Answers
  /** How likely it is to fail or to miss a constraint; null = nothing has gone wrong so far. */
  readonly risk: Float64Array | null
  /** What part of the ignorance is left, with the trials under way. */
  readonly ignorance: Float64Array
}

/** Standard deviations that a sure failure is worth. */
const riskWeight = 3
/** Who is riskier comes after all others. */
const riskAtMost = 0.75
const last = 1e6

export function scoresOf(
  { answers: { mean, between, within }, risk, ignorance }: Promise,
  { acquisition }: Pick<ForestSettings, 'acquisition'>,
  incumbent: number,
  kappa: number,
): Float64Array {
  const withNoise = !acquisition.endsWith('d')
  const kind = acquisition.slice(0, 2)
  return mean.map((mu, row) => {
    const sd = Math.sqrt(between[row]! * ignorance[row]! + (withNoise ? within[row]! : 0))
    const bad = risk === null ? 0 : risk[row]!
    const behind = bad > riskAtMost ? last : 0
    if (kind === 'LC') return mu - kappa * sd + riskWeight * bad + behind
    const better = kind === 'EI' ? improvement(incumbent - mu, sd) : probability(incumbent - mu, sd)
    return behind - (1 - bad) * better
  })
}

function improvement(gap: number, sd: number): number {
  if (sd === 0) return Math.max(gap, 0)
  return gap * normalCdf(gap / sd) + sd * normalPdf(gap / sd)
}

function probability(gap: number, sd: number): number {
  if (sd === 0) return gap > 0 ? 1 : 0
  return normalCdf(gap / sd)
}

/** Of DeepHyper's schedules: the end of a period, its length, and the bandit's confidence and scale. */
const kappaLast = 0.01
const period = 10
const confidence = 0.05
const banditScale = 0.2

/** `turn` = trials since the model was asked first. */
export function kappaAt({ kappa, kappaDecay }: ForestSettings, turn: number, dimension: number): number {
  const since = Math.max(turn, 0)
  switch (kappaDecay) {
    case 'none':
      return kappa
    case 'exponential':
      return kappa <= kappaLast ? kappa : kappa * (kappaLast / kappa) ** ((since % period) / period)
    case 'bandit': {
      const trials = (since + 1) ** 2 * Math.PI ** 2 * Math.max(dimension, 1)
      return Math.sqrt(2 * Math.log(trials / (6 * confidence)) * banditScale)
    }
  }
}

/** A kappa of one's own: exponential around the common one, so that of many proposals some refine and some explore. */
export function ownKappa(mean: number, chance: Stream): number {
  return -mean * Math.log(1 - chance.uniform())
}
