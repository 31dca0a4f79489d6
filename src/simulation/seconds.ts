/** How long an epoch takes in virtual time: the same for all, a factor drawn for each trial, or a column of the table. */
import { stream } from '../core/maths/stream.ts'
import { secondsInvalid } from './errors.ts'

export type SecondsPerEpoch =
  | { readonly type: 'fixed'; readonly seconds: number }
  /** exp(sigma z - sigma^2 / 2): a factor of mean 1 for each trial, the same in all its epochs and for all schedulers. */
  | { readonly type: 'lognormal'; readonly sigma: number }
  /** Evenly between the two, drawn for each trial. */
  | { readonly type: 'uniform'; readonly low: number; readonly high: number }
  | { readonly type: 'rows'; readonly seconds: Float64Array }

export function parseSeconds(text: string): SecondsPerEpoch {
  const [, sigmaText] = /^lognormal:(.+)$/.exec(text.trim()) ?? []
  const value = Number(sigmaText ?? text)
  const isNumber = (sigmaText ?? text).trim() !== '' && Number.isFinite(value)
  if (sigmaText !== undefined && isNumber && value >= 0 && value <= 3) return { type: 'lognormal', sigma: value }
  if (sigmaText === undefined && isNumber && value > 0) return { type: 'fixed', seconds: value }
  const [, low, high] = /^uniform:([^:]+):([^:]+)$/.exec(text.trim()) ?? []
  if (Number(low) > 0 && Number(high) >= Number(low) && Number.isFinite(Number(high)))
    return { type: 'uniform', low: Number(low), high: Number(high) }
  throw secondsInvalid(text)
}

/** `row` is the table's row, or the trial's number where there is no table. */
export function secondsOfRow(spec: SecondsPerEpoch, seed: number, row: number): number {
  switch (spec.type) {
    case 'fixed':
      return spec.seconds
    case 'lognormal':
      return Math.exp(spec.sigma * stream(seed, 'seconds', row).normal() - (spec.sigma * spec.sigma) / 2)
    case 'uniform':
      return spec.low + (spec.high - spec.low) * stream(seed, 'seconds', row).uniform()
    case 'rows':
      return spec.seconds[row] ?? 1
  }
}
