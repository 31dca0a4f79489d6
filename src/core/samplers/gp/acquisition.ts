/**
 * What makes a place worth a trial: the logarithm of the expected improvement, plus for each constraint (and for not failing) the logarithm of
 * the probability that it is met there.
 *
 * A process that is sure of itself gives logarithms of minus thousands for the smallest loss of hope, beside which no probability would count: one would go on
 * to propose what surely fails, as all else surely is no better. So below `hopeless` the improvement counts by the logarithm of what is missing. That changes no
 * order among improvements.
 */
import {
  type LogImprovement,
  logExpectedImprovement,
  logImprovement,
  logProbabilityBelow,
} from '../../maths/expected-improvement.ts'
import type { Matrix } from '../../maths/matrix.ts'
import { normalHazard, normalLogCdf } from '../../maths/normal.ts'
import {
  believe,
  type Candidates,
  candidatesOf,
  meanAt,
  type Posterior,
  predict,
  type Prediction,
  predictionFor,
} from '../../surrogates/gaussian-process.ts'
import { addByAxis, embed, type Embedding } from './embedding.ts'

export interface Goal {
  /** `improve`: far below the limit is good. `meet`: below it is enough. */
  readonly kind: 'improve' | 'meet'
  readonly posterior: Posterior
  /** Falls when better is believed to come. */
  limit: number
  /** How often it counts. */
  readonly weight: number
}

const leastSd = 1e-9

/** The logarithm of a three-thousandth of the losses' standard deviation. */
const hopeless = -8

function tempered(logImprovement: number): number {
  return logImprovement >= hopeless ? logImprovement : hopeless - Math.log1p(hopeless - logImprovement)
}

/** Of many places at once. */
export interface Pool {
  readonly values: Float64Array
  /** Takes the posteriors' mean for true at this place, and computes the values again. */
  believe(place: ArrayLike<number>): void
}

export function poolOf(embedding: Embedding, goals: readonly Goal[], x: Matrix): Pool {
  const parts = goals.map((goal) => ({ goal, candidates: candidatesOf(goal.posterior, x) }))
  const values = new Float64Array(x.rows)
  const row = new Float64Array(embedding.columns)
  const refresh = () => {
    values.fill(0)
    for (const { goal, candidates } of parts) addValues(goal, candidates, values)
  }
  refresh()
  return {
    values,
    believe(place) {
      embed(embedding, place, row)
      const isMet = goals.every((goal) => goal.kind === 'improve' || meanAt(goal.posterior, row) <= goal.limit)
      for (const { goal, candidates } of parts) {
        if (goal.kind !== 'improve') continue
        // What is on its way to become the best is what the others have to improve on.
        if (isMet) goal.limit = Math.min(goal.limit, meanAt(goal.posterior, row))
        believe(goal.posterior, row, candidates)
      }
      refresh()
    },
  }
}

function addValues({ kind, limit, weight }: Goal, { count, mean, variance }: Candidates, values: Float64Array): void {
  for (let index = 0; index < count; index++) {
    const sd = Math.sqrt(variance[index]!) + leastSd
    values[index]! +=
      kind === 'improve'
        ? tempered(logExpectedImprovement(mean[index]!, sd, limit))
        : weight * logProbabilityBelow(mean[index]!, sd, limit)
  }
}

/** Of one place (NaN = absent), with derivatives by the axes of the cube. */
export type PlaceValue = (place: ArrayLike<number>, byAxis: Float64Array | null) => number

export function placeValue(embedding: Embedding, goals: readonly Goal[]): PlaceValue {
  const row = new Float64Array(embedding.columns)
  const results: Prediction[] = goals.map(({ posterior }) => predictionFor(posterior))
  const improvement: LogImprovement = { value: 0, byMu: 0, bySigma: 0 }
  return (place, byAxis) => {
    embed(embedding, place, row)
    byAxis?.fill(0)
    let value = 0
    for (const [index, { kind, posterior, limit, weight }] of goals.entries()) {
      const result = results[index]!
      predict(posterior, row, result)
      const root = Math.sqrt(result.variance)
      const sd = root + leastSd
      if (kind === 'improve') {
        logImprovement(result.mean, sd, limit, improvement)
        const share = improvement.value >= hopeless ? 1 : 1 / (1 + hopeless - improvement.value)
        improvement.value = tempered(improvement.value)
        improvement.byMu *= share
        improvement.bySigma *= share
      } else {
        const z = (limit - result.mean) / sd
        const hazard = normalHazard(-z)
        improvement.value = weight * normalLogCdf(z)
        improvement.byMu = (-weight * hazard) / sd
        improvement.bySigma = (-weight * hazard * z) / sd
      }
      value += improvement.value
      if (!byAxis) continue
      addByAxis(embedding, place, result.meanBy, improvement.byMu, byAxis)
      if (root > 0) addByAxis(embedding, place, result.varianceBy, improvement.bySigma / (2 * root), byAxis)
    }
    return value
  }
}
