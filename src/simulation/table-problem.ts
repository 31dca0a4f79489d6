/** A table of recorded curves as a problem: trial n trains by reading its row on. */
import { assert } from '../core/trial.ts'
import type { Configuration, Direction, Json, Metrics } from '../core/trial.ts'
import { space } from '../core/space/space.ts'
import type { CurveTable } from './curve-table.ts'
import { curvesTooShort, curvesWithoutMetric } from './errors.ts'
import { rowOf } from './problem.ts'
import type { Problem } from './problem.ts'
import { rowFinder } from './table-rows.ts'

export interface TableProblemOptions {
  /** Which metric is the objective; needed if the table has several. */
  readonly metric?: string
  readonly direction: Direction
  /** Default: the table's horizon. */
  readonly maxEpochs?: number
  /** What a non-finite value of the objective is: the trial's failure, or the worst finite value of the table. Default `failed`. */
  readonly nonFinite?: 'failed' | 'worst'
}

export function tableProblem(table: CurveTable, options: TableProblemOptions): Problem {
  const metric = options.metric ?? (table.metrics.length === 1 ? table.metrics[0] : undefined)
  if (metric === undefined || !table.metrics.includes(metric)) {
    throw curvesWithoutMetric(table.source, metric, table.metrics)
  }
  const { direction, maxEpochs = table.horizon } = options
  if (maxEpochs > table.horizon) throw curvesTooShort(table.source, maxEpochs, table.horizon)
  const curves = options.nonFinite === 'worst' ? withWorst(table, metric, direction) : table.curves
  const findRow = rowFinder(space(table.space), table.rows)
  const rowFor = (configuration: Configuration, note: Json | undefined): number => rowOf(note) ?? findRow(configuration)
  return {
    name: table.source,
    space: table.space,
    objectives: [{ metric, direction, value: 'last' }],
    epochs: maxEpochs,
    length: (configuration, note) => table.lengths[rowFor(configuration, note)] as number,
    metrics: metricsReader(table, curves, rowFor),
    best: bestAt(table, curves[metric] as Float64Array, direction, maxEpochs),
    table,
  }
}

function metricsReader(
  table: CurveTable,
  curves: CurveTable['curves'],
  rowFor: (configuration: Configuration, note: Json | undefined) => number,
): Problem['metrics'] {
  const { horizon, metrics } = table
  const columns = metrics.map((name) => ({ name, values: curves[name] as Float64Array }))
  return (configuration, note, epoch) => {
    const row = rowFor(configuration, note)
    assert(epoch >= 1 && epoch <= (table.lengths[row] ?? 0), `row ${row} has an epoch ${epoch}`)
    const report: { [metric: string]: number } = {}
    for (const { name, values } of columns) report[name] = values[row * horizon + epoch - 1] as number
    return report satisfies Metrics
  }
}

function withWorst(table: CurveTable, metric: string, direction: Direction): CurveTable['curves'] {
  const values = table.curves[metric] as Float64Array
  const worst = worstOf(values, direction)
  return { ...table.curves, [metric]: values.map((value) => (Number.isFinite(value) ? value : worst)) }
}

/** The worst finite value; 0 where there is none. */
export function worstOf(values: Float64Array, direction: Direction): number {
  const finite = values.filter((value) => Number.isFinite(value))
  return finite.reduce((a, b) => (direction === 'minimize' ? Math.max(a, b) : Math.min(a, b)), finite[0] ?? 0)
}

function bestAt(table: CurveTable, values: Float64Array, direction: Direction, epoch: number): number | null {
  let best: number | null = null
  for (let row = 0; row < table.rows.length; row++) {
    if ((table.lengths[row] as number) < epoch) continue
    const value = values[row * table.horizon + epoch - 1] as number
    if (!Number.isFinite(value)) continue
    if (best === null || (direction === 'minimize' ? value < best : value > best)) best = value
  }
  return best
}
