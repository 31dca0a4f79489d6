/**
 * Picks a sampler for each trial, by the space, the number of trials so far and the number of slots, and says what it picked and why. It changes
 * its mind as the study grows. The thresholds come from the regrets of our own samplers on eight functions and from what a proposal
 * costs (docs, "Which sampler?").
 *
 * Cost: that of the sampler that is picked.
 *
 * Invariants
 * - What is picked follows from the space, the objectives, the number of trials and the number of slots alone.
 * - Each sampler is given its own notes back, and none of the others'.
 */
import type { Json, Reason } from '../trial.ts'
import { assert } from '../trial.ts'
import { defaultsOf } from '../options.ts'
import type { Space } from '../space/space.ts'
import type { StudyDefinition } from '../study/definition.ts'
import { cmaEs } from './cma-es.ts'
import { forest } from './forest.ts'
import { gp } from './gp.ts'
import type { History } from './history.ts'
import { modelSampler, startupOptions } from './model-sampler.ts'
import type { Model, Proposal, Sampler, SamplerKind } from './sampler.ts'
import { tpe } from './tpe.ts'

type Picked = 'gp' | 'tpe' | 'forest' | 'cma-es'

const kinds: { readonly [name in Picked]: SamplerKind } = { gp, tpe, forest, 'cma-es': cmaEs }

export interface Pick {
  readonly sampler: Picked
  readonly why: Reason
}

/** Trials up to which a Gaussian process is worth its cubic cost. */
const gpTrials = 300
/** From so many slots on one fit has to give many proposals. */
const manySlots = 16
/** Parameters beyond which distances say little. */
const gpParameters = 20

/** What a study looks like to the rule. */
export interface Traits {
  readonly trials: number
  readonly slots: number
  readonly parameters: number
  readonly isConditional: boolean
  /** Parameters without an order among their values. */
  readonly categories: number
  readonly objectives: number
}

export function pickFor({ trials, slots, parameters, isConditional, categories, objectives }: Traits): Pick {
  if (slots >= manySlots) return { sampler: 'forest', why: { rule: 'many-slots', slots, trials } }
  if (isConditional) return { sampler: 'tpe', why: { rule: 'conditional', trials } }
  if (trials <= gpTrials && parameters <= gpParameters)
    return { sampler: 'gp', why: { rule: 'few-trials', trials, atMost: gpTrials } }
  if (objectives === 1 && categories === 0) return { sampler: 'cma-es', why: { rule: 'many-trials', trials } }
  return { sampler: 'tpe', why: { rule: 'many-trials', trials } }
}

export const auto: SamplerKind = {
  name: 'auto',
  version: 1,
  doc: 'Picks one of the others by the space, the trials so far and the slots, and says why.',
  options: startupOptions,
  tell(note) {
    const { sampler, why } = note as { readonly sampler?: string; readonly why?: Reason }
    return sampler === undefined || why === undefined ? null : `It took ${sampler}: ${wordsFor(why)}`
  },
  create({ space, definition, options }): Sampler<null> {
    const traits = traitsOf(space, definition)
    const models = new Map<Picked, Model>()
    const modelOf = (sampler: Picked): Model => {
      const known = models.get(sampler)
      if (known) return known
      const kind = kinds[sampler]
      const { model } = kind.create({ space, definition, options: defaultsOf(kind.options) }) as Sampler<unknown>
      assert(model, `${sampler} has a model`)
      models.set(sampler, model)
      return model
    }
    return modelSampler({
      space,
      definition,
      options,
      nStartupTrials: Math.min(10, 2 * space.dimension + 1),
      model: {
        isQuick: () => false,
        search({ history, trial, count }) {
          const { sampler, why } = pickFor({ ...traits, trials: trial, slots: history.slots })
          const own = { ...history, notes: history.notes.map((note) => ownNote(note, sampler)) }
          return modelOf(sampler)
            .search({ history: own, trial, count })
            .map((proposal) => noted(proposal, sampler, why))
        },
      },
    })
  },
}

function traitsOf(space: Space, definition: StudyDefinition): Omit<Traits, 'trials' | 'slots'> {
  return {
    parameters: space.dimension,
    isConditional: space.axes.some(({ when }) => when !== undefined),
    categories: space.axes.filter(({ parameter }) => !parameter.ordered).length,
    objectives: definition.objectives.length,
  }
}

function noted(proposal: Proposal, sampler: Picked, why: Reason): Proposal {
  if ('exhausted' in proposal) return proposal
  const { configuration, note } = proposal
  return { configuration, note: note === undefined ? { sampler, why } : { sampler, why, note } }
}

function ownNote(note: History['notes'][number], sampler: Picked): Json | undefined {
  const its = note as { readonly sampler?: Json; readonly note?: Json } | null | undefined
  return its?.sampler === sampler ? its.note : undefined
}

function wordsFor({ rule, trials, slots, atMost }: Reason): string {
  switch (rule) {
    case 'many-slots':
      return `${String(slots)} slots want many proposals from one fit`
    case 'conditional':
      return 'some parameters exist only for some values of others'
    case 'few-trials':
      return `${String(trials)} trials so far, and up to ${String(atMost)} it learns most from each`
    default:
      return `${String(trials)} trials so far, and it learns from many at little cost`
  }
}
