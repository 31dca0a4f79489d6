/**
 * What a study will cost, before any of it is trained: from what its scheduler says it will do at most. How long that takes on n slots is
 * bounded as for any list schedule (Graham 1966): no less than the work divided by the slots, nor than the longest chain of epochs that must
 * follow one another; no more than work/n + (1 - 1/n) * chain. An epoch counts 1; how long it lasts is the caller's affair.
 */
import type { PreviewRow } from '../../schedulers/scheduler.ts'
import type { StudyDefinition } from '../definition.ts'
import { plannedEpochs } from './progress.ts'

export interface Reach {
  readonly epoch: number
  /** Trials that train at least up to this epoch. */
  readonly trials: number
}

export interface Forecast {
  /** As the scheduler says, bracket by bracket. */
  readonly rows: readonly PreviewRow[]
  readonly reach: readonly Reach[]
  readonly trials: number
  /** As planned, within the budget. */
  readonly epochs: number
  /** Where predictions decide: what is trained whatever they say. Else null. */
  readonly least: { readonly epochs: number; readonly reach: readonly Reach[] } | null
  /** If every one of the trials were trained to the end. */
  readonly epochsToTheEnd: number
  /** Nothing ends it but the budget of epochs or time, a target, or the user: the rows show one round of it. */
  readonly isOpen: boolean
  /** How often the budget of epochs pays for the rows; null: it pays for all of them, or there is none. */
  readonly rounds: number | null
  /** Trials are promoted as they come (asynchronous rungs): the shares hold about, not exactly. */
  readonly isAbout: boolean
  readonly slots: number
  /** In epochs that follow one another. */
  readonly likely: number
  readonly worst: number
}

/** `definition` with all options of its scheduler resolved. */
export function forecast(definition: StudyDefinition, rows: readonly PreviewRow[], slots: number): Forecast {
  const { budget, epochs: resource, resumable, scheduler } = definition
  const reach = reachOf(rows)
  const trials = reach[0]?.trials ?? 0
  const planned = resumable === 'restart' ? repeatedEpochs(rows) : plannedEpochs(rows)
  const isOpen = budget.trials === undefined && typeof scheduler['passes'] !== 'number'
  const limit = budget.epochs ?? Infinity
  const epochs = isOpen && limit < Infinity ? limit : Math.min(planned, limit)
  const isCut = limit < planned || (isOpen && limit < Infinity)
  const chain = Math.min(resource.max, epochs)
  return {
    rows,
    reach,
    trials,
    epochs,
    least: leastOf(rows, limit),
    epochsToTheEnd: trials * resource.max,
    isOpen,
    rounds: isCut && planned > 0 ? limit / planned : null,
    isAbout: rows.some(({ group }) => group === 'rungs'),
    slots,
    likely: Math.max(Math.ceil(epochs / slots), chain),
    worst: Math.ceil(epochs / slots + (1 - 1 / slots) * chain),
  }
}

/** A trial of a group that trains up to a row's epoch has passed the rows before it. */
function reachOf(rows: readonly PreviewRow[]): Reach[] {
  const epochs = [...new Set(rows.map(({ epoch }) => epoch))].sort((a, b) => a - b)
  const groups = Map.groupBy(rows, ({ group }) => group)
  return epochs.map((epoch) => {
    let trials = 0
    for (const ofGroup of groups.values()) trials += ofGroup.find((row) => row.epoch >= epoch)?.trials ?? 0
    return { epoch, trials }
  })
}

/** Of a round in which predictions decide all trials train up to the epoch of the decision, and so many of them up to its end. */
function leastOf(rows: readonly PreviewRow[], limit: number): Forecast['least'] {
  if (rows.every(({ least }) => least === undefined)) return null
  const parts = rows.flatMap(({ group, epoch, trials, least }) =>
    least === undefined
      ? [{ group, epoch, trials }]
      : [
          { group, epoch: least.epoch, trials },
          { group, epoch, trials: least.trials },
        ],
  )
  const isShown = new Set(rows.map(({ epoch }) => epoch))
  return {
    epochs: Math.min(plannedEpochs(parts), limit),
    reach: reachOf(parts).filter(({ epoch }) => isShown.has(epoch)),
  }
}

/** Trials that begin anew for each order train its epochs from the first one on. */
function repeatedEpochs(rows: readonly PreviewRow[]): number {
  return rows.reduce((sum, { epoch, trials }) => sum + epoch * trials, 0)
}
