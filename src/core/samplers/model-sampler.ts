/**
 * What samplers that learn have in common: start-up trials from a design, the model from then on, and proposals that are allowed and unseen.
 *
 * The model is asked once `nStartupTrials` trials were created or imported and at least half as many are known to have ended well or badly: many workers
 * that wait for their first trials go on with the design, which fills the space better than a model of nothing.
 */
import type { Configuration, Json } from '../trial.ts'
import { stream, type Stream } from '../maths/stream.ts'
import { rowOf, type Matrix } from '../maths/matrix.ts'
import { scrambledSobol, sobolDimensionAtMost, sobolLength } from '../maths/sobol.ts'
import { choiceOf, numberOrNull, type Options, type OptionSpecs } from '../options.ts'
import { decode, encode, enumerate, isForbidden, key, randomConfiguration, type Space } from '../space/space.ts'
import type { StudyDefinition } from '../study/definition.ts'
import type { StudyView } from '../study/study-view.ts'
import type { History } from './history.ts'
import { latinHypercubeBlock } from './latin-hypercube.ts'
import type { Model, Proposal, Sampler } from './sampler.ts'
import { startUp } from './start-up.ts'
import { spaceExhausted, unseen } from './unseen.ts'

export type InitialDesign = 'lhs' | 'sobol' | 'random'

/** The options of every sampler that learns. */
export const startupOptions: OptionSpecs = {
  nStartupTrials: {
    type: 'integer',
    default: null,
    atLeast: 1,
    doc: 'Trials before the model is asked; given and imported ones count. Default: the sampler decides by the number of parameters.',
  },
  initialDesign: {
    type: 'text',
    default: 'lhs',
    choices: ['lhs', 'sobol', 'random'],
    doc: 'Where the first trials lie: a Latin hypercube, a Sobol sequence, or independent draws.',
  },
}

export interface ModelSamplerParts {
  readonly space: Space
  readonly definition: StudyDefinition
  readonly options: Options
  /** Where the option says nothing. */
  readonly nStartupTrials: number
  readonly model: Model
}

export function modelSampler({ space, definition, options, nStartupTrials, model }: ModelSamplerParts): Sampler<null> {
  const startup = numberOrNull(options, 'nStartupTrials') ?? nStartupTrials
  const place = designOf(
    space,
    definition.seed,
    startup,
    choiceOf(options, 'initialDesign', ['lhs', 'sobol', 'random']),
  )
  const known = startUp(space, definition)
  return {
    start: () => null,
    propose(_memory, study, trial, chance) {
      if (study.trialCount >= startup && hasKnown(study, Math.ceil(startup / 2))) return null
      return unseen(study, chance, (attempt) =>
        attempt === 0 && trial < startup ? decode(space, known.place(place(trial), trial)) : known.draw(chance),
      )
    },
    model,
  }
}

/** Whether so many trials have ended, or said something before they were paused. Looks at few of them, as most have. */
function hasKnown(study: StudyView, needed: number): boolean {
  let known = 0
  for (let trial = 0; trial < study.trialCount && known < needed; trial++) {
    const state = study.state(trial)
    if (state === 'failed' || (study.epoch(trial) > 0 && state !== 'running')) known++
  }
  return known >= needed
}

function designOf(
  space: Space,
  seed: number,
  size: number,
  design: InitialDesign,
): (index: number) => ArrayLike<number> {
  const { dimension } = space
  const draws = (index: number): number[] => {
    const chance = stream(seed, 'design', index)
    return Array.from({ length: dimension }, () => chance.uniform())
  }
  if (design === 'random') return draws
  if (design === 'lhs') {
    const axes = latinHypercubeBlock(seed, 0, size, dimension)
    return (index) => axes.map((axis) => axis[index % size]!)
  }
  const seeds = Array.from({ length: dimension }, (_, axis) => stream(seed, 'sobol', axis).uint32())
  return (index) => {
    const beyond = dimension > sobolDimensionAtMost ? draws(index) : []
    return seeds.map((own, axis) =>
      axis < sobolDimensionAtMost ? scrambledSobol(index % sobolLength, axis, own) : beyond[axis]!,
    )
  }
}

/** Takes what a model would propose, and sees to it that each is allowed and new. */
export interface Picks {
  readonly proposals: readonly Proposal[]
  /** Whether this configuration may still be proposed. */
  isFresh(configuration: Configuration): boolean
  /** Takes it if it may be proposed. */
  take(configuration: Configuration, note?: Json): boolean
  /** Takes any that may be proposed: uniformly drawn ones, then the next ones of the grid; false = there is none left, which was noted. */
  takeAny(chance: Stream, note?: Json): boolean
}

export function picksFor(space: Space, history: History): Picks {
  const isSeen = seenBefore(space, history)
  const taken = new Set<string>()
  const proposals: Proposal[] = []
  const isFresh = (configuration: Configuration): boolean =>
    !isForbidden(space, configuration) && !taken.has(key(space, configuration)) && !isSeen(configuration)
  const take = (configuration: Configuration, note?: Json): boolean => {
    if (!isFresh(configuration)) return false
    taken.add(key(space, configuration))
    proposals.push(note === undefined ? { configuration } : { configuration, note })
    return true
  }
  return {
    proposals,
    isFresh,
    take,
    takeAny(chance, note) {
      for (let attempt = 0; attempt < drawsAtMost; attempt++) {
        const configuration = randomConfiguration(space, chance)
        if (configuration === null) break
        if (take(configuration, note)) return true
      }
      const levels = space.size === Infinity ? history.places.rows + taken.size + 2 : 1
      const start = randomConfiguration(space, chance) ?? undefined
      for (const configuration of enumerate(space, levels, start)) if (take(configuration, note)) return true
      for (const configuration of enumerate(space, levels)) if (take(configuration, note)) return true
      proposals.push({ exhausted: spaceExhausted(space.size) })
      return false
    },
  }
}

const drawsAtMost = 100

/** Comparisons with every row before it pays to write down all their keys. */
const scansAtMost = 64

/** Whether the history holds a configuration. Few questions are answered by comparing, many from a set of keys. */
function seenBefore(space: Space, { places }: History): (configuration: Configuration) => boolean {
  let scans = 0
  let keys: Set<string> | null = null
  return (configuration) => {
    if (keys === null && scans++ < scansAtMost) return holdsPlace(places, encode(space, configuration))
    keys ??= new Set(Array.from({ length: places.rows }, (_, row) => key(space, decode(space, rowOf(places, row)))))
    return keys.has(key(space, configuration))
  }
}

function holdsPlace({ rows, columns, values }: Matrix, place: Float64Array): boolean {
  for (let row = 0, from = 0; row < rows; row++, from += columns) {
    let column = 0
    while (column < columns && Object.is(values[from + column], place[column])) column++
    if (column === columns) return true
  }
  return false
}
