/** The median of numbers that come one after the other: two heaps that meet in the middle. O(log n) a number, plain data. */
import { pop, push } from './heap.ts'

export interface Median {
  count: number
  /** The lower half, its largest first. */
  readonly low: number[]
  /** The upper half, its smallest first; as many as `low`, or one fewer. */
  readonly high: number[]
}

export function openMedian(): Median {
  return { count: 0, low: [], high: [] }
}

export function insert(median: Median, value: number): void {
  median.count++
  push(median.low, value, isAbove)
  push(median.high, pop(median.low, isAbove) as number, isBelow)
  if (median.high.length > median.low.length) push(median.low, pop(median.high, isBelow) as number, isAbove)
}

/** The middle one, or the mean of the two in the middle; NaN of nothing. */
export function medianOf(median: Median): number {
  const low = median.low[0] ?? NaN
  return median.low.length > median.high.length ? low : (low + (median.high[0] ?? NaN)) / 2
}

function isAbove(a: number, b: number): boolean {
  return a > b
}

function isBelow(a: number, b: number): boolean {
  return a < b
}
