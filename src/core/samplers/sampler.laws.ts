/** What every sampler must do. Each sampler's test calls `samplerLaws(kind)`. */
import { test } from 'node:test'
import { deepEqual, equal, ok } from 'node:assert/strict'
import fc from 'fast-check'
import type { Configuration } from '../trial.ts'
import { stream } from '../maths/stream.ts'
import type { Options } from '../options.ts'
import { awkwardSpaces } from '../space/awkward-spaces.laws.ts'
import type { SpaceDefinition } from '../space/definition.ts'
import { key, problems } from '../space/space.ts'
import type { StudyDefinition } from '../study/definition.ts'
import type { Model, Proposal, Sampler, SamplerKind } from './sampler.ts'
import { type AddedTrial, type TestStudy, testStudy } from './study-view.laws.ts'

export interface SamplerLawsOptions {
  /** Option values other than the defaults. */
  readonly options?: { readonly [option: string]: unknown }
  /** True if it may end before a continuous space is exhausted (a grid). */
  readonly endsEarly?: boolean
  /** How many trials each awkward space is given; for samplers whose proposals are dear. Default 40. */
  readonly trials?: number
}

/** The options' defaults, then those that are given. */
export function resolvedOptions(kind: SamplerKind, given: { readonly [option: string]: unknown } = {}): Options {
  const defaults = Object.entries(kind.options).map(([name, option]) => [name, option.default] as const)
  return { ...Object.fromEntries(defaults), ...given }
}

/** A study that a sampler drives: each step proposes and records, with a loss made from the configuration. */
export interface DrivenStudy {
  readonly study: TestStudy
  propose(): Proposal
  /** Of a sampler that learns. */
  readonly model?: () => Model
  /** Proposes, records the trial and tells the sampler. */
  step(): Proposal
  /** Passes the memory through a copy of plain data. */
  restart(): void
}

export function driven(
  kind: SamplerKind,
  spaceDefinition: SpaceDefinition,
  given: { readonly [option: string]: unknown } = {},
  changes: Partial<StudyDefinition> = {},
  levels: readonly number[] = [],
): DrivenStudy {
  const study = testStudy(spaceDefinition, changes, levels)
  const create = (): Sampler<any> =>
    kind.create({ space: study.space, definition: study.definition, options: resolvedOptions(kind, given) })
  let sampler = create()
  let memory: unknown = sampler.start()
  const propose = () => {
    const trial = study.view.trialCount
    const proposal = sampler.propose(memory, study.view, trial, stream(study.definition.seed, 'sampler', trial))
    if (proposal) return proposal
    ok(sampler.model, 'who proposes nothing has a model')
    return sampler.model.search({ history: study.history(), trial, count: 1 })[0]!
  }
  return {
    study,
    ...(sampler.model ? { model: () => sampler.model! } : {}),
    propose,
    step() {
      const proposal = propose()
      if ('exhausted' in proposal) return proposal
      const { configuration, note } = proposal
      const trial = study.add({
        configuration,
        ...outcome(study, configuration),
        ...(note === undefined ? {} : { note }),
      })
      sampler.evolve?.(memory, { trial, configuration, note })
      return proposal
    },
    restart() {
      sampler = create()
      memory = structuredClone(memory)
    },
  }
}

/**
 * Losses that depend on the configuration alone. Every seventh trial has failed, every fifth still runs (one with a report, the next without), every eleventh was
 * stopped or paused on its way; every ninth lacks the constrained metric.
 */
function outcome(study: TestStudy, configuration: Configuration): Omit<AddedTrial, 'configuration'> {
  const number = study.view.trialCount
  const { objectives, constraints, epochs } = study.definition
  const chance = stream(7, key(study.space, configuration))
  const last = objectives.map(() => chance.uniform() * (number % 13 === 12 ? 1e12 : 1))
  const curve = Array.from({ length: epochs.max }, (_, epoch) => last.map((loss) => loss + 1 / (1 + epoch)))
  const violations = constraints.map(() => (number % 9 === 8 ? NaN : chance.uniform() - 0.5))
  if (number % 7 === 6) return { state: 'failed', ...(number % 2 === 0 ? { curve: curve.slice(0, 1) } : {}) }
  if (number % 5 === 4)
    return { state: 'running', ...(number % 2 === 0 ? { curve: curve.slice(0, 1), violations } : {}) }
  if (number % 11 === 10)
    return {
      state: number % 2 === 0 ? 'paused' : 'stopped',
      curve: curve.slice(0, Math.ceil(epochs.max / 3)),
      violations,
    }
  return { curve, violations }
}

