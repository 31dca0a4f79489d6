import type { RungView } from '../../schedulers/scheduler.ts'
import type { Study } from '../study.ts'

/** The scheduler's rungs or rounds, by group and epoch; empty for a scheduler that has none. */
export function rungs(study: Study): readonly RungView[] {
  return study.scheduler.rungs?.(study.state.schedulerMemory, study.view) ?? []
}
