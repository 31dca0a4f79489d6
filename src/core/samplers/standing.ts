/**
 * The order of trials for samplers that only rank: what fails comes last, what misses a constraint before it (the less the better), and what meets all
 * of them first, by loss or by non-dominated rank and crowding (constrained domination: Deb, Pratap, Agarwal, Meyarivan 2002).
 * Losses are those of full-length trainings: `targets.ts` lifts what was stopped early.
 */
import { paretoOrder } from '../maths/pareto.ts'
import { isSettledCode, stateCode, type History } from './history.ts'
import { targetsOf } from './targets.ts'

/** Whether a trial has said what it will say, or all that it may ever say: it failed, or ended or was paused with a report. */
export function isKnown({ states, epochs }: History, row: number): boolean {
  const state = states[row]!
  if (state === stateCode.failed) return true
  return (isSettledCode(state) || state === stateCode.paused) && epochs[row]! > 0
}

export interface Standing {
  /** These trials, best first; ties by number. */
  ordered(rows: readonly number[]): number[]
  /** The same, but by their standing among the latest trials of all: of a few trials with several objectives hardly any dominates another. */
  amongAll(rows: readonly number[]): number[]
  /** By how much a trial misses its constraints, all together; 0 = it meets them. */
  missed(row: number): number
  /** By objective, by row. +Infinity = failed. */
  readonly losses: readonly Float64Array[]
}

export function standingOf(history: History): Standing {
  const losses = history.losses.map((last, objective) => {
    const { y } = targetsOf(history, { objective })
    // No level that others can be compared at: the last word counts as it is.
    return y.map((value, row) => (Number.isNaN(value) ? last[row]! : value))
  })
  const missed = (row: number): number => {
    let sum = 0
    for (const violation of history.violations)
      sum += Number.isNaN(violation[row]!) ? Infinity : Math.max(0, violation[row]!)
    return sum
  }
  const ordered = (rows: readonly number[]): number[] => {
    const failed: number[] = []
    const missing: { readonly row: number; readonly by: number }[] = []
    const met: number[] = []
    for (const row of rows.toSorted((a, b) => a - b)) {
      const by = missed(row)
      if (history.states[row] === stateCode.failed) failed.push(row)
      else if (by > 0) missing.push({ row, by })
      else met.push(row)
    }
    missing.sort((a, b) => (a.by === b.by ? a.row - b.row : a.by - b.by))
    return [...byLosses(met, losses), ...missing.map(({ row }) => row), ...failed]
  }
  return {
    ordered,
    amongAll(rows) {
      if (losses.length === 1) return ordered(rows)
      const wanted = new Set(rows)
      const others = latestKnown(history, comparedAtMost).filter((row) => !wanted.has(row))
      return ordered([...rows, ...others]).filter((row) => wanted.has(row))
    },
    missed,
    losses,
  }
}

/** Sorting more by several objectives takes more than a few milliseconds. */
export const comparedAtMost = 300

/** The latest of the known trials, so many of them at most. */
export function latestKnown(history: History, atMost: number): number[] {
  const known: number[] = []
  for (let row = history.states.length - 1; row >= 0 && known.length < atMost; row--)
    if (isKnown(history, row)) known.push(row)
  return known
}

function byLosses(rows: readonly number[], losses: readonly Float64Array[]): number[] {
  const [first, ...others] = losses as [Float64Array, ...Float64Array[]]
  if (others.length > 0)
    return paretoOrder(rows.map((row) => losses.map((loss) => loss[row]!))).map((index) => rows[index]!)
  const known = (row: number): number => (Number.isNaN(first[row]!) ? Infinity : first[row]!)
  return rows.toSorted((a, b) => (known(a) === known(b) ? a - b : known(a) - known(b)))
}
