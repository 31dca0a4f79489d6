/**
 * PED-ANOVA: which parameters set the best trials apart (Watanabe, Bansal, Hutter 2023).
 *
 * A parameter's importance is the Pearson divergence between its density among the best trials (the target) and that among all that count (the region): how much
 * knowing its value tells of whether a trial is among the best. No model of the metric is fitted, only densities of one parameter at a time, so that it takes
 * milliseconds, and only the order of the losses matters.
 *
 * A parameter that exists only in some trials is looked at among those: its divergence there counts by their share of the target, squared, over
 * their share of the region (theorem 4.2 of conditional PED-ANOVA, Ito, Watanabe et al. 2026); that some trials are without it is the importance of the
 * parameter that it depends on. All of it is scaled by (target / region)^2, as Optuna does.
 *
 * Cost: O(rows x columns + columns x 50^2).
 *
 * Invariants
 * - Only the order of losses matters, and not the order of trials.
 * - A parameter with one value, or whose target and region have the same density, has 0.
 */
import type { Matrix } from '../maths/matrix.ts'
import { stream } from '../maths/stream.ts'
import type { Space } from '../space/space.ts'
import { densityOf, gridOf, type Grid } from './grid-density.ts'

export interface PedAnovaParts {
  /** 1 = among the best; all of them are in the region. */
  readonly target: Uint8Array
  /** 1 = counts at all. */
  readonly region: Uint8Array
  /** True: the target is held against the trials of the region. False: against the space, each value as likely as the axis has it. */
  readonly evaluateOnLocal: boolean
}

/** Trials of the region that must have a parameter. */
const rowsAtLeast = 2
/** Keeps divergences finite. */
const floor = 1e-12

/** Divergences in the order of the axes; `places` are rows of the unit cube, NaN where a parameter is absent. */
export function pedAnova(space: Space, places: Matrix, parts: PedAnovaParts): number[] {
  return importances(columnsOf(space, places), parts)
}

/** What each would get if chance had picked the target: the mean over draws. Whatever is not far above that tells nothing. */
export function pedAnovaByChance(
  space: Space,
  places: Matrix,
  parts: PedAnovaParts,
  draws: { readonly count: number; readonly seed: number },
): number[] {
  const columns = columnsOf(space, places)
  const rows = [...parts.region.keys()].filter((row) => parts.region[row] === 1)
  const size = parts.target.reduce((sum, is) => sum + is, 0)
  const sums = columns.map(() => 0)
  for (let draw = 0; draw < draws.count; draw++) {
    const target = new Uint8Array(places.rows)
    const order = stream(draws.seed, 'importance by chance', draw).permutation(rows.length)
    for (const place of order.slice(0, size)) target[rows[place]!] = 1
    for (const [axis, value] of importances(columns, { ...parts, target }).entries()) sums[axis]! += value
  }
  return sums.map((sum) => sum / draws.count)
}

interface Column {
  readonly grid: Grid
  /** The grid's place of each row; -1 = absent. */
  readonly at: Int16Array
}

function columnsOf(space: Space, { rows, columns, values }: Matrix): Column[] {
  return space.axes.map(({ parameter }, axis) => {
    const grid = gridOf(parameter)
    const at = new Int16Array(rows)
    for (let row = 0; row < rows; row++) {
      const unit = values[row * columns + axis]!
      at[row] = Number.isNaN(unit) ? -1 : grid.placeOf(unit)
    }
    return { grid, at }
  })
}

function importances(columns: readonly Column[], { target, region, evaluateOnLocal }: PedAnovaParts): number[] {
  const targetSize = target.reduce((sum, is) => sum + is, 0)
  const regionSize = region.reduce((sum, is) => sum + is, 0)
  return columns.map(({ grid, at }) => {
    if (grid.places < 2) return 0
    const inTarget = new Float64Array(grid.places)
    const inRegion = new Float64Array(grid.places)
    let targetHave = 0
    let regionHave = 0
    for (let row = 0; row < at.length; row++) {
      const place = at[row]!
      if (place < 0 || region[row] === 0) continue
      inRegion[place]!++
      regionHave++
      if (target[row] === 0) continue
      inTarget[place]!++
      targetHave++
    }
    if (regionHave < rowsAtLeast || targetHave === 0) return 0
    const regime = (targetHave / targetSize) ** 2 / (regionHave / regionSize)
    const best = densityOf(inTarget, grid.ordered)
    const all = evaluateOnLocal ? densityOf(inRegion, grid.ordered) : null
    return (targetSize / regionSize) ** 2 * regime * divergence(best, all)
  })
}

/** Pearson's, of the best from all; all = null means evenly spread. */
function divergence(best: Float64Array, all: Float64Array | null): number {
  let sum = 0
  for (let place = 0; place < best.length; place++) {
    const among = all ? all[place]! + floor : 1 / best.length
    sum += among * ((best[place]! + floor) / among - 1) ** 2
  }
  return sum
}
