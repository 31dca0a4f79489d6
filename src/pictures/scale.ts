/** Axes of pictures: which stretch of the values to show, where to put the marks. Pure. */

export interface Range {
  readonly low: number
  readonly high: number
}

/**
 * From the least to the largest value; but where a few diverged ones would press all others flat, up to the 95th percentile (down to the 5th
 * if larger is better). Non-finite values count for nothing.
 */
export function shownRange(values: readonly number[], direction: 'minimize' | 'maximize' | null): Range {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b)
  const [first = 0] = sorted
  let low = first
  let high = sorted.at(-1) ?? 1
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0
  if (direction !== 'maximize' && high - low > 3 * (at(0.95) - low) && at(0.95) > low) high = at(0.95)
  else if (direction === 'maximize' && high - low > 3 * (high - at(0.05)) && at(0.05) < high) low = at(0.05)
  if (low === high) {
    const around = Math.abs(low) * 0.05 || 0.5
    return { low: low - around, high: high + around }
  }
  return { low, high }
}

/** About `count` round numbers within the range. */
export function ticks({ low, high }: Range, count: number): number[] {
  const rough = (high - low) / Math.max(1, count)
  const power = 10 ** Math.floor(Math.log10(rough))
  const share = rough / power
  // The nearest of 1, 2, 5 and 10 by ratio.
  const step = power * (share >= Math.sqrt(50) ? 10 : share >= Math.sqrt(10) ? 5 : share >= Math.SQRT2 ? 2 : 1)
  const marks: number[] = []
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-9; index++) {
    // Without the rounding 3 * 0.1 would be shown as 0.30000000000000004.
    marks.push(Number((index * step).toPrecision(12)))
  }
  return marks
}

/** From values to places on the picture, with the marks that the axis shows. */
export interface Scale {
  readonly marks: readonly number[]
  place(value: number): number
}

export function linearScale(range: Range, start: number, stop: number, count: number): Scale {
  const { low, high } = range
  return { marks: ticks(range, count), place: (value) => start + ((value - low) / (high - low)) * (stop - start) }
}

/** `low` is above 0; values below it are placed left of the start. */
export function logScale(range: Range, start: number, stop: number): Scale {
  const low = Math.log(range.low)
  const width = Math.log(range.high) - low
  return { marks: logTicks(range), place: (value) => start + ((Math.log(value) - low) / width) * (stop - start) }
}

/** Powers of ten; with 2 and 5 times each of them where these alone would be fewer than three. */
export function logTicks({ low, high }: Range): number[] {
  const first = Math.floor(Math.log10(low))
  const powers = Array.from({ length: Math.ceil(Math.log10(high)) - first + 1 }, (_, index) => first + index)
  const within = (factors: readonly number[]): number[] =>
    powers
      .flatMap((power) => factors.map((factor) => Number((factor * 10 ** power).toPrecision(12))))
      .filter((mark) => mark >= low && mark <= high)
  const sparse = within([1])
  return sparse.length < 3 ? within([1, 2, 5]) : sparse
}
