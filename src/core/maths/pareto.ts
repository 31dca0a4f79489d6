/**
 * Order among losses with several objectives, all minimised: non-dominated ranks and crowding distance.
 *
 * Ranks and crowding are those of NSGA-II (Deb, Pratap, Agarwal, Meyarivan 2002). We find the ranks by efficient non-dominated sorting
 * (Zhang, Tian, Cheng, Jin 2015): in lexicographic order nobody is dominated by a later one, so each joins the first front, found by bisection,
 * that does not dominate it. With two objectives a front is known by its last member alone.
 *
 * Cost: O(n log n) for one or two objectives, O(n^2) comparisons at worst for more.
 *
 * Invariants
 * - Rank 0 is dominated by nobody; rank r > 0 is dominated by somebody of rank r - 1 and by nobody of rank r or above.
 * - Equal losses share a rank. NaN counts as +Infinity.
 */

/** True if `a` is nowhere worse than `b` and somewhere better. */
export function dominates(a: readonly number[], b: readonly number[]): boolean {
  let isBetter = false
  for (const [objective, loss] of a.entries()) {
    const mine = known(loss)
    const other = known(b[objective]!)
    if (mine > other) return false
    if (mine < other) isBetter = true
  }
  return isBetter
}

/** The front of each: 0 = dominated by nobody. */
export function nonDominatedRanks(losses: readonly (readonly number[])[]): number[] {
  const ranks = Array.from(losses, () => 0)
  const order = [...losses.keys()].sort((a, b) => lexicographic(losses[a]!, losses[b]!))
  const fronts: number[][] = []
  let before: number | undefined
  for (const index of order) {
    if (before !== undefined && lexicographic(losses[before]!, losses[index]!) === 0) {
      ranks[index] = ranks[before]!
    } else {
      const rank = firstFrontThatAdmits(losses, fronts, losses[index]!)
      ranks[index] = rank
      if (fronts[rank]) fronts[rank].push(index)
      else fronts.push([index])
    }
    before = index
  }
  return ranks
}

function firstFrontThatAdmits(
  losses: readonly (readonly number[])[],
  fronts: readonly (readonly number[])[],
  loss: readonly number[],
): number {
  let low = 0
  let high = fronts.length
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (isDominatedByFront(losses, fronts[middle]!, loss)) low = middle + 1
    else high = middle
  }
  return low
}

/** `front` in lexicographic order, all of it before `loss`. The latest members are the likeliest to dominate. */
function isDominatedByFront(
  losses: readonly (readonly number[])[],
  front: readonly number[],
  loss: readonly number[],
): boolean {
  // With two objectives the last member of a front has the least second loss: if it does not dominate, nobody there does.
  const first = loss.length <= 2 ? front.length - 1 : 0
  for (let place = front.length - 1; place >= first; place--) if (dominates(losses[front[place]!]!, loss)) return true
  return false
}

/**
 * How alone each is within its front: the sum over objectives of the gap between its two neighbours, in parts of the front's range. The ends
 * of a front are infinitely alone. An objective that is the same all over a front counts nothing; equal values stand in order of index.
 */
export function crowdingDistances(losses: readonly (readonly number[])[], ranks: readonly number[]): number[] {
  const distances = Array.from(losses, () => 0)
  const objectives = losses[0]?.length ?? 0
  for (const front of Map.groupBy(losses.keys(), (index) => ranks[index]!).values()) {
    for (let objective = 0; objective < objectives; objective++) {
      const loss = (index: number) => known(losses[index]![objective]!)
      const order = front.toSorted((a, b) => compare(loss(a), loss(b)) || a - b)
      const least = loss(order[0]!)
      const range = loss(order.at(-1)!) - least
      if (least === loss(order.at(-1)!)) continue
      for (const [place, index] of order.entries()) {
        const before = order[place - 1]
        const after = order[place + 1]
        if (before === undefined || after === undefined) distances[index] = Infinity
        else distances[index]! += share(loss(before), loss(after), range)
      }
    }
  }
  return distances
}

/** Between two infinities there is no distance that means anything: 0. */
function share(from: number, to: number, range: number): number {
  const share = (to - from) / range
  return Number.isNaN(share) ? 0 : share
}

/** Indices, best first: by rank, then the less crowded, then the earlier. */
export function paretoOrder(losses: readonly (readonly number[])[]): number[] {
  const ranks = nonDominatedRanks(losses)
  const distances = crowdingDistances(losses, ranks)
  return [...losses.keys()].sort((a, b) => ranks[a]! - ranks[b]! || compare(distances[b]!, distances[a]!) || a - b)
}

function lexicographic(a: readonly number[], b: readonly number[]): number {
  for (const [objective, loss] of a.entries()) {
    const order = compare(known(loss), known(b[objective]!))
    if (order !== 0) return order
  }
  return 0
}

/** A plain difference would be NaN between two infinities. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function known(loss: number): number {
  return Number.isNaN(loss) ? Infinity : loss
}
