/** Trajectories of several seeds as one band: the median and the quartiles of the best value at each place of an axis. */
import type { ContenderRuns } from './compare.ts'
import { quantile } from './paired.ts'

export interface Band {
  readonly label: string
  /** Ascending. A value holds from its place to the next one. */
  readonly x: readonly number[]
  readonly low: readonly number[]
  readonly median: readonly number[]
  readonly high: readonly number[]
}

/** More places than pixels would only make the picture large. */
const placesMax = 200

/** From the first place at which every seed has a value, to the end of the longest study. */
export function bandOf(runs: ContenderRuns, axis: 'epochs' | 'seconds'): Band {
  const steps = runs.trajectories.map(({ epochs, times, values }) => ({
    x: axis === 'epochs' ? epochs : times.map((time) => time / 1000),
    values,
  }))
  const end = Math.max(0, ...runs.results.map((result) => (axis === 'epochs' ? result.epochs : result.makespan)))
  const start = Math.max(0, ...steps.map(({ x }) => x[0] ?? Infinity))
  if (!Number.isFinite(start)) return { label: runs.label, x: [], low: [], median: [], high: [] }
  const x = thinned([...new Set([start, ...steps.flatMap((step) => step.x), end])].filter((place) => place >= start))
  const cursors = steps.map(() => 0)
  const columns = x.map((place) => {
    const values = steps.map((step, seed) => {
      let at = cursors[seed] as number
      while (at + 1 < step.x.length && (step.x[at + 1] as number) <= place) at++
      cursors[seed] = at
      return step.values[at] as number
    })
    return values.sort((a, b) => a - b)
  })
  const [low, median, high] = [0.25, 0.5, 0.75].map((part) => columns.map((sorted) => quantile(sorted, part)))
  return withoutRepeats({ label: runs.label, x, low: low ?? [], median: median ?? [], high: high ?? [] })
}

/** A place at which nothing changes says nothing, unless it is the last one. */
function withoutRepeats({ label, x, low, median, high }: Band): Band {
  const isTold = x.map((_, index) => {
    const isSame = [low, median, high].every((values) => values[index] === values[index - 1])
    return index === 0 || index === x.length - 1 || !isSame
  })
  const told = (values: readonly number[]) => values.filter((_, index) => isTold[index])
  return { label, x: told(x), low: told(low), median: told(median), high: told(high) }
}

function thinned(places: number[]): number[] {
  places.sort((a, b) => a - b)
  if (places.length <= placesMax) return places
  const step = (places.length - 1) / (placesMax - 1)
  return Array.from({ length: placesMax }, (_, index) => places[Math.round(index * step)] as number)
}
