/**
 * Transfer from an earlier study: a mixture fitted on its best trials, from which a study draws its first ones.
 *
 * DeepHyper fits a Gaussian mixture on the best tenth of an earlier search and samples from it (published-work 5.6 b). Ours is the Parzen estimator that
 * TPE learns with: one normal, cut to the axis, around each good trial, as wide as its neighbours are apart; of categories the smoothed frequencies.
 * It takes no number of components to choose, is sound from the first trial on, and a parameter that the earlier study lacked stays even (or as the
 * user's prior says). A fifth of the draws comes from the prior, so that an earlier study that misleads costs time and never the answer.
 *
 * The places of the good trials are recorded with the study; the mixture follows from them.
 *
 * Cost: O(good trials x axes) once; a draw is as cheap as a random one.
 */
import { matrixOf } from '../maths/matrix.ts'
import { paretoOrder } from '../maths/pareto.ts'
import type { Stream } from '../maths/stream.ts'
import { bent } from '../space/prior.ts'
import type { Space } from '../space/space.ts'
import type { WarmStart } from '../study/definition.ts'
import { drawPlace, mixtureAxis } from '../surrogates/mixture.ts'
import { parzen } from '../surrogates/parzen.ts'

/** More would cost room in the log, and teach little. */
export const goodTrialsAtMost = 100

/** Of so few trials a tenth would be one or none. */
const goodTrialsAtLeast = 5

const priorShare = 0.2

/** One trial of the earlier study. */
export interface EarlierTrial {
  /** In the unit cube of the new space; NaN where the trial has no value for a parameter. */
  readonly place: ArrayLike<number>
  /** One an objective, less is better. */
  readonly losses: readonly number[]
}

/** The places of the best `share` of the trials, best first, as they are recorded: null where a parameter is absent. */
export function goodPlaces(trials: readonly EarlierTrial[], share: number): (number | null)[][] {
  const known = trials.filter(({ losses }) => losses.every(Number.isFinite))
  const wanted = Math.max(Math.ceil(share * known.length), goodTrialsAtLeast)
  const order = paretoOrder(known.map(({ losses }) => [...losses]))
  return order
    .slice(0, Math.min(wanted, goodTrialsAtMost))
    .map((index) => Array.from(known[index]!.place, (unit) => (Number.isNaN(unit) ? null : unit)))
}

/** Draws places of the unit cube; null where nothing was learnt. */
export function transferDraw(
  space: Space,
  warmStart: WarmStart | undefined,
): ((chance: Stream) => Float64Array) | null {
  const places = warmStart?.places ?? []
  if (places.length === 0) return null
  const axes = space.axes.map(({ parameter }) => mixtureAxis(parameter))
  const observations = matrixOf(places.map((place) => place.map((unit) => unit ?? NaN)))
  const even = new Float64Array(places.length).fill(1)
  const mixture = parzen(axes, observations, even, {
    priorWeight: 1,
    magicClip: true,
    bandwidthFactor: 1,
    endpoints: false,
  })
  return (chance) => {
    if (chance.uniform() >= priorShare) return drawPlace(mixture, chance)
    return Float64Array.from(space.axes, ({ parameter }) => bent(chance.uniform(), parameter))
  }
}
