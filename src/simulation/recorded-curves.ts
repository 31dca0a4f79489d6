/**
 * Learning curves that were recorded, as predictors learn from them: of a table, or of a study. Losses throughout: a metric that is maximised
 * comes negated.
 */
import { filledStart, isKnown } from '../core/predictors/curve.ts'
import type { CurveSet } from '../core/predictors/evaluate.ts'
import type { SpaceDefinition } from '../core/space/definition.ts'
import { encode, key, space as spaceOf } from '../core/space/space.ts'
import type { Space } from '../core/space/space.ts'
import { curveTableRows } from '../core/study/views/export.ts'
import type { Study } from '../core/study/study.ts'
import type { Configuration, Direction } from '../core/trial.ts'
import type { CurveTable } from './curve-table.ts'
import { curvesWithoutMetric } from './errors.ts'
import { worstOf } from './table-problem.ts'

export interface RecordedCurves {
  /** The file, or the study. */
  readonly source: string
  readonly metric: string
  readonly direction: Direction
  readonly resource: string
  /** The last epoch that a curve may have. */
  readonly epochs: number
  readonly space: SpaceDefinition
  readonly rows: readonly RecordedCurve[]
}

export interface RecordedCurve {
  /** Of the row, or of the trial. */
  readonly number: number
  readonly configuration: Configuration
  /** The loss after epoch e is `[e - 1]`; as long as it was trained. May hold NaN and infinities. */
  readonly losses: readonly number[]
}

export interface TableChoice {
  /** Needed if the table has several. */
  readonly metric?: string
  readonly direction: Direction
  readonly resource?: string
  /** `worst`: what is not finite is the worst finite value of the table. Default `failed`: it stays what it is. */
  readonly nonFinite?: 'failed' | 'worst'
}

export function curvesOfTable(table: CurveTable, choice: TableChoice): RecordedCurves {
  const { direction, resource = 'epochs' } = choice
  const metric = choice.metric ?? (table.metrics.length === 1 ? table.metrics[0] : undefined)
  const values = metric === undefined ? undefined : table.curves[metric]
  if (metric === undefined || values === undefined) throw curvesWithoutMetric(table.source, metric, table.metrics)
  const sign = direction === 'maximize' ? -1 : 1
  const worst = choice.nonFinite === 'worst' ? worstOf(values, direction) : null
  const rows = table.rows.map((configuration, number): RecordedCurve => {
    const start = number * table.horizon
    const reported = Array.from(values.subarray(start, start + (table.lengths[number] ?? 0)))
    const losses = reported.map((value) => sign * (worst !== null && !Number.isFinite(value) ? worst : value))
    return { number, configuration, losses }
  })
  return { source: table.source, metric, direction, resource, epochs: table.horizon, space: table.space, rows }
}

/** Of the first objective, unless another metric of the study is named. An epoch without a report has the value of the report before it. */
export function curvesOfStudy(
  study: Study,
  choice: { readonly metric?: string; readonly direction?: Direction } = {},
): RecordedCurves {
  const { definition, metrics } = study.state
  const objective = definition.objectives.find((one) => choice.metric === undefined || one.metric === choice.metric)
  const metric = choice.metric ?? objective?.metric ?? ''
  if (objective === undefined && !metrics.includes(metric)) throw curvesWithoutMetric(definition.name, metric, metrics)
  const direction = objective?.direction ?? choice.direction ?? 'minimize'
  const sign = direction === 'maximize' ? -1 : 1
  const rows = curveTableRows(study, [metric]).map(({ trial, configuration, curves }): RecordedCurve => {
    const values = (curves[metric] ?? []).slice(0, definition.epochs.max)
    let last = values.find((value) => value !== undefined) ?? NaN
    return { number: trial, configuration, losses: values.map((value) => sign * (last = value ?? last)) }
  })
  const { max: epochs, resource } = definition.epochs
  return { source: definition.name, metric, direction, resource, epochs, space: definition.space, rows }
}

/** Those whose loss at this epoch is known, in their order. */
export function completeCurves({ rows }: RecordedCurves, epochs: number): RecordedCurve[] {
  return rows.filter(({ losses }) => losses.length >= epochs && isKnown(losses[epochs - 1]))
}

/** Exactly so long and finite: gaps repeat the value before them. */
export function wholeCurve({ losses }: RecordedCurve, epochs: number): number[] {
  return filledStart(losses, epochs) ?? []
}

/** `groups`: equal configurations stay together. */
export function curveSet(recorded: RecordedCurves, groups: boolean): CurveSet {
  const space = spaceOf(recorded.space)
  const numbers = new Map<string, number>()
  const numberOf = (configuration: Configuration): number => {
    const its = key(space, configuration)
    const number = numbers.get(its) ?? numbers.size
    numbers.set(its, number)
    return number
  }
  return {
    curves: recorded.rows.map(({ losses }) => losses),
    hyperparameters: recorded.rows.map(({ configuration }) => Array.from(encode(space, configuration))),
    groups: groups ? recorded.rows.map(({ configuration }) => numberOf(configuration)) : null,
  }
}

/** As in the space of another study: NaN where a parameter does not exist, or has a value that this space does not have. */
export function encodedIn(space: Space, configuration: Configuration): number[] {
  const known = space.axes.filter(({ name, parameter }) => {
    const value = configuration[name]
    return value !== undefined && parameter.contains(value)
  })
  return Array.from(encode(space, Object.fromEntries(known.map(({ name }) => [name, configuration[name]!]))))
}
