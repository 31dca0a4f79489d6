/**
 * Which trials a Parzen sampler takes for good ("below") and which for the rest ("above"), as Optuna 5 does: the best few of those with a known
 * loss; trials that violate a constraint rank behind all that do not, by their total violation; those that still run are above (a constant liar), so
 * that nobody proposes next to them again.
 *
 * Beyond Optuna: failed trials are above as well, and never lose weight with age. With several objectives (Ozaki, Tanigaki, Watanabe, Onishi 2020) the best are those of the
 * first fronts, and of the front that is cut those that dominate most together, chosen greedily.
 *
 * Cost: O(trials) for one objective.
 */
import { hypervolumeContributions } from '../../maths/hypervolume.ts'
import { rowOf } from '../../maths/matrix.ts'
import { crowdingDistances, nonDominatedRanks } from '../../maths/pareto.ts'
import type { History } from '../history.ts'
import { targetsOf } from '../targets.ts'

/** How many of n trials are below. */
export type Gamma = (n: number) => number

/** The names are Optuna's: its own rule, and Hyperopt's. */
export const gammas: { readonly default: Gamma; readonly hyperopt: Gamma } = {
  default: (n) => Math.min(Math.ceil(n / 10), 25),
  hyperopt: (n) => Math.min(Math.ceil(Math.sqrt(n) / 4), 25),
}

/** Rows of the history, ascending. */
export interface Split {
  readonly below: readonly number[]
  readonly above: readonly number[]
  readonly failed: ReadonlySet<number>
}

export interface SplitOptions {
  readonly gamma: Gamma
  readonly constantLiar: boolean
  /** Where the latest trials failed: what was good there is no example any more. */
  isBarred(place: Float64Array): boolean
}

export function split(history: History, { gamma, constantLiar, isBarred }: SplitOptions): Split {
  const objectives = history.losses.map((_, objective) => targetsOf(history, { objective }))
  const [first] = objectives
  if (!first) return { below: [], above: [], failed: new Set() }
  const known = first.known.filter((row) => objectives.every(({ y }) => Number.isFinite(y[row]!)))
  const violation = violations(history)
  const n = gamma(known.length)
  const losses = objectives.map(({ y }) => y)
  const choose = (rows: readonly number[]) =>
    losses.length > 1
      ? bestOfSeveral(rows, n, violation, losses)
      : best(rows, n, (a, b) => violation[a]! - violation[b]! || first.y[a]! - first.y[b]! || a - b)
  let order = choose(known)
  const barred = new Set<number>()
  for (let round = 0; round < roundsAtMost; round++) {
    const { size } = barred
    for (const row of order) if (isBarred(rowOf(history.places, row))) barred.add(row)
    if (barred.size === size) break
    order = choose(known.filter((row) => !barred.has(row)))
  }
  const below = new Set(order)
  const above = known.filter((row) => !below.has(row))
  if (constantLiar) {
    const isKnown = new Set(known)
    above.push(...first.pending.filter((row) => !isKnown.has(row)))
  }
  above.push(...first.failed)
  return { below: order.toSorted((a, b) => a - b), above: above.sort((a, b) => a - b), failed: new Set(first.failed) }
}

/** In each some of the best are found to be barred. */
const roundsAtMost = 5

/** By row: 0 = all constraints are met; what was never reported may be anything, and counts as infinitely violated. */
function violations({ violations, states }: History): Float64Array {
  const total = new Float64Array(states.length)
  for (const column of violations)
    for (const [row, violation] of column.entries())
      total[row]! += Number.isNaN(violation) ? Number.MAX_VALUE / 1e3 : Math.max(0, violation)
  return total
}

/** The first n of them in this order: each is put in its place among the best so far, which few reach. */
function best(rows: readonly number[], n: number, compare: (a: number, b: number) => number): number[] {
  if (n * 4 > rows.length) return rows.toSorted(compare).slice(0, n)
  const kept: number[] = []
  for (const row of rows) {
    if (kept.length === n && compare(row, kept[n - 1]!) >= 0) continue
    let place = Math.min(kept.length, n - 1)
    for (; place > 0 && compare(row, kept[place - 1]!) < 0; place--) kept[place] = kept[place - 1]!
    kept[place] = row
  }
  return kept
}

function bestOfSeveral(
  known: readonly number[],
  n: number,
  violation: Float64Array,
  losses: readonly Float64Array[],
): number[] {
  const feasible = known.filter((row) => violation[row] === 0)
  const vectors = feasible.map((row) => losses.map((loss) => loss[row]!))
  const ranks = nonDominatedRanks(vectors)
  const fronts: number[][] = []
  for (const [index, rank] of ranks.entries()) (fronts[rank] ??= []).push(index)
  const chosen: number[] = []
  for (const front of fronts) {
    const left = n - chosen.length
    if (left <= 0) break
    chosen.push(...(front.length <= left ? front : subset(front, vectors, left)))
  }
  const behind = known.filter((row) => violation[row] !== 0)
  const rest = best(behind, n - chosen.length, (a, b) => violation[a]! - violation[b]! || a - b)
  return [...chosen.map((index) => feasible[index]!), ...rest]
}

/** Exact volumes of larger fronts cost too much: of these the least crowded are taken. */
const volumesAtMost = 60

/** Those of a front that dominate most of the space below a reference somewhat behind the worst: the one that adds least is left out, again and again. */
function subset(front: readonly number[], losses: readonly (readonly number[])[], size: number): number[] {
  const own = front.map((index) => losses[index]!)
  if (front.length > volumesAtMost || own[0]!.length > 3) {
    const distances = crowdingDistances(
      own,
      front.map(() => 0),
    )
    const order = [...front.keys()].sort((a, b) =>
      distances[a] === distances[b] ? a - b : distances[a]! < distances[b]! ? 1 : -1,
    )
    return order.slice(0, size).map((place) => front[place]!)
  }
  const reference = own[0]!.map((_, objective) => {
    const worst = Math.max(...own.map((loss) => loss[objective]!))
    return Math.max(1.1 * worst, 0.9 * worst, worst + Number.MIN_VALUE)
  })
  const left = [...front.keys()]
  while (left.length > size) {
    const adds = hypervolumeContributions(
      left.map((place) => own[place]!),
      reference,
    )
    left.splice(adds.indexOf(Math.min(...adds)), 1)
  }
  return left.map((place) => front[place]!)
}
