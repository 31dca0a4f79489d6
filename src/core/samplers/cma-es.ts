/**
 * CMA-ES: a normal distribution that moves, generation by generation, to where the better trials lie, and takes on their shape and size.
 *
 * N. Hansen, The CMA Evolution Strategy: A Tutorial (arXiv:1604.00772v2), with its default parameters and negative weights (`cma-es/update.ts`); integers and
 * ordinals by the margin of Hamano, Saito, Nomura, Shirakawa 2022 (`margin.ts`); restarts (`restarts.ts`); options named as in Optuna.
 *
 * Where we differ, and why:
 * - the trials of a generation are drawn in mirrored pairs at right angles (`deviates.ts`), which learns more from few trials;
 * - categories are learnt as well, as chances of their choices (`choices.ts`); what is absent in a conditional space learns nothing
 *   (`update.ts`), so branches and what lies in them are searched together;
 * - asynchronous: trials of a generation are proposed until enough of them are known, however many are under way, stay paused or are lost. With many
 *   slots that is half as many as there are slots. What comes too late counts in the next generation, at its place, and no longer after that;
 * - several objectives and constraints are ranked as in NSGA-II (`standing.ts`), among all that is known, as only ranks matter here;
 * - a generation that failed as a whole, and one that has converged, begins anew elsewhere;
 * - a draw that is seen, forbidden or barred (`failure-guard.ts`) is made again, further out after some attempts: what has converged goes through the
 *   neighbours of the best trial.
 *
 * Cost: O(n^2) a trial and O(lambda n^2 + n^3) a generation for n parameters, besides a glance at all trials; the first proposal of a resumed study goes
 * through all generations.
 *
 * Invariants
 * - Proposals follow from the history: places, states, losses and the notes of `cma-es/generations.ts`.
 * - As long as trials end, generations do.
 */
import { stream } from '../maths/stream.ts'
import { choiceOf, numberOf, numberOrNull, type Options, type OptionSpecs } from '../options.ts'
import { decode, encode, type Space } from '../space/space.ts'
import type { StudyDefinition } from '../study/definition.ts'
import type { Configuration, Json } from '../trial.ts'
import { deviatesOf } from './cma-es/deviates.ts'
import { draw, placeOf } from './cma-es/distribution.ts'
import {
  follower,
  generationsOf,
  nextDistribution,
  type Course,
  type Generations,
  type Opening,
} from './cma-es/generations.ts'
import { isOver, nextRun, type Restart, type RestartStrategy } from './cma-es/restarts.ts'
import { shapeOf } from './cma-es/shape.ts'
import { beginning } from './cma-es/start.ts'
import { defaultPopsize } from './cma-es/weights.ts'
import { failureGuard } from './failure-guard.ts'
import { stateCode, type History } from './history.ts'
import { picksFor } from './model-sampler.ts'
import type { Proposal, SamplerKind, SearchInput } from './sampler.ts'
import { comparedAtMost, isKnown, latestKnown, standingOf } from './standing.ts'

const options: OptionSpecs = {
  x0: {
    type: 'any',
    default: null,
    doc: 'Parameter values to begin around; parameters left out begin in the middle. Default: the best of the trials known beforehand; else the middle of the space.',
  },
  sigma0: {
    type: 'number',
    default: 0.1667,
    above: 0,
    atMost: 1,
    doc: 'Standard deviation to begin with, in parts of the range of each parameter.',
  },
  popsize: {
    type: 'integer',
    default: null,
    atLeast: 2,
    doc: 'Trials of a generation. Default: 4 + 3 ln(number of parameters), or half the slots if that is more.',
  },
  restartStrategy: {
    type: 'text',
    default: 'bipop',
    choices: ['none', 'ipop', 'bipop'],
    doc: 'How the search begins anew once it has converged: with ever larger generations, or also with small ones in turn; none = it stays where it is.',
  },
}

export const cmaEs: SamplerKind = {
  name: 'cma-es',
  version: 1,
  doc: 'Covariance matrix adaptation: a normal distribution that moves to the best trials and takes on their shape.',
  options,
  create: ({ space, definition, options }) => ({
    start: () => null,
    propose: () => null,
    model: {
      isQuick: (trials) => space.dimension <= quickDimension && trials <= quickTrials,
      search: searcher(space, definition, options),
    },
  }),
}

/** With more axes the end of a generation takes more than a few milliseconds. */
const quickDimension = 40
/** A glance at all of more trials takes about as long. */
const quickTrials = 10_000

