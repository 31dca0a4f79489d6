/**
 * GP: a Gaussian process of the losses; proposes where the expected improvement is largest.
 *
 * D. R. Jones, M. Schonlau, W. J. Welch, Efficient Global Optimization of Expensive Black-Box Functions, 1998; Matérn 5/2 with a length scale a parameter (J. Snoek, H.
 * Larochelle, R. P. Adams 2012); the logarithm of the improvement (S. Ament and others 2023). As Optuna's GPSampler, from which we differ:
 * - losses that span decades are seen on a logarithmic scale where the likelihood says so (`gp/warp.ts`);
 * - conditional spaces are learnt, all branches together (`gp/embedding.ts`);
 * - a search that stalls keeps every second proposal near the best (`gp/trust-region.ts`);
 * - trials in flight, and those proposed together, are believed to turn out as expected (kriging believer): no refit, no sampling;
 * - trials that fail teach where not to go, as a constraint does (`gp/goals.ts`);
 * - what was stopped early counts, with its uncertainty (`targets.ts`);
 * - several objectives: a random scalarisation for each proposal (`gp/scalarise.ts`), instead of hypervolumes.
 * Under noise the best to improve on is the best mean of the process, not the luckiest loss.
 *
 * Cost: bounded. Hyperparameters come from 200 observations at most and are fitted anew when there are a twentieth more; the posterior holds 500, a third of them the
 * best, a third the latest, the rest spread over the others (`gp/rows.ts`); a proposal compares 1,000 places and climbs from a few.
 *
 * Invariants
 * - Proposals follow from the history alone; what is kept between searches only saves time.
 * - Proposals are allowed, unseen and not barred by the failure guard, as long as there are such.
 */
import { rowOf } from '../maths/matrix.ts'
import { stream, type Stream } from '../maths/stream.ts'
import type { OptionSpecs } from '../options.ts'
import { decode, encode, randomConfiguration, type Space } from '../space/space.ts'
import type { Configuration } from '../trial.ts'
import { failureGuard } from './failure-guard.ts'
import { type Pool, poolOf } from './gp/acquisition.ts'
import { embedAll, type Embedding, embeddingOf } from './gp/embedding.ts'
import { type Aim, aimOf, knownOf } from './gp/goals.ts'
import { scattered, uphill, wholeCube } from './gp/places.ts'
import { randomWeights } from './gp/scalarise.ts'
import type { Memo } from './gp/surface.ts'
import { isWithin, trustRegion } from './gp/trust-region.ts'
import { modelSampler, type Picks, picksFor, startupOptions } from './model-sampler.ts'
import type { Proposal, SamplerKind, SearchInput } from './sampler.ts'

const options: OptionSpecs = {
  ...startupOptions,
  deterministicObjective: {
    type: 'boolean',
    default: false,
    doc: 'The same configuration always gives the same loss: no noise is fitted.',
  },
  trustRegion: {
    type: 'boolean',
    default: true,
    doc: 'Keeps every second proposal near the best trial while nothing better is found.',
  },
}

export const gp: SamplerKind = {
  name: 'gp',
  version: 1,
  doc: 'Gaussian process: the largest expected improvement. The fewest trials for up to some twenty parameters and a thousand trials.',
  options,
  create({ space, definition, options }) {
    const memo: Memo = new Map()
    const embedding = embeddingOf(space)
    const isExact = options['deterministicObjective'] === true
    const trusts = options['trustRegion'] === true
    return modelSampler({
      space,
      definition,
      options,
      nStartupTrials: 10,
      model: {
        isQuick: () => false,
        search: (input) => search({ space, embedding, seed: definition.seed, memo, isExact, trusts, input }),
      },
    })
  },
}

interface Search {
  readonly space: Space
  readonly embedding: Embedding
  readonly seed: number
  readonly memo: Memo
  readonly isExact: boolean
  readonly trusts: boolean
  readonly input: SearchInput
}

/** Of more proposals at once the others are drawn. */
const modelledAtMost = 256

/** Of several objectives: so many draws of weights serve all that are proposed at once. */
const weightsAtMost = 8

function search(given: Search): readonly Proposal[] {
  const { space, embedding, seed, memo, isExact, input } = given
  const { history, trial, count } = input
  const picks = picksFor(space, history)
  const isBarred = failureGuard(space, history)
  const known = knownOf(history, embedding, memo, isExact)
  const inFlight = known.pending.map((row) => rowOf(history.places, row))
  const chances = Array.from({ length: count }, (_, index) => stream(seed, 'sampler', trial + index))
  const modelled = known.rows.length < 2 || embedding.columns === 0 ? 0 : Math.min(count, modelledAtMost)
  const several = history.losses.length > 1
  const size = several ? Math.ceil(modelled / weightsAtMost) : modelled
  for (let first = 0; first < modelled; first += size) {
    const part = chances.slice(first, Math.min(first + size, modelled))
    const weights = several ? randomWeights(history.losses.length, part[0]!) : null
    const aim = aimOf(known, weights, inFlight.length + part.length)
    if (!propose(given, { aim, chances: part, first: trial + first, picks, isBarred, inFlight })) return picks.proposals
  }
  for (const chance of chances.slice(modelled)) if (!takeUnbarred(space, picks, isBarred, chance)) break
  return picks.proposals
}

