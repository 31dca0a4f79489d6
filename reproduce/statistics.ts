/** What the document says of a list of numbers. */
import { quantile } from '../src/simulation/paired.ts'

export interface Spread {
  readonly count: number
  readonly mean: number
  /** Sample standard deviation; 0 of one. */
  readonly sd: number
  readonly min: number
  readonly median: number
  readonly max: number
}

export function spreadOf(values: readonly number[]): Spread {
  const count = values.length
  const sorted = values.toSorted((a, b) => a - b)
  const mean = sorted.reduce((sum, value) => sum + value / count, 0)
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return {
    count,
    mean,
    sd: count > 1 ? Math.sqrt(squares / (count - 1)) : 0,
    min: sorted[0] ?? NaN,
    median: quantile(sorted, 0.5),
    max: sorted[count - 1] ?? NaN,
  }
}

export function shareOf(values: readonly boolean[]): number {
  return values.filter(Boolean).length / values.length
}
