/**
 * One search of the sampler `forest`: as many proposals as are asked for from one fit, or from a few where each needs a lesson of its own.
 *
 * Trials under way, and the proposals before it in the same search, change a proposal in one of two ways. `kriging` and `qUCB` believe the model's mean: a row
 * with the mean of its leaf moves no mean, and takes away the ignorance wherever the trees cannot tell a place from it; so no refit is needed. A made-up loss
 * (`cl_min`, `cl_mean`, `cl_max`) goes into the rows; the forest is grown again for every proposal, but no more than `fitsAtMost` times a search.
 * In any case a place that nearly all trees take for one under way is left to others.
 */
import { rowOf, rowsOf, type Matrix } from '../../maths/matrix.ts'
import { stream, type Stream } from '../../maths/stream.ts'
import { decode, type Space } from '../../space/space.ts'
import { askForestAll, type Tree } from '../../surrogates/forest.ts'
import { failureGuard } from '../failure-guard.ts'
import { picksFor } from '../model-sampler.ts'
import type { Proposal, SearchInput } from '../sampler.ts'
import { kappaAt, ownKappa, scoresOf, type Promise } from './acquisition.ts'
import { knownOf, lessonOf, type Known, type Lesson } from './lesson.ts'
import { grow, leavesOf, likeness, riskOf, type Risk, type Taught } from './model.ts'
import { allPlaces, evenPlaces, joined, stepsFrom, type PlaceSource } from './places.ts'
import type { ForestSettings } from './settings.ts'

export interface ForestSearch {
  readonly space: Space
  readonly settle: (values: Float64Array, from: number) => void
  readonly settings: ForestSettings
  readonly startup: number
  readonly seed: number
  readonly input: SearchInput
}

type MultiPoint = NonNullable<ForestSettings['multiPoint']>

const fewSlots = 4
const fitsAtMost = 8
/** Every so many trials the loss itself is learnt. */
const lossTurn = 4
/** Two places that so many trees take for one are too alike to try both. */
const alike = 0.8
/** Places tried for one proposal before any other will do. */
const triesAtMost = 200

/** Places with what a model says of them. */
interface Pool {
  readonly trees: readonly Tree[]
  readonly lesson: Lesson
  readonly places: Matrix
  readonly promise: Promise
  readonly isTaken: Uint8Array
  leaves: readonly Int32Array[] | null
}

export function searchForest(search: ForestSearch): readonly Proposal[] {
  const { space, settings, startup, seed, input } = search
  const { history, trial, count } = input
  const picks = picksFor(space, history)
  const isBarred = failureGuard(space, history)
  const known = knownOf(history)
  const isFew = history.slots <= fewSlots && count <= fewSlots
  const multiPoint = settings.multiPoint ?? (isFew ? 'kriging' : 'qUCB')
  const underWay = known.pending.map((row) => rowOf(known.places, row))
  const pools = new Map<string, Pool | null>()
  for (let index = 0; index < count; index++) {
    const chance = stream(seed, 'sampler', trial + index)
    const scaler = scalerAt(settings, history.losses.length, trial + index)
    const name = `${scaler} ${lessonNumber(multiPoint, history.losses.length, index, count)}`
    let pool = pools.get(name)
    if (pool === undefined) {
      pool = poolOf({ search, known, scaler, multiPoint, underWay, chance })
      pools.set(name, pool)
    }
    const kappa = kappaAt(settings, trial + index - startup, space.dimension)
    const isOwn = multiPoint === 'qUCB' && underWay.length > 0
    const place =
      pool &&
      bestOf(pool, settings, isOwn ? ownKappa(kappa, chance) : kappa, (place) => {
        return !isBarred(place) && picks.take(decode(space, place))
      })
    if (!place && !picks.takeAny(chance)) break
    if (!place) continue
    underWay.push(place)
    if (index + 1 < count) for (const pool of pools.values()) if (pool) believe(pool, place)
  }
  return picks.proposals
}

function scalerAt({ scaler }: ForestSettings, objectives: number, trial: number): 'rank' | 'minmax' {
  if (scaler !== 'turns') return scaler
  return objectives === 1 && trial % lossTurn === 0 ? 'minmax' : 'rank'
}

/** Proposals with the same number learn the same. */
function lessonNumber(multiPoint: MultiPoint, objectives: number, index: number, count: number): number {
  const fits = Math.min(count, fitsAtMost)
  if (multiPoint.startsWith('cl_')) return Math.floor((index * fits) / count)
  return objectives > 1 ? index % fits : 0
}

interface PoolSetting {
  readonly search: ForestSearch
  readonly known: Known
  readonly scaler: 'rank' | 'minmax'
  readonly multiPoint: MultiPoint
  readonly underWay: readonly Float64Array[]
  readonly chance: Stream
}

/** null where nothing is known yet. */
function poolOf({ search, known, scaler, multiPoint, underWay, chance }: PoolSetting): Pool | null {
  const { space, settings, settle, input, startup } = search
  const kinds = space.axes.map(({ parameter }) => parameter)
  const lesson = lessonOf(known, settings, scaler, chance)
  if (lesson.x.rows < 2 || space.dimension === 0) return null
  const trees = grow(withLies(lesson, underWay, multiPoint), settings, kinds, chance.uint32())
  const risk = riskFor(known, space, chance.uint32())
  const source: PlaceSource = { space, settle, chance }
  const kappa = kappaAt(settings, input.trial - startup, space.dimension)
  const score = (places: Matrix): Float64Array =>
    scoresOf(promiseOf(trees, risk, places), settings, lesson.incumbent, kappa)
  const places = placesFor(source, lesson, known.places, settings, score)
  const pool: Pool = {
    trees,
    lesson,
    places,
    promise: promiseOf(trees, risk, places),
    isTaken: new Uint8Array(places.rows),
    leaves: null,
  }
  for (const place of underWay) believe(pool, place)
  return pool
}

