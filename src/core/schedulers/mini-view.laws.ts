/** What a scheduler sees of a mini-study. */
import type { StudyDefinition } from '../study/definition.ts'
import type { StudyView } from '../study/study-view.ts'
import type { TrialState } from '../trial.ts'

/** Reported epochs, and at each the losses by objective, minimise-signed. */
export interface Curve {
  readonly epochs: number[]
  readonly losses: number[][]
}

interface Seen {
  readonly world: { readonly slots: number; readonly epochs?: number }
  readonly epochs: number
  readonly running: readonly { readonly trial: number; readonly until: number }[]
  readonly states: readonly TrialState[]
  readonly curves: readonly Curve[]
  readonly isOpen: boolean
}

export function viewOf(study: Seen, definition: StudyDefinition): StudyView {
  const lossOf = (trial: number, epoch = Infinity, objective = 0): number => {
    const curve = study.curves[trial]
    const last =
      curve === undefined || study.states[trial] === 'failed'
        ? -1
        : curve.epochs.findLastIndex((reported) => reported <= epoch)
    return curve?.losses[last]?.[objective] ?? Infinity
  }
  const lossesOf = (trial: number, epoch: number | undefined): number[] =>
    definition.objectives.map((_, i) => lossOf(trial, epoch, i))
  return {
    definition,
    // No scheduler looks at the space.
    space: {} as StudyView['space'],
    slots: study.world.slots,
    get trialCount() {
      return study.states.length
    },
    get epochsLeft() {
      return study.world.epochs === undefined ? Infinity : epochsLeftOf(study, study.world.epochs)
    },
    startsWithinAnEpoch: true,
    get canCreate() {
      return study.isOpen
    },
    state: (trial) => study.states[trial] ?? 'waiting',
    configuration: () => ({}),
    note: () => undefined,
    isImported: () => false,
    epoch: (trial) => study.curves[trial]?.epochs.at(-1) ?? 0,
    loss: lossOf,
    // Only samplers look at these.
    revision: () => 0,
    violation: () => NaN,
    ranked: (trials, epoch) => rankedBy(trials, (trial) => lossesOf(trial, epoch)),
    shown: (loss) => (definition.objectives[0]?.direction === 'maximize' ? -loss : loss),
    curve: (trial, objective = 0) => ({
      epochs: study.curves[trial]?.epochs ?? [],
      losses: study.curves[trial]?.losses.map((losses) => losses[objective] ?? Infinity) ?? [],
    }),
    isSeen: () => false,
  }
}

function epochsLeftOf({ epochs, running, curves }: Seen, budget: number): number {
  const ordered = running.map(({ trial, until }) => Math.max(until - (curves[trial]?.epochs.at(-1) ?? 0), 0))
  return budget - epochs - ordered.reduce((sum, one) => sum + one, 0)
}

/** By the number of trials that dominate it, then by number: enough of a ranking for a test, and the plain order for one objective. */
function rankedBy(trials: readonly number[], lossesOf: (trial: number) => number[]): number[] {
  const dominates = (a: number[], b: number[]): boolean =>
    a.every((loss, i) => loss <= (b[i] ?? 0)) && a.some((loss, i) => loss < (b[i] ?? 0))
  const dominators = new Map(
    trials.map((trial) => [trial, trials.filter((other) => dominates(lossesOf(other), lossesOf(trial))).length]),
  )
  return [...trials].sort((a, b) => (dominators.get(a) ?? 0) - (dominators.get(b) ?? 0) || a - b)
}
