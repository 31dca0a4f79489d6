import { performance } from 'node:perf_hooks'
import type { Clock } from '../ports.ts'

/** Wall time at the start plus monotonic time since: a clock that is set while a controller runs does not disturb it. */
export function systemClock(): Clock {
  const origin = Date.now() - performance.now()
  return {
    now: () => Math.round(origin + performance.now()),
    after(delayMs, callback) {
      // setTimeout fires at once beyond 2^31 ms; the caller looks at the time again anyway.
      const timer = setTimeout(callback, Math.min(Math.max(0, delayMs), 2 ** 31 - 1))
      timer.unref()
      return () => clearTimeout(timer)
    },
  }
}