export function samplerLaws(kind: SamplerKind, options: SamplerLawsOptions = {}): void {
  const { options: given = {}, endsEarly = false, trials = 40 } = options
  learningLaws(kind, options)

  for (const [name, definition] of Object.entries(awkwardSpaces))
    test(`${kind.name} in ${name}: inside the space, allowed, never twice, exhausted at the end`, () => {
      const { study, step } = driven(kind, definition, given)
      for (let trial = 0; trial < trials; trial++) {
        const proposal = step()
        if ('exhausted' in proposal) {
          equal(proposal.exhausted.rule, 'space-exhausted')
          if (!endsEarly || study.space.size < Infinity)
            equal(trial, study.space.size, 'every configuration was proposed')
          return
        }
        deepEqual(problems(study.space, proposal.configuration), [])
        const keys = new Set(allTrials(study).map((number) => key(study.space, study.view.configuration(number))))
        equal(keys.size, trial + 1, 'no configuration came twice')
      }
      ok(study.space.size >= trials, 'it ends when the space is exhausted')
    })

  test(`${kind.name}: the same seed, memory and trial number give the same proposal, whatever was asked before`, () => {
    const numbers = fc.integer({ min: 0, max: 1e6 })
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(awkwardSpaces)), numbers, fc.nat(8), (name, seed, before) => {
        const once = driven(kind, awkwardSpaces[name]!, given, { seed })
        const again = driven(kind, awkwardSpaces[name]!, given, { seed })
        for (let trial = 0; trial < before; trial++) {
          deepEqual(again.propose(), again.propose())
          deepEqual(once.step(), again.step())
        }
        deepEqual(once.propose(), again.propose())
      }),
      { numRuns: 15 },
    )
  })

  test(`${kind.name}: its memory is plain data, a copy of which goes on alike`, () => {
    for (const definition of Object.values(awkwardSpaces)) {
      const through = driven(kind, definition, given)
      const restarted = driven(kind, definition, given)
      for (let trial = 0; trial < Math.min(trials, 12); trial++) {
        deepEqual(restarted.step(), through.step())
        restarted.restart()
      }
    }
  })

  test(`${kind.name}: configurations that the user gave are not proposed again`, () => {
    const definition: SpaceDefinition = { parameters: { x: { type: 'int', low: 1, high: 6 } }, forbidden: [{ x: 6 }] }
    const { study, step } = driven(kind, definition, given)
    for (const x of [2, 4]) study.add({ configuration: { x }, curve: [0.5] })
    const proposed = [step(), step(), step()].map(
      (proposal) => 'configuration' in proposal && proposal.configuration['x'],
    )
    deepEqual(proposed.toSorted(), [1, 3, 5])
    deepEqual(step(), { exhausted: { rule: 'space-exhausted', size: 5 } })
  })
}

function learningLaws(kind: SamplerKind, options: SamplerLawsOptions): void {
  const { options: given = {}, trials = 40 } = options
  const several: Partial<StudyDefinition> = {
    objectives: ['loss', 'time', 'size'].map((metric) => ({ metric, direction: 'minimize', value: 'last' })),
    constraints: [{ metric: 'memory', atMost: 1 }],
    epochs: { min: 1, max: 9, resource: 'epochs' },
  }

  test(`${kind.name}: three objectives, a constraint and rungs, in every awkward space`, () => {
    for (const definition of Object.values(awkwardSpaces)) {
      const { study, step } = driven(kind, definition, given, several, [1, 3])
      for (let trial = 0; trial < Math.min(trials, 25); trial++) {
        const proposal = step()
        if ('exhausted' in proposal) break
        deepEqual(problems(study.space, proposal.configuration), [])
      }
    }
  })

  for (const workers of [1, 2, 200])
    test(`${kind.name} for ${workers} workers: allowed, unseen, all different, the same again`, () => {
      for (const [name, definition] of Object.entries(awkwardSpaces)) {
        const { study, step, model } = driven(kind, definition, given, workers === 2 ? several : {})
        for (let trial = 0; trial < 22; trial++) if ('exhausted' in step()) break
        if (!model) return
        const trial = study.view.trialCount
        const search = (history = study.history()) => model().search({ history, trial, count: workers })
        const proposals = search()
        deepEqual(search(structuredClone(study.history())), proposals, `${name}: the same history, the same proposals`)
        const keys = new Set(allTrials(study).map((number) => key(study.space, study.view.configuration(number))))
        const left = study.space.size - keys.size
        for (const [place, proposal] of proposals.entries()) {
          if ('exhausted' in proposal) {
            equal(place, proposals.length - 1, 'nothing follows')
            equal(place, left, `${name}: every configuration is proposed before the space is exhausted`)
            break
          }
          deepEqual(problems(study.space, proposal.configuration), [])
          const itsKey = key(study.space, proposal.configuration)
          ok(!keys.has(itsKey), `${name}: no configuration comes twice`)
          keys.add(itsKey)
        }
        equal(
          proposals.length,
          Math.min(workers, left + (left < workers ? 1 : 0)),
          `${name}: as many as were asked for`,
        )
      }
    })

  test(`${kind.name}: where every trial fails, and where none has said anything, it goes on`, () => {
    const { study, model } = driven(kind, awkwardSpaces['all integers']!, given)
    if (!model) return
    for (const state of ['failed', 'running'] as const) {
      for (let trial = 0; trial < 25; trial++)
        study.add({ configuration: { few: (trial % 5) - 2, wide: 1 + trial, stepped: 8 }, state })
      const [proposal] = model().search({ history: study.history(), trial: study.view.trialCount, count: 1 })
      ok(proposal && 'configuration' in proposal)
    }
  })
}

function allTrials(study: TestStudy): number[] {
  return Array.from({ length: study.view.trialCount }, (_, trial) => trial)
}
