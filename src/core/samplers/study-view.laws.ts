/** A study for the tests of samplers: trials are added by hand, with the losses that the test wants. */
import type { Configuration, Json, TrialState } from '../trial.ts'
import { paretoOrder } from '../maths/pareto.ts'
import type { SpaceDefinition } from '../space/definition.ts'
import { type Space, key, space as createSpace } from '../space/space.ts'
import type { StudyDefinition } from '../study/definition.ts'
import { type History, historyKeeper, levelsOf } from './history.ts'
import type { StudyView } from '../study/study-view.ts'

export interface AddedTrial {
  readonly configuration: Configuration
  readonly state?: TrialState
  /** The losses of the first objective at epochs 1, 2, ...; or a list of losses an epoch, one an objective. */
  readonly curve?: readonly (number | readonly number[])[]
  readonly note?: Json
  readonly isImported?: boolean
  /** By constraint. */
  readonly violations?: readonly number[]
}

export interface TestStudy {
  readonly view: StudyView
  readonly space: Space
  readonly definition: StudyDefinition
  /** Gives the trial's number. Without a state: complete if it has a curve, else waiting. */
  add(trial: AddedTrial): number
  /** The trial has moved on. */
  change(trial: number, changes: Partial<AddedTrial>): void
  /** What a model learns from, as of now. */
  history(): History
}

export function testStudy(
  spaceDefinition: SpaceDefinition,
  changes: Partial<StudyDefinition> = {},
  /** Epochs at which trials are compared, beside the last. */
  levels: readonly number[] = [],
): TestStudy {
  const definition: StudyDefinition = { ...plainDefinition, ...changes, space: spaceDefinition }
  const space = createSpace(spaceDefinition)
  const trials: AddedTrial[] = []
  const revisions: number[] = []
  const seen = new Set<string>()
  const curveOf = (trial: number, objective: number) =>
    (trials[trial]?.curve ?? []).map((losses) => (typeof losses === 'number' ? losses : losses[objective]!))
  const state = (trial: number): TrialState => trials[trial]?.state ?? (trials[trial]?.curve ? 'complete' : 'waiting')
  const loss = (trial: number, epoch = Infinity, objective = 0): number => {
    const losses = curveOf(trial, objective).slice(0, epoch)
    if (state(trial) === 'failed' || losses.length === 0) return Infinity
    return definition.objectives[objective]!.value === 'best' ? Math.min(...losses) : losses.at(-1)!
  }
  const view: StudyView = {
    definition,
    space,
    slots: 1,
    get trialCount() {
      return trials.length
    },
    epochsLeft: Infinity,
    startsWithinAnEpoch: true,
    canCreate: true,
    state,
    configuration: (trial) => trials[trial]!.configuration,
    note: (trial) => trials[trial]!.note,
    isImported: (trial) => trials[trial]!.isImported ?? false,
    epoch: (trial) => curveOf(trial, 0).length,
    loss,
    ranked(chosen, epoch) {
      const sorted = chosen.toSorted((a, b) => a - b)
      const losses = sorted.map((trial) => definition.objectives.map((_, objective) => loss(trial, epoch, objective)))
      return paretoOrder(losses).map((index) => sorted[index]!)
    },
    revision: (trial) => revisions[trial] ?? 0,
    violation: (trial, constraint) => trials[trial]?.violations?.[constraint] ?? NaN,
    shown: (loss) => (definition.objectives[0]!.direction === 'maximize' ? -loss : loss),
    curve(trial, objective = 0) {
      const losses = curveOf(trial, objective)
      return { epochs: losses.map((_, index) => index + 1), losses }
    },
    isSeen: (configuration) => seen.has(key(space, configuration)),
  }
  const add = (trial: AddedTrial) => {
    seen.add(key(space, trial.configuration))
    return trials.push(trial) - 1
  }
  const change = (trial: number, changes: Partial<AddedTrial>) => {
    trials[trial] = { ...trials[trial]!, ...changes }
    revisions[trial] = (revisions[trial] ?? 0) + 1
  }
  const keeper = historyKeeper(view, levelsOf(levels, definition.epochs.max))
  return { view, space, definition, add, change, history: () => keeper() }
}

const plainDefinition: Omit<StudyDefinition, 'space'> = {
  name: 'test',
  objectives: [{ metric: 'loss', direction: 'minimize', value: 'last' }],
  constraints: [],
  epochs: { min: 1, max: 1, resource: 'epochs' },
  sampler: { type: 'random' },
  scheduler: { type: 'none' },
  budget: {},
  failures: { retries: 1, graceMs: 30_000, stopStudyAfter: 20 },
  resumable: true,
  lingerMs: 20_000,
  checkpoints: { keep: 3 },
  seed: 7,
  initial: [],
}
