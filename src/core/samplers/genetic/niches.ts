/**
 * The survivors of NSGA-III (K. Deb, H. Jain 2014): by non-dominated rank, and of the front that only fits in part those whose direction has fewest survivors.
 *
 * Losses are set to zero at their ideal and divided by the intercepts of the plane through the extreme ones; each trial belongs to the reference direction
 * that is nearest to it. Where the original draws among equals we take the nearest to the direction, then the earliest trial, so that nothing is left to chance.
 */
import { nonDominatedRanks } from '../../maths/pareto.ts'
import type { Standing } from '../standing.ts'

type Loss = readonly number[]

/** So many of `rows`, best first; what misses a constraint only fills the places that are left. */
export function nichedSurvivors(
  standing: Standing,
  rows: readonly number[],
  count: number,
  directions: readonly Loss[],
): number[] {
  const met = rows.filter((row) => standing.missed(row) === 0).toSorted((a, b) => a - b)
  const losses = met.map((row) => standing.losses.map((loss) => loss[row]!))
  const chosen = niched(losses, Math.min(count, met.length), directions).map((index) => met[index]!)
  if (chosen.length === count) return chosen
  const isMet = new Set(met)
  return [...chosen, ...standing.ordered(rows.filter((row) => !isMet.has(row))).slice(0, count - chosen.length)]
}

/** Indices of `count` losses, by rank. */
export function niched(losses: readonly Loss[], count: number, directions: readonly Loss[]): number[] {
  const ranks = nonDominatedRanks(losses)
  const byRank = [...losses.keys()].sort((a, b) => ranks[a]! - ranks[b]! || a - b)
  if (count >= losses.length) return byRank
  const last = ranks[byRank[count]!]!
  const sure = byRank.filter((index) => ranks[index]! < last)
  const considered = byRank.filter((index) => ranks[index]! <= last)
  const places = normalised(considered.map((index) => losses[index]!))
  const niches = new Map(considered.map((index, at) => [index, nearest(places[at]!, directions)]))
  const taken = directions.map(() => 0)
  for (const index of sure) taken[niches.get(index)!.direction]!++
  const waiting = considered
    .filter((index) => ranks[index] === last)
    .toSorted((a, b) => niches.get(a)!.distance - niches.get(b)!.distance || a - b)
  const chosen = [...sure]
  while (chosen.length < count) {
    let next = 0
    for (let place = 1; place < waiting.length; place++)
      if (taken[niches.get(waiting[place]!)!.direction]! < taken[niches.get(waiting[next]!)!.direction]!) next = place
    const [index] = waiting.splice(next, 1) as [number]
    taken[niches.get(index)!.direction]!++
    chosen.push(index)
  }
  return chosen
}

function nearest(place: Loss, directions: readonly Loss[]): { readonly direction: number; readonly distance: number } {
  let best = { direction: 0, distance: Infinity }
  const squared = product(place, place)
  for (const [direction, vector] of directions.entries()) {
    const along = product(place, vector) ** 2 / product(vector, vector)
    const distance = Math.max(0, squared - along)
    if (distance < best.distance) best = { direction, distance }
  }
  return best
}

/** Between 0 at the ideal and about 1 at the extremes. What is not finite is as bad as the worst that is. */
function normalised(losses: readonly Loss[]): Loss[] {
  const objectives = losses[0]!.length
  const bounds = Array.from({ length: objectives }, (_, objective) => {
    const finite = losses.map((loss) => loss[objective]!).filter(Number.isFinite)
    return finite.length === 0 ? { least: 0, most: 0 } : { least: Math.min(...finite), most: Math.max(...finite) }
  })
  const shifted = losses.map((loss) =>
    loss.map((value, objective) => {
      const { least, most } = bounds[objective]!
      return Number.isNaN(value) ? most - least : Math.min(Math.max(value, least), most) - least
    }),
  )
  const intercepts = interceptsOf(shifted) ?? bounds.map(({ least, most }) => most - least)
  return shifted.map((loss) =>
    loss.map((value, objective) => (intercepts[objective]! > 0 ? value / intercepts[objective]! : 0)),
  )
}

/** Where the plane through the extreme losses meets the axes; null if it does not meet all of them beyond 0. */
function interceptsOf(shifted: readonly Loss[]): number[] | null {
  const objectives = shifted[0]!.length
  const extremes = Array.from({ length: objectives }, (_, axis) => {
    const achievement = (loss: Loss) =>
      Math.max(...loss.map((value, objective) => (objective === axis ? value : value * offAxis)))
    return shifted.reduce((best, loss) => (achievement(loss) < achievement(best) ? loss : best))
  })
  const weights = solved(extremes)
  if (!weights) return null
  const intercepts = weights.map((weight) => 1 / weight)
  return intercepts.every((intercept) => intercept > 1e-12 && Number.isFinite(intercept)) ? intercepts : null
}

const offAxis = 1e6

/** x with rows x = (1, ..., 1), by elimination with pivots; null if there is no single one. */
function solved(rows: readonly Loss[]): number[] | null {
  const size = rows.length
  const system = rows.map((row) => [...row, 1])
  for (let column = 0; column < size; column++) {
    let pivot = column
    for (let row = column + 1; row < size; row++)
      if (Math.abs(system[row]![column]!) > Math.abs(system[pivot]![column]!)) pivot = row
    const [kept, other] = [system[column]!, system[pivot]!]
    system[column] = other
    system[pivot] = kept
    if (Math.abs(other[column]!) < 1e-12) return null
    for (let row = 0; row < size; row++) {
      if (row === column) continue
      const factor = system[row]![column]! / other[column]!
      for (let at = column; at <= size; at++) system[row]![at]! -= factor * other[at]!
    }
  }
  return system.map((row, index) => row[size]! / row[index]!)
}

function product(a: Loss, b: Loss): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0)
}
