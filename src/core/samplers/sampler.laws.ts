/** What every sampler must do. Each sampler's test calls `samplerLaws(kind)`. */
import { test } from 'node:test'
import { deepEqual, equal, ok } from 'node:assert/strict'
import fc from 'fast-check'
import type { Configuration } from '../trial.ts'
import { stream } from '../maths/stream.ts'
import { awkwardSpaces } from '../space/awkward-spaces.laws.ts'
import type { SpaceDefinition } from '../space/definition.ts'
import { key, problems } from '../space/space.ts'
import type { StudyDefinition } from '../study/definition.ts'
import type { Proposal, Sampler, SamplerKind } from './sampler.ts'
import { type TestStudy, testStudy } from './study-view.laws.ts'

export interface SamplerLawsOptions {
  /** Option values other than the defaults. */
  readonly options?: { readonly [option: string]: unknown }
  /** True if it may end before a continuous space is exhausted (a grid). */
  readonly endsEarly?: boolean
  /** How many trials each awkward space is given; for samplers whose proposals are dear. Default 40. */
  readonly trials?: number
}

/** The options' defaults, then those that are given. */
export function resolvedOptions(kind: SamplerKind, given: { readonly [option: string]: unknown } = {}) {
  const defaults = Object.entries(kind.options).map(([name, option]) => [name, option.default] as const)
  return { ...Object.fromEntries(defaults), ...given }
}

/** A study that a sampler drives: each step proposes and records, with a loss made from the configuration. */
export interface DrivenStudy {
  readonly study: TestStudy
  propose(): Proposal
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
): DrivenStudy {
  const study = testStudy(spaceDefinition, changes)
  const create = (): Sampler<any> =>
    kind.create({ space: study.space, definition: study.definition, options: resolvedOptions(kind, given) })
  let sampler = create()
  let memory: unknown = sampler.start()
  const propose = () => {
    const trial = study.view.trialCount
    return sampler.propose(memory, study.view, trial, stream(study.definition.seed, 'sampler', trial))
  }
  return {
    study,
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

/** A loss that depends on the configuration alone; every seventh trial has failed and every fifth still runs. */
function outcome(study: TestStudy, configuration: Configuration) {
  const number = study.view.trialCount
  if (number % 7 === 6) return { state: 'failed' as const }
  if (number % 5 === 4) return { state: 'running' as const }
  return {
    curve: study.definition.objectives.map((_, objective) =>
      stream(objective, key(study.space, configuration)).uniform(),
    ),
  }
}

export function samplerLaws(kind: SamplerKind, options: SamplerLawsOptions = {}): void {
  const { options: given = {}, endsEarly = false, trials = 40 } = options

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

function allTrials(study: TestStudy): number[] {
  return Array.from({ length: study.view.trialCount }, (_, trial) => trial)
}
