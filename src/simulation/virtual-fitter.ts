/**
 * Fits and proposals in virtual time: done in place, so that simulated decisions are deterministic, and answered after their stated or measured cost.
 */
import { predictorOf } from '../core/study/fit-input.ts'
import type { FitAnswer, Fitter } from '../ports.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** `seconds`: what each costs, or `measured`: the CPU time that it takes here. `fails`: whether this fit, counted from 1, cannot be had. */
export function virtualFitter(
  clock: VirtualClock,
  seconds: number | 'measured',
  fails: (fit: number) => boolean = () => false,
): Fitter {
  /** Answered when its time has come, not a turn later: then the next thing happens. */
  function after<Work, Answer>(work: () => Work, answer: (done: Work, ms: number) => Answer): Promise<Answer> {
    const before = process.threadCpuUsage()
    const done = work()
    const { user, system } = process.threadCpuUsage(before)
    const ms = seconds === 'measured' ? (user + system) / 1000 : 1000 * seconds
    const { promise, resolve } = Promise.withResolvers<Answer>()
    clock.after(ms, () => resolve(answer(done, ms)))
    return promise
  }
  return {
    fit({ fit, predictor, input }) {
      if (fails(fit))
        return after(
          (): FitAnswer => ({ type: 'failed', why: { rule: 'fit-fault' } }),
          (answer) => answer,
        )
      const model = () => predictorOf(predictor).fit(input)
      return after(model, (fitted): FitAnswer => ({ type: 'fitted', model: fitted }))
    },
    propose: ({ model, input }) =>
      after(
        () => model.search(input),
        (proposals, ms) => ({ proposals, ms }),
      ),
    close: () => Promise.resolve(),
  }
}
