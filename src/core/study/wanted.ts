import type { LiveAttempt, TrialRecord } from './state.ts'
import { isSettled } from '../trial.ts'

/** What the world should look like for one live attempt: running up to a limit, perhaps with leave to go, or asked to go. */
export interface Wanted {
  readonly trial: number
  readonly attempt: number
  readonly until: number
  readonly leave: boolean
  readonly stop: boolean
}

export function wantedOf(trial: TrialRecord, live: LiveAttempt): Wanted {
  const settled = isSettled(trial.state)
  // At its limit a trial only lingers: leave to go ends it more gently than a signal.
  const atLimit = live.epoch >= live.until
  const stop = live.stopping !== null || live.overdue !== null || (settled && trial.state !== 'complete' && !atLimit)
  return {
    trial: trial.number,
    attempt: live.attempt,
    until: live.until,
    leave: live.released || settled || stop,
    stop,
  }
}
