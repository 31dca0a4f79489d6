/** Studies that samplers which learn are tested with: one trial after the other, with outcomes that the test says. */
import { ok } from 'node:assert/strict'
import type { SpaceDefinition } from '../space/definition.ts'
import type { StudyDefinition } from '../study/definition.ts'
import type { Configuration } from '../trial.ts'
import { driven } from './sampler.laws.ts'
import type { Model, SamplerKind } from './sampler.ts'
import type { AddedTrial, TestStudy } from './study-view.laws.ts'

export const plane: SpaceDefinition = {
  parameters: { x: { type: 'float', low: 0, high: 1 }, y: { type: 'float', low: 0, high: 1 } },
  forbidden: [],
}

export const bowl =
  (x: number, y: number) =>
  ({ x: a, y: b }: Configuration): number =>
    (Number(a) - x) ** 2 + (Number(b) - y) ** 2

export type Outcome = (configuration: Configuration, trial: number) => Omit<AddedTrial, 'configuration'>

export interface CourseOptions {
  readonly space?: SpaceDefinition
  readonly outcome: Outcome
  readonly trials: number
  readonly options?: { readonly [option: string]: unknown }
  readonly changes?: Partial<StudyDefinition>
  /** Trials of the user before. */
  readonly given?: readonly Configuration[]
}

export interface Course {
  readonly study: TestStudy
  /** Those that were proposed, in order. */
  readonly configurations: readonly Configuration[]
  readonly model: Model
}

/** Lets it tune, one trial after the other. */
export function course(kind: SamplerKind, settings: CourseOptions): Course {
  const { space = plane, outcome, trials, options = {}, changes = {}, given = [] } = settings
  const { study, propose, model } = driven(kind, space, options, changes)
  for (const [trial, configuration] of given.entries()) study.add({ configuration, ...outcome(configuration, trial) })
  const configurations: Configuration[] = []
  for (let trial = 0; trial < trials; trial++) {
    const proposal = propose()
    ok('configuration' in proposal)
    const { configuration, note } = proposal
    configurations.push(configuration)
    study.add({
      configuration,
      ...(note === undefined ? {} : { note }),
      ...outcome(configuration, given.length + trial),
    })
  }
  return { study, configurations, model: model!() }
}

/** The branches must be told apart, and each has something of its own to learn. */
export const branches: SpaceDefinition = {
  parameters: {
    model: { type: 'categorical', choices: ['linear', 'net', 'tree'] },
    reg: { type: 'float', low: 1e-6, high: 100, log: true, when: { model: 'linear' } },
    lr: { type: 'float', low: 1e-5, high: 1, log: true, when: { model: 'net' } },
    depth: { type: 'int', low: 1, high: 9, when: { model: ['net', 'tree'] } },
  },
  forbidden: [],
}

/** Of `branches`: the linear model always gives `safe`; the net is better, but only with the right learning rate and depth. */
export function branchLoss(safe: number): (configuration: Configuration) => number {
  return ({ model, lr, depth }) => {
    if (model === 'net') return 0.1 * Math.abs(Math.log10(Number(lr)) + 3) + 0.03 * Math.abs(Number(depth) - 4)
    return model === 'tree' ? 0.5 : safe
  }
}
