import type { Clock } from '../ports.ts'

/**
 * A controller's time goes on from where the log ends. Where the wall clock was set back since, it runs ahead of it by as much: standing still
 * until the wall has caught up would stop every budget of time, every timeout and every pause before a retry.
 */
export function sessionClock(clock: Clock, logEndsAt: number): Clock {
  const aheadMs = logEndsAt - clock.now()
  if (aheadMs <= 0) return clock
  return { now: () => clock.now() + aheadMs, after: (delayMs, callback) => clock.after(delayMs, callback) }
}
