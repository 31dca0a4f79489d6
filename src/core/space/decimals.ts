/** Numbers as people write them: 0.05 * 3 is 0.15, not 0.15000000000000002. */

/** Digits after the point in the shortest decimal that reads back to the same double. */
export function decimals(number: number): number {
  const [digits = '', exponent = '0'] = String(number).split('e')
  const point = digits.indexOf('.')
  const written = point < 0 ? 0 : digits.length - point - 1
  return Math.max(0, written - Number(exponent))
}

/** The power of ten of the first digit: 2 for 345. */
export function magnitude(number: number): number {
  return Number(number.toExponential().split('e')[1])
}

/** The double nearest to `number` among those with so many digits after the point. Never -0. */
export function roundTo(number: number, places: number): number {
  const factor = powersOfTen[places]
  const scaled = factor === undefined ? Infinity : number * factor
  // A whole number below 2^53 divided by an exact power of ten is the correctly rounded decimal.
  if (factor !== undefined && Math.abs(scaled) < 2 ** 53) return Math.round(scaled) / factor + 0
  return Number(number.toFixed(Math.min(Math.max(places, 0), 100))) + 0
}

/** All powers of ten that are exact doubles. */
const powersOfTen: readonly number[] = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`))
