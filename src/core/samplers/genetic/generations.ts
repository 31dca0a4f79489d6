/**
 * What genetic samplers have in common: a population of the best trials so far, whose children are proposed, and which is chosen again whenever some more
 * trials are known.
 *
 * Every trial notes its generation; the first of a generation also notes the population, best first, and how many trials were known when it was chosen. So
 * proposals follow from the history however trials have gone on since. Generations are short, a fifth of the population, as what has come in should be
 * used at once (steady state: Durillo, Nebro, Luna, Alba 2009). They count known trials whoever proposed them and whenever: nobody is waited for.
 *
 * Cost: O(parameters) a trial besides a glance at all trials; a generation is chosen from the latest trials and the population, `poolOf`.
 */
import { rowOf } from '../../maths/matrix.ts'
import { stream } from '../../maths/stream.ts'
import { decode, encode, type Space } from '../../space/space.ts'
import type { StudyDefinition } from '../../study/definition.ts'
import type { Json } from '../../trial.ts'
import { failureGuard } from '../failure-guard.ts'
import { stateCode, type History } from '../history.ts'
import { latinHypercubeBlock } from '../latin-hypercube.ts'
import { picksFor } from '../model-sampler.ts'
import type { Proposal, SearchInput } from '../sampler.ts'
import { isKnown, latestKnown, standingOf, type Standing } from '../standing.ts'
import { startUp } from '../start-up.ts'
import { child, type Breeding } from './offspring.ts'

export interface Evolution {
  readonly populationSize: number
  readonly breeding: Breeding
  /** So many of `rows`, which did not fail, best first. */
  survivors(standing: Standing, rows: readonly number[], count: number): readonly number[]
}

interface Opening {
  readonly from: readonly number[]
  readonly known: number
}

/** What a trial notes. */
interface GenerationNote {
  readonly generation: number
  readonly from?: readonly number[]
  readonly known?: number
}

export function geneticSearch(
  space: Space,
  definition: StudyDefinition,
  { populationSize, breeding, survivors }: Evolution,
): (input: SearchInput) => readonly Proposal[] {
  const { seed } = definition
  const { place, draw } = startUp(space, definition)
  const design = latinHypercubeBlock(seed, 0, populationSize, space.dimension)
  const step = Math.max(1, Math.round(populationSize * generationShare))

  function opened(history: History, latest: Opening | null): Opening | null {
    const known = knownCount(history)
    if (known - (latest?.known ?? 0) < (latest ? step : populationSize)) return null
    const pool = poolOf(history, latest?.from ?? [], populationSize)
    if (latest === null && pool.length < Math.min(populationSize, parentsAtLeast)) return null
    return { from: survivors(standingOf(history), pool, populationSize), known }
  }

  return ({ history, trial, count }) => {
    const { latest, generation } = latestOf(history)
    const opening = opened(history, latest)
    const population = (opening ?? latest)?.from.map((row) => rowOf(history.places, row)) ?? []
    const note = (index: number): Json => ({
      generation: opening ? generation + 1 : generation,
      ...(index === 0 && opening ? { from: opening.from, known: opening.known } : {}),
    })
    const picks = picksFor(space, history)
    const isBarred = failureGuard(space, history)
    for (let index = 0; index < count; index++) {
      const row = trial + index
      const chance = stream(seed, 'sampler', row)
      let isTaken = false
      for (let attempt = 0; attempt < attemptsAtMost && !isTaken; attempt++) {
        const configuration =
          population.length > 0
            ? decode(space, child(space, population, eager(breeding, attempt), chance))
            : attempt === 0 && row < populationSize
              ? decode(
                  space,
                  place(
                    design.map((axis) => axis[row]!),
                    row,
                  ),
                )
              : draw(chance)
        isTaken =
          configuration !== null && !isBarred(encode(space, configuration)) && picks.take(configuration, note(index))
      }
      if (!isTaken && !picks.takeAny(chance, note(index))) break
    }
    return picks.proposals
  }
}

const generationShare = 0.2

/** A glance at all of more trials takes more than a few milliseconds. */
export const quickTrials = 10_000

/** Without so many trials that did not fail there is nothing to cross over. */
const parentsAtLeast = 3
const attemptsAtMost = 60

/** Children that are there already, or barred, are made again with more and larger mutations. */
function eager(breeding: Breeding, attempt: number): Breeding {
  if (attempt < freeAttempts) return breeding
  return {
    ...breeding,
    mutationProb: Math.min(1, breeding.mutationProb * 1.1 ** (attempt - freeAttempts)),
    etaMutation: breeding.etaMutation / 1.1 ** (attempt - freeAttempts),
  }
}

const freeAttempts = 3

/** The last population that was chosen; before the first one everything is generation 0. */
function latestOf({ notes }: History): { readonly latest: Opening | null; readonly generation: number } {
  for (let row = notes.length - 1; row >= 0; row--) {
    const note = notes[row] as GenerationNote | null | undefined
    if (note?.from && note.known !== undefined)
      return { latest: { from: note.from, known: note.known }, generation: note.generation }
  }
  return { latest: null, generation: 0 }
}

function knownCount(history: History): number {
  let count = 0
  for (let row = 0; row < history.states.length; row++) if (isKnown(history, row)) count++
  return count
}

/** The population and the latest known trials that did not fail: what was known before and not chosen would hardly be chosen now. */
function poolOf(history: History, from: readonly number[], populationSize: number): number[] {
  const latest = latestKnown(history, Math.max(8 * populationSize, 2 * history.slots))
  return [...new Set([...from, ...latest])].filter((row) => history.states[row] !== stateCode.failed)
}