function searcher(space: Space, definition: StudyDefinition, options: Options) {
  const shape = shapeOf(space)
  const { seed } = definition
  const strategy = choiceOf<RestartStrategy>(options, 'restartStrategy', ['none', 'ipop', 'bipop'])
  const givenPopsize = numberOrNull(options, 'popsize')
  const popsize = givenPopsize ?? defaultPopsize(shape.ordered.length + shape.categories.length)
  const deviates = deviatesOf(seed, shape.ordered.length)
  const x0 = (options['x0'] ?? null) as Configuration | null
  const begin = beginning(space, definition, shape, { x0, sigma0: numberOf(options, 'sigma0') })
  const course: Course = { shape, seed, deviates, begin }
  const distributionOf = follower(course)

  function opened(history: History, generations: Generations, row: number): Opening {
    const { openings, vain } = generations
    const generation = openings.length - 1
    const standing = standingOf(history)
    if (generation < 0) return { row, from: standing.ordered(knownBefore(history)), restart: null }
    const from = standing.amongAll(poolOf(history, generations))
    const before = distributionOf(history, generations)
    const after = nextDistribution(course, before, { history, generations, generation, from })
    const losses = history.losses.length > 1 ? [] : from.map((row) => standing.losses[0]![row]!)
    const isBad = from.every((row) => history.states[row] === stateCode.failed)
    const isEnd = strategy !== 'none' && isOver(shape, after, { losses, vain: from.map((row) => vain[row]!) })
    const restart = (): Restart =>
      strategy === 'none'
        ? { isLarge: true, popsize, sigma: 1 }
        : nextRun(strategy, openings, popsize, stream(seed, 'cma-es', 'restart', generation))
    return { row, from, restart: isBad || isEnd ? restart() : null }
  }

  return ({ history, trial, count }: SearchInput): readonly Proposal[] => {
    const read = generationsOf(history)
    const size = read.openings.findLast(({ restart }) => restart)?.restart?.popsize ?? popsize
    const needed = givenPopsize === null ? Math.max(size, Math.ceil(history.slots / 2)) : size
    const opening = isFull(history, read, needed) ? opened(history, read, trial) : null
    const generations = opening ? { ...read, openings: [...read.openings, opening] } : read
    const generation = generations.openings.length - 1
    const first = generations.openings[generation]!.row
    const distribution = distributionOf(history, generations)
    const picks = picksFor(space, history)
    const isBarred = failureGuard(space, history)
    for (let index = 0; index < count; index++) {
      const chance = stream(seed, 'sampler', trial + index)
      const vector = deviates(generation, trial + index - first)
      const note = (vain: number): Json => noteOf(generation, index === 0 ? opening : null, vain)
      let isTaken = false
      for (let attempt = 0; attempt < attemptsAtMost && !isTaken; attempt++) {
        const configuration = decode(space, placeOf(shape, draw(distribution, chance, attempt, vector)))
        isTaken = !isBarred(encode(space, configuration)) && picks.take(configuration, note(attempt))
      }
      if (!isTaken && !picks.takeAny(chance, note(-1))) break
    }
    return picks.proposals
  }
}

const attemptsAtMost = 60

function noteOf(generation: number, opening: Opening | null, vain: number): Json {
  return {
    generation,
    ...(opening ? { from: opening.from } : {}),
    ...(opening?.restart ? { restart: opening.restart } : {}),
    ...(vain === 0 ? {} : { vain }),
  }
}

/** Whether enough trials of the latest generation are known. */
function isFull(history: History, { openings, born }: Generations, needed: number): boolean {
  const generation = openings.length - 1
  if (generation < 0) return true
  let known = 0
  for (let row = openings[generation]!.row; row < born.length; row++)
    if (born[row] === generation && isKnown(history, row) && ++known >= needed) return true
  return false
}

/** The known trials of the latest generation, and what came late or from the user since the one before was opened; nothing twice. */
function poolOf(history: History, { openings, born }: Generations): number[] {
  const generation = openings.length - 1
  const { row, from, restart } = openings[generation]!
  const used = new Set(from)
  const first = generation === 0 ? 0 : restart ? row : openings[generation - 1]!.row
  const pool: number[] = []
  for (let row = first; row < born.length; row++) {
    const isNear = born[row]! < 0 || born[row]! >= generation - 1
    if (isNear && !used.has(row) && isKnown(history, row)) pool.push(row)
  }
  return pool
}

/** The trials of the user, or of an earlier sampler, that ended well before the first proposal. */
function knownBefore(history: History): number[] {
  const atMost = history.losses.length > 1 ? comparedAtMost : knownAtMost
  return latestKnown(history, atMost).filter((row) => history.states[row] !== stateCode.failed)
}

const knownAtMost = 1000
