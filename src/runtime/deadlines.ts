/** What only time brings about: budgets of time, pauses before retries, overdue attempts. */
import { nextDeadline } from '../core/study/decide.ts'
import type { Fact } from '../core/study/events.ts'
import type { LiveAttempt, StudyState } from '../core/study/state.ts'
import type { Clock } from '../ports.ts'

/** So long after a controller's start what adopted attempts did before it has been read. */
const adoptionMs = 10_000

export interface DeadlineTimer {
  /** Looks anew at when something is due. */
  arm(): void
  cancel(): void
}

/** Tells the facts that are due, when they are. */
export function deadlineTimer(state: StudyState, clock: Clock, tell: (facts: readonly Fact[]) => void): DeadlineTimer {
  let cancel: (() => void) | null = null
  let dueAt = Infinity

  function due(): void {
    cancel = null
    dueAt = Infinity
    const at = Math.max(clock.now(), state.now)
    const facts = overdueFacts(state, at)
    if (facts.length > 0 || (nextDeadline(state) ?? Infinity) <= at) tell([...facts, { type: 'TimePassed', at }])
    else arm()
  }

  function arm(): void {
    const at = Math.min(nextDeadline(state) ?? Infinity, nextOverdue(state))
    if (cancel && at >= dueAt) return
    cancel?.()
    cancel = null
    dueAt = at
    if (at < Infinity) cancel = clock.after(at - Math.max(clock.now(), state.now), due)
  }

  return {
    arm,
    cancel() {
      cancel?.()
      cancel = null
    },
  }
}

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
    if (at >= timeoutAt(state, live, timeoutMs))
      facts.push({ type: 'AttemptOverdue', at, trial, attempt, cause: 'timeout' })
    else if (at - silentSince(state, live) >= noReportForMs)
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
    next = Math.min(next, timeoutAt(state, live, timeoutMs), silentSince(state, live) + noReportForMs)
  }
  return next
}

/** One that was adopted may have ended in time while nobody was there: its end is heard first. */
function timeoutAt(state: StudyState, live: LiveAttempt, timeoutMs: number): number {
  const since = state.session?.since ?? 0
  const at = live.startedAt + timeoutMs
  return live.startedAt < since ? Math.max(at, since + adoptionMs) : at
}

/** What a trial said while no controller was there has yet to be read: silence begins when somebody listens. */
function silentSince(state: StudyState, live: LiveAttempt): number {
  return Math.max(live.lastSignAt, state.session?.since ?? 0)
}
