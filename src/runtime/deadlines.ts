import type { Fact } from '../core/study/events.ts'
import type { StudyState } from '../core/study/state.ts'

/** Live attempts whose time or silence is over, as facts. */
export function overdueFacts(state: StudyState, at: number): Fact[] {
  const { timeoutMs = Infinity, noReportForMs = Infinity } = state.failures
  const facts: Fact[] = []
  if (timeoutMs === Infinity && noReportForMs === Infinity) return facts
  for (const trial of state.live) {
    const live = state.trials[trial]?.live
    if (!live || live.overdue || live.stopping || live.asked) continue
    // A lingering trial has nothing to report and is told when to go.
    if (state.lingering.has(trial)) continue
    const { attempt } = live
    if (at - live.startedAt >= timeoutMs) facts.push({ type: 'AttemptOverdue', at, trial, attempt, cause: 'timeout' })
    else if (at - live.lastSignAt >= noReportForMs)
      facts.push({ type: 'AttemptOverdue', at, trial, attempt, cause: 'silence' })
  }
  return facts
}

/** When `overdueFacts` may next find one; Infinity = never. */
export function nextOverdue(state: StudyState): number {
  const { timeoutMs = Infinity, noReportForMs = Infinity } = state.failures
  if (timeoutMs === Infinity && noReportForMs === Infinity) return Infinity
  let next = Infinity
  for (const trial of state.live) {
    const live = state.trials[trial]?.live
    if (!live || live.overdue || live.stopping || live.asked || state.lingering.has(trial)) continue
    next = Math.min(next, live.startedAt + timeoutMs, live.lastSignAt + noReportForMs)
  }
  return next
}
