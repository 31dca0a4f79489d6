/** What a simulation cost and found. */
import { compareLosses } from '../core/study/study.ts'
import type { Study } from '../core/study/study.ts'
import { rowOf } from './problem.ts'
import type { World } from './virtual-world.ts'

export interface SimulationResult {
  readonly scheduler: string
  readonly sampler: string
  readonly seed: number
  readonly workers: number
  readonly trials: number
  /** All epochs trained, the speculative ones among them. */
  readonly epochs: number
  readonly speculativeEpochs: number
  /** Virtual seconds. */
  readonly makespan: number
  /** Busy worker time / (workers x makespan). */
  readonly utilisation: number
  /** Among the trials that reached the last epoch, by their last value; null = none reached it. */
  readonly best: {
    readonly trial: number
    /** null = not from a table. */
    readonly row: number | null
    readonly value: number
    readonly epoch: number
  } | null
  readonly predictors: { readonly trained: number }
  readonly decisions: number
  readonly wallMs: number
}

export function simulationResult(given: {
  readonly study: Study
  readonly world: World
  readonly workers: number
  readonly wallMs: number
}): SimulationResult {
  const { study, world, workers, wallMs } = given
  const { state } = study
  const { tally } = world
  const makespanMs = tally.endedAt
  return {
    scheduler: state.definition.scheduler.type,
    sampler: state.definition.sampler.type,
    seed: state.definition.seed,
    workers,
    trials: state.trials.length,
    epochs: tally.epochs,
    speculativeEpochs: state.epochsSpeculated,
    makespan: rounded(makespanMs / 1000),
    utilisation: makespanMs === 0 ? 0 : rounded(tally.workMs / (workers * makespanMs)),
    best: bestOf(study),
    predictors: { trained: state.fitsDone },
    decisions: state.decisionCount,
    wallMs: Math.round(wallMs * 10) / 10,
  }
}

function bestOf(study: Study): SimulationResult['best'] {
  const { state, view } = study
  const { max } = state.definition.epochs
  let best: { readonly trial: number; readonly loss: number } | null = null
  for (const { number, epoch } of state.trials) {
    if (epoch < max) continue
    const loss = view.loss(number)
    if (Number.isFinite(loss) && (best === null || compareLosses(loss, best.loss) < 0)) best = { trial: number, loss }
  }
  if (best === null) return null
  return { trial: best.trial, row: rowOf(view.note(best.trial)), value: view.shown(best.loss), epoch: max }
}

/** Sums of virtual milliseconds carry rounding errors that nobody wants to read. */
function rounded(value: number): number {
  return Number(value.toPrecision(12))
}
