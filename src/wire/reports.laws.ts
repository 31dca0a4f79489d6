/** Reports as tests need them; free of libraries, so that a small process starts quickly. */
import type { Event } from '../core/study/events.ts'
import type { Metrics } from '../core/trial.ts'

export function aReport(
  values: { readonly trial?: number; readonly epoch?: number; readonly metrics?: Metrics } = {},
): Event {
  const { trial = 0, epoch = 1, metrics = { loss: 0.5 } } = values
  return { type: 'TrialReported', at: 1_000 + epoch, trial, attempt: 1, line: epoch, epoch, metrics }
}

/** Reports with numbers of their own, so that a lost or doubled one is seen. */
export function reports(from: number, to: number): readonly Event[] {
  return Array.from({ length: to - from + 1 }, (_, index) =>
    aReport({ trial: (from + index) % 7, epoch: from + index }),
  )
}
