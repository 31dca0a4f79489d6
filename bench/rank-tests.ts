/**
 * Whether one method's values tend to be larger than another's: Wilcoxon's signed-rank test for pairs and his rank-sum test (Mann and Whitney) for
 * two groups, both one-sided and exact. Ties share their mean rank, and the distribution is the one over all signs or groupings of
 * those very ranks, so that ties need no correction; pairs without a difference are left out.
 */

/** The chance of ranks as high as these, or higher, for the positive differences, were either sign equally likely. 1 = no pair differs. */
export function signedRankP(differences: readonly number[]): number {
  const differing = differences.filter((difference) => difference !== 0)
  const ranks = twiceRanks(differing.map(Math.abs))
  let observed = 0
  for (const [index, rank] of ranks.entries()) if (differing[index]! > 0) observed += rank
  let chances = new Float64Array([1])
  for (const rank of ranks) {
    const next = new Float64Array(chances.length + rank)
    for (const [sum, chance] of chances.entries()) {
      next[sum]! += chance / 2
      next[sum + rank]! += chance / 2
    }
    chances = next
  }
  return upperTail(chances, observed)
}

/** The chance of ranks as high as these, or higher, for the first group, were all groupings equally likely. */
export function rankSumP(first: readonly number[], second: readonly number[]): number {
  const ranks = twiceRanks([...first, ...second])
  const observed = ranks.slice(0, first.length).reduce((sum, rank) => sum + rank, 0)
  const highest = ranks.reduce((sum, rank) => sum + rank, 0)
  const ways = Array.from({ length: first.length + 1 }, () => new Float64Array(highest + 1))
  ways[0]![0] = 1
  for (const rank of ranks)
    for (let members = first.length; members > 0; members--)
      for (let sum = highest; sum >= rank; sum--) ways[members]![sum]! += ways[members - 1]![sum - rank]!
  const groupings = ways[first.length]!
  const all = groupings.reduce((sum, count) => sum + count, 0)
  return upperTail(groupings, observed) / all
}

/** Holm's adjustment: a family of tests, each at the level of the adjusted chance, errs with at most that chance in any of them. */
export function holm(chances: readonly number[]): number[] {
  const order = chances.map((_, index) => index).sort((a, b) => chances[a]! - chances[b]!)
  const adjusted: number[] = []
  let highest = 0
  for (const [place, index] of order.entries()) {
    highest = Math.max(highest, Math.min(1, (chances.length - place) * chances[index]!))
    adjusted[index] = highest
  }
  return adjusted
}

/** Mean ranks from 1, doubled: whole numbers. */
function twiceRanks(values: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b)
  return values.map((value) => sorted.indexOf(value) + 1 + sorted.lastIndexOf(value) + 1)
}

function upperTail(distribution: Float64Array, from: number): number {
  return distribution.subarray(from).reduce((sum, weight) => sum + weight, 0)
}