interface Part {
  readonly aim: Aim
  readonly chances: readonly Stream[]
  /** Number of the first trial. */
  readonly first: number
  readonly picks: Picks
  isBarred(place: Float64Array): boolean
  /** Grows. */
  readonly inFlight: Float64Array[]
}

const evenPlaces = 500
const nearPlaces = 500

/** False = nothing is left. */
function propose({ space, embedding, trusts }: Search, part: Part): boolean {
  const { aim, chances, first, picks, isBarred, inFlight } = part
  const { goals, centres, stalled } = aim
  const cube = wholeCube(space)
  const region = trusts ? trustRegion(space, centres[0]!, stalled) : null
  const around = { centres, box: cube, even: evenPlaces + chances.length, near: nearPlaces }
  const places = scattered(space, around, chances[0]!)
  if (region) places.push(...scattered(space, { centres, box: region, even: nearPlaces / 2, near: 0 }, chances[0]!))
  const pool = poolOf(embedding, goals, embedAll(embedding, places))
  for (const place of inFlight) pool.believe(place)
  const isInside = region ? places.map((place) => isWithin(region, place)) : []
  for (const [index, chance] of chances.entries()) {
    const isLocal = region !== null && (first + index) % 2 === 0
    const ranked = rankedPlaces(pool, isLocal ? isInside : null)
    const starts = startsOf(ranked, around.even, chances.length)
    const climb = { space, embedding, goals, box: isLocal ? region : cube }
    const climbed = starts.map((place) => uphill(climb, places[place]!, chance)).sort((a, b) => b.value - a.value)
    const isUnwanted = (place: Float64Array) => isBarred(place) || isCrowded(space, place, inFlight)
    const taken = firstTaken(space, picks, isUnwanted, [
      ...climbed.map(({ place }) => place),
      ...ranked.map((place) => places[place]!),
    ])
    if (taken) {
      inFlight.push(taken)
      if (index + 1 < chances.length) pool.believe(taken)
    } else if (!takeUnbarred(space, picks, isBarred, chance)) return false
  }
  return true
}

/** Best first; only those that are inside, if it is said which are, and then the others. */
function rankedPlaces({ values }: Pool, isInside: readonly boolean[] | null): number[] {
  const order = [...values.keys()].sort((a, b) => values[b]! - values[a]! || a - b)
  return isInside ? [...order.filter((place) => isInside[place]), ...order.filter((place) => !isInside[place])] : order
}

/** Where to climb from: the best near the best trials, and more of the others, which lie apart from one another. Of many proposals each has fewer. */
function startsOf(ranked: readonly number[], even: number, proposals: number): number[] {
  if (proposals > 32) return ranked.slice(0, 1)
  const near = ranked.filter((place) => place >= even)
  const apart = ranked.filter((place) => place < even)
  return proposals > 4 ? [...near.slice(0, 1), ...apart.slice(0, 1)] : [...near.slice(0, 2), ...apart.slice(0, 5)]
}

function firstTaken(
  space: Space,
  picks: Picks,
  isUnwanted: (place: Float64Array) => boolean,
  places: readonly Float64Array[],
): Float64Array | null {
  for (const place of places) if (!isUnwanted(place) && picks.take(decode(space, place))) return place
  return null
}

/** Of each axis, to both sides of a trial in flight: what is asked there at the same time would hardly say anything else. */
const elbowRoom = 0.005

function isCrowded(space: Space, place: Float64Array, inFlight: readonly Float64Array[]): boolean {
  return inFlight.some((other) =>
    place.every((unit, axis) =>
      space.axes[axis]!.parameter.ordered && !Number.isNaN(unit)
        ? Math.abs(unit - other[axis]!) <= elbowRoom
        : Object.is(unit, other[axis]),
    ),
  )
}

const drawsAtMost = 50

/** Any that is not barred, else any; false = there is none. */
function takeUnbarred(space: Space, picks: Picks, isBarred: (place: Float64Array) => boolean, chance: Stream): boolean {
  for (let draw = 0; draw < drawsAtMost; draw++) {
    const configuration: Configuration | null = randomConfiguration(space, chance)
    if (configuration === null) break
    if (!isBarred(encode(space, configuration)) && picks.take(configuration)) return true
  }
  return picks.takeAny(chance)
}
