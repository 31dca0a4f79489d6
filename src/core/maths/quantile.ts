/**
 * The p-quantile of a sample in ascending order, linear between order statistics (numpy's default; Hyndman and Fan 1996, type 7). NaN for an empty
 * sample. Infinite members are allowed: between an infinite and a finite one lies the infinite one.
 */
export function sortedQuantile(sorted: readonly number[], p: number): number {
  if (sorted.length === 0) return NaN
  const place = (sorted.length - 1) * p
  const below = Math.floor(place)
  const a = sorted[below] as number
  const b = sorted[Math.min(below + 1, sorted.length - 1)] as number
  const part = place - below
  if (part === 0 || a === b) return a
  if (!Number.isFinite(a)) return a
  return Number.isFinite(b) ? a + (b - a) * part : b
}
