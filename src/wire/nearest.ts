import { nearestName } from '../core/space/nearest-name.ts'

/**
 * The name that was probably meant: the one with the fewest letters changed; else one that the text abbreviates or inflects
 * (`max` for `maximize`, `promote` for `promotion`, `least` for `atLeast`).
 */
export function nearest(written: string, known: readonly string[]): string | undefined {
  // Any two single letters are one change apart; only the case can be a mistake there.
  if (written.length < 2) return known.find((name) => name.toLowerCase() === written.toLowerCase())
  return nearestName(written, known) ?? known.find((name) => isAkin(written.toLowerCase(), name.toLowerCase()))
}

function isAkin(a: string, b: string): boolean {
  const [shorter, longer] = a.length <= b.length ? [a, b] : [b, a]
  if (shorter.length >= 3 && longer.startsWith(shorter)) return true
  if (shorter.length >= 4 && longer.endsWith(shorter)) return true
  let same = 0
  while (same < shorter.length && shorter[same] === longer[same]) same++
  return same >= 4 && same * 2 >= longer.length
}
