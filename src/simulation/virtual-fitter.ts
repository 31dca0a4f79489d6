/** Fits in virtual time: done in place, so that simulated decisions are deterministic, and answered after their stated or measured cost. */
import { predictorOf } from '../core/study/fit-input.ts'
import type { FitAnswer, Fitter } from '../ports.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** `seconds`: what a fit costs, or `measured`: the CPU time that it takes here. `fails`: whether this fit, counted from 1, cannot be had. */
export function virtualFitter(
  clock: VirtualClock,
  seconds: number | 'measured',
  fails: (fit: number) => boolean = () => false,
): Fitter {
  return {
    fit({ fit, predictor, input }) {
      const before = process.threadCpuUsage()
      const answer: FitAnswer = fails(fit)
        ? { type: 'failed', why: { rule: 'fit-fault' } }
        : { type: 'fitted', model: predictorOf(predictor).fit(input) }
      const { user, system } = process.threadCpuUsage(before)
      const ms = seconds === 'measured' ? (user + system) / 1000 : 1000 * seconds
      const { promise, resolve } = Promise.withResolvers<FitAnswer>()
      clock.after(ms, () => resolve(answer))
      return promise
    },
    close: () => Promise.resolve(),
  }
}
