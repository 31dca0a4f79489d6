/** Whether a study is large enough for its scheduler to predict anything. Pure. */
import type { StudyDefinition } from '../core/study/definition.ts'
import { algorithms } from './algorithms.ts'

/**
 * Null where prediction will have something to decide, or where the scheduler does not plan for it. The definition is resolved, and the lessons
 * of an earlier study are in it.
 */
export function whyNothingIsPredicted(definition: StudyDefinition): string | null {
  const { scheduler } = definition
  const kind = algorithms.schedulers[scheduler.type]
  if (kind === undefined || !('knownCurve' in kind.options)) return null
  const rows = kind.preview({ definition, options: scheduler })
  if (rows.some(({ trials, least }) => least !== undefined && least.trials < trials)) return null
  return (
    `nothing will be predicted: no epoch at which a round ends is reached by more than d = ${String(scheduler['d'])} trials, so that all of them are ` +
    'trained as Hyperband does. A smaller `d`, a larger `passes`, or `predictor: { type: nu-svr, from: STUDY }` changes that'
  )
}
