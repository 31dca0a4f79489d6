/** Equality of recorded data across machines: everything exactly, except that numbers which are not both whole may differ by a millionth. */

const margin = 1e-6

/** Below this a difference is rounding, whatever the numbers' size. */
const smallest = 1e-12

export function isWithinMargin(a: number, b: number): boolean {
  return Object.is(a, b) || Math.abs(a - b) <= Math.max(smallest, margin * Math.max(Math.abs(a), Math.abs(b)))
}

/** A member that is undefined is absent. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') {
    return a === b || Object.is(a, b) || (!(Number.isInteger(a) && Number.isInteger(b)) && isWithinMargin(a, b))
  }
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  const [one, other] = [a as { readonly [name: string]: unknown }, b as { readonly [name: string]: unknown }]
  for (const name of names) if (!sameJson(one[name], other[name])) return false
  return true
}