function promiseOf(trees: readonly Tree[], risk: Risk | null, places: Matrix): Promise {
  return {
    answers: askForestAll(trees, places),
    risk: risk?.at(places) ?? null,
    ignorance: new Float64Array(places.rows).fill(1),
  }
}

function withLies(lesson: Lesson, underWay: readonly Float64Array[], multiPoint: MultiPoint): Taught {
  if (!multiPoint.startsWith('cl_') || underWay.length === 0) return lesson
  const { x, y } = lesson
  const lie = multiPoint === 'cl_min' ? Math.min(...y) : multiPoint === 'cl_max' ? Math.max(...y) : 0
  const lies = new Float64Array(underWay.length * x.columns)
  for (const [row, place] of underWay.entries()) lies.set(place, row * x.columns)
  const all = new Float64Array(y.length + underWay.length).fill(lie)
  all.set(y)
  return { x: joined(x, { rows: underWay.length, columns: x.columns, values: lies }), y: all }
}

/** Rows that the risk is learnt from, the latest ones of either kind. */
const riskRows = 1000

function riskFor({ places, losses, failed, violation }: Known, space: Space, seed: number): Risk | null {
  const bad = new Set(failed)
  const good: number[] = []
  for (let row = 0; row < violation.length; row++) {
    if (violation[row]! > 0) bad.add(row)
    else if (!bad.has(row) && Number.isFinite(losses[0]![row]!)) good.push(row)
  }
  const latest = [...bad].sort((a, b) => a - b).slice(-riskRows)
  const kinds = space.axes.map(({ parameter }) => parameter)
  return riskOf(rowsOf(places, good.slice(-riskRows)), rowsOf(places, latest), kinds, seed)
}

const centersAtMost = 5
/** Of the places around the best trials, how many take each axis from another one of them. */
const mixed = 0.3
const evenShare = 0.3
const improvedAtMost = 10
const rounds: {
  readonly [optimizer in ForestSettings['optimizer']]: { readonly count: number; readonly mixed: number }
} = {
  local: { count: 2, mixed: 0 },
  evolution: { count: 10, mixed: 0.7 },
  sampling: { count: 0, mixed: 0 },
}
const offspring = 100

/** The places to choose from: even ones, some around the best trials, and what rounds of improvement add around the best of those. */
function placesFor(
  source: PlaceSource,
  lesson: Lesson,
  known: Matrix,
  settings: ForestSettings,
  score: (places: Matrix) => Float64Array,
): Matrix {
  const all = allPlaces(source.space, settings.places)
  if (all) return all
  const isLocal = settings.optimizer === 'local'
  const even = isLocal ? Math.ceil(settings.places * evenShare) : settings.places
  let places = evenPlaces(source, even)
  if (isLocal) {
    const centers = lesson.best.slice(0, centersAtMost).map((row) => rowOf(known, row))
    places = joined(places, stepsFrom(source, centers, { count: settings.places - even, mixed, scale: 1 }))
  }
  let scores = score(places)
  const { count, mixed: mixedInRound } = rounds[settings.optimizer]
  for (let round = 0; round < count; round++) {
    const best = lowest(scores, improvedAtMost).map((row) => rowOf(places, row))
    const more = stepsFrom(source, best, { count: offspring, mixed: mixedInRound, scale: 0.5 ** (round + 1) })
    const moreScores = score(more)
    places = joined(places, more)
    scores = Float64Array.of(...scores, ...moreScores)
  }
  return places
}

function lowest(scores: Float64Array, count: number): number[] {
  const limit = scores.toSorted()[Math.min(count, scores.length) - 1]!
  const found: number[] = []
  for (let row = 0; row < scores.length; row++) if (scores[row]! <= limit) found.push(row)
  return found.sort((a, b) => scores[a]! - scores[b]! || a - b).slice(0, count)
}

/** The place with the lowest score that is accepted; null if too many were refused. */
function bestOf(
  pool: Pool,
  settings: ForestSettings,
  kappa: number,
  accept: (place: Float64Array) => boolean,
): Float64Array | null {
  const { places, promise, lesson, isTaken } = pool
  const scores = scoresOf(promise, settings, lesson.incumbent, kappa)
  for (let attempt = 0; attempt < triesAtMost; attempt++) {
    let best = -1
    for (let row = 0; row < scores.length; row++)
      if (isTaken[row] === 0 && (best < 0 || scores[row]! < scores[best]!)) best = row
    if (best < 0) return null
    isTaken[best] = 1
    const place = rowOf(places, best)
    if (accept(place)) return place
  }
  return null
}

/** Takes the ignorance from where the trees cannot tell a place from this one, and leaves what is too alike to it. */
function believe({ trees, places, promise, isTaken, ...pool }: Pool, place: Float64Array): void {
  const leaves = (pool.leaves ??= leavesOf(trees, places))
  const shares = likeness(trees, leaves, place)
  for (let row = 0; row < shares.length; row++) {
    promise.ignorance[row] = promise.ignorance[row]! * (1 - shares[row]!) ** 2
    if (shares[row]! >= alike) isTaken[row] = 1
  }
}
