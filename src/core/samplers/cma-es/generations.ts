/**
 * The generations of a study that is searched by CMA-ES, as the notes of its trials tell them, and the distribution that follows.
 *
 * Every trial notes the generation whose distribution it was drawn from. The first of a generation also notes from which trials, best first, that
 * distribution was learnt, and whether the search began anew. So what was known when a generation was closed is part of the history, and the
 * distribution can be derived again however the trials have gone on since: it depends on notes and places alone. What was drawn for a trial is not noted,
 * but drawn again.
 */
import { assert, type Json } from '../../trial.ts'
import { rowOf } from '../../maths/matrix.ts'
import { stream } from '../../maths/stream.ts'
import type { History } from '../history.ts'
import type { Deviates } from './deviates.ts'
import { draw, type Distribution, type Drawn } from './distribution.ts'
import type { Restart } from './restarts.ts'
import type { Shape } from './shape.ts'
import type { Begin } from './start.ts'
import { updated, type Ranked } from './update.ts'

export interface Opening {
  /** Of the first trial. */
  readonly row: number
  /** Best first. */
  readonly from: readonly number[]
  readonly restart: Restart | null
}

export interface Generations {
  readonly openings: readonly Opening[]
  /** By row: the generation; -1 = not drawn by this sampler. */
  readonly born: Int32Array
  /** By row: how many draws were in vain; -1 = all of them, and the configuration comes from elsewhere. */
  readonly vain: Int32Array
}

/** What a trial notes. */
export interface GenerationNote {
  readonly generation: number
  readonly from?: readonly number[]
  readonly restart?: Restart
  readonly vain?: number
}

export function generationsOf({ notes }: History): Generations {
  const openings: Opening[] = []
  const born = new Int32Array(notes.length).fill(-1)
  const vain = new Int32Array(notes.length)
  for (let row = 0; row < notes.length; row++) {
    const note = notes[row]
    if (!isGenerationNote(note)) continue
    // A generation whose first trial was lost is not in the chain: its trials count as those of nobody.
    if (note.from && note.generation === openings.length)
      openings.push({ row, from: note.from, restart: note.restart ?? null })
    if (note.generation < openings.length) born[row] = note.generation
    vain[row] = note.vain ?? 0
  }
  return { openings, born, vain }
}

function isGenerationNote(note: Json | undefined): note is Json & GenerationNote {
  return typeof (note as GenerationNote | null | undefined)?.generation === 'number'
}

export interface Course {
  readonly shape: Shape
  readonly seed: number
  readonly deviates: Deviates
  readonly begin: Begin
}

/** The distribution of the generation after `generation`, whose own is `before`. */
export function nextDistribution(
  course: Course,
  before: Distribution,
  given: {
    readonly history: History
    readonly generations: Generations
    readonly generation: number
    readonly from: readonly number[]
  },
): Distribution {
  const { shape } = course
  const { history, generations, generation, from } = given
  const ranked = from.map((row): Ranked => {
    const place = rowOf(history.places, row)
    const isInjected = generations.born[row] !== generation || generations.vain[row]! < 0
    const index = row - generations.openings[generation]!.row
    const drawn = isInjected
      ? drawnFrom(shape, before, place)
      : drawnAgain(course, before, {
          trial: row,
          vain: generations.vain[row]!,
          deviates: course.deviates(generation, index),
        })
    return { ...drawn, isPresent: Uint8Array.from(place, (unit) => (Number.isNaN(unit) ? 0 : 1)), isInjected }
  })
  return updated(shape, before, ranked)
}

function drawnAgain(
  { seed }: Course,
  distribution: Distribution,
  { trial, vain, deviates }: { readonly trial: number; readonly vain: number; readonly deviates: Float64Array },
): Drawn {
  const chance = stream(seed, 'sampler', trial)
  for (let attempt = 0; attempt < vain; attempt++) draw(distribution, chance, attempt, deviates)
  return draw(distribution, chance, vain, deviates)
}

/** A trial's place as if it had been drawn: where it has no parameter it lies on the mean. */
function drawnFrom(shape: Shape, { mean }: Distribution, place: Float64Array): Drawn {
  return {
    numbers: Float64Array.from(shape.ordered, ({ axis }, index) =>
      Number.isNaN(place[axis]!) ? mean[index]! : place[axis]!,
    ),
    choices: Uint32Array.from(shape.categories, ({ axis, count }) =>
      Number.isNaN(place[axis]!) ? 0 : Math.min(Math.floor(place[axis]! * count), count - 1),
    ),
  }
}

/** Follows the openings to the latest distribution; what an earlier call has found out is used again where it still holds. */
export function follower(course: Course): (history: History, generations: Generations) => Distribution {
  let kept: Kept | null = null
  return (history, generations) => {
    const { openings } = generations
    const isKept = kept !== null && holds(kept, history.places.values, openings)
    let distribution = isKept ? kept!.distribution : null
    for (let generation = isKept ? kept!.openings.length : 0; generation < openings.length; generation++) {
      const opening = openings[generation]!
      distribution =
        distribution === null || opening.restart
          ? course.begin(generation, opening, history)
          : nextDistribution(course, distribution, {
              history,
              generations,
              generation: generation - 1,
              from: opening.from,
            })
    }
    assert(distribution, 'a generation is opened before its distribution is asked for')
    kept = { places: history.places.values, openings, distribution }
    return distribution
  }
}

interface Kept {
  readonly places: Float64Array
  readonly openings: readonly Opening[]
  readonly distribution: Distribution
}

/** Whether what was kept is the beginning of this history. */
function holds(kept: Kept, places: Float64Array, openings: readonly Opening[]): boolean {
  if (kept.openings.length > openings.length || kept.places.length > places.length) return false
  for (const [index, { row, from, restart }] of kept.openings.entries()) {
    const other = openings[index]!
    if (row !== other.row || from.length !== other.from.length || !isSameRestart(restart, other.restart)) return false
    if (from === other.from) continue
    for (let rank = 0; rank < from.length; rank++) if (from[rank] !== other.from[rank]) return false
  }
  for (let at = 0; at < kept.places.length; at++) if (!Object.is(kept.places[at], places[at])) return false
  return true
}

function isSameRestart(a: Restart | null, b: Restart | null): boolean {
  if (a === null || b === null) return a === b
  return a.isLarge === b.isLarge && a.popsize === b.popsize && a.sigma === b.sigma
}
