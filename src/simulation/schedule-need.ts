/** Whether a table has as many rows as a schedule starts trials, asked before anything is simulated. */
import type { Options } from '../core/options.ts'
import type { PreviewRow, SchedulerKind } from '../core/schedulers/scheduler.ts'
import type { StudyDefinition } from '../core/study/definition.ts'
import { ForetuneError } from '../errors.ts'
import { tooFewRows } from './errors.ts'

/** The definition with its scheduler's options resolved for these slots. */
export function withResolvedScheduler(
  definition: StudyDefinition,
  kind: SchedulerKind,
  slots: number,
): StudyDefinition {
  const { options, problems } = kind.resolve({ definition, options: definition.scheduler, slots })
  if (problems.length > 0) {
    throw new ForetuneError('INVALID_OPTION', `${kind.name}: ${problems.join('; ')}.`, { details: { problems } })
  }
  return { ...definition, scheduler: { ...options, type: kind.name } }
}

/**
 * A schedule with a fixed number of trials (its option `passes` is resolved to a number) must find a row for each of them, unless a budget
 * of trials ends it earlier. Throws `TOO_FEW_ROWS`, naming the largest number of epochs for which the rows suffice.
 */
export function checkRows(definition: StudyDefinition, kind: SchedulerKind, slots: number, rows: number): void {
  const need = trialsNeeded(definition, kind, slots)
  if (need <= rows) return
  let largest: number | null = null
  for (let max = definition.epochs.max - 1; max >= definition.epochs.min && largest === null; max--) {
    const shorter = { ...definition, epochs: { ...definition.epochs, max } }
    if (trialsNeeded(shorter, kind, slots) <= rows) largest = max
  }
  throw tooFewRows(need, rows, definition.epochs.max, largest)
}

function trialsNeeded(definition: StudyDefinition, kind: SchedulerKind, slots: number): number {
  const { options } = kind.resolve({ definition, options: definition.scheduler, slots })
  if (!hasPasses(options)) return 0
  const most = startsOf(kind.preview({ definition, options }))
  return Math.min(most, definition.budget.trials ?? Infinity)
}

function hasPasses(options: Options): boolean {
  return typeof options['passes'] === 'number'
}

/** Each group of a preview begins with as many trials as its largest row. */
function startsOf(rows: readonly PreviewRow[]): number {
  const groups = new Map<string, number>()
  for (const { group, trials } of rows) groups.set(group, Math.max(groups.get(group) ?? 0, trials))
  return [...groups.values()].reduce((sum, trials) => sum + trials, 0)
}
