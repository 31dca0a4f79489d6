/**
 * A study's own curves as a problem, for replaying it under another scheduler. A trial that was stopped or paused has a curve that ends early
 * although its program would have gone on: beyond that end nothing is known. Its last value is carried on there, and every epoch that was
 * carried on is told, so that a replay can say how much of its result rests on it.
 */
import type { Json, Metrics } from '../core/trial.ts'
import type { CurveTableRow } from '../core/study/views/export.ts'
import { curveTableRows } from '../core/study/views/export.ts'
import type { Study } from '../core/study/study.ts'
import type { CurveTable } from './curve-table.ts'
import { rowOf } from './problem.ts'
import type { Problem } from './problem.ts'

export interface RecordedProblem {
  readonly problem: Problem
  /** The study's trial of each row. */
  readonly trials: readonly number[]
  /** Rows that were trained beyond their record, with the furthest epoch asked for; filled while the problem is in use. */
  readonly carried: Map<number, number>
  /** Epochs of a row that are known. */
  known(row: number): number
}

interface Row extends CurveTableRow {
  /** Epochs that were recorded. */
  readonly known: number
  /** Epochs after which its program ends; a failed one reports NaN at the last. */
  readonly length: number
  readonly fails: boolean
}

export function recordedProblem(study: Study): RecordedProblem {
  const { definition, trials } = study.state
  const { max } = definition.epochs
  const metrics = [...new Set(definition.objectives.map((objective) => objective.metric))]
  const rows: Row[] = curveTableRows(study, metrics).map((row) => {
    const { state, epoch, why } = trials[row.trial] ?? { state: 'stopped', epoch: 0, why: null }
    const known = Math.min(epoch, max)
    const fails = state === 'failed' && why?.rule !== 'non-finite'
    const length = state === 'complete' ? known : state === 'failed' ? Math.min(max, known + (fails ? 1 : 0)) : max
    return { ...row, known, length, fails: fails && length > known }
  })
  const carried = new Map<number, number>()
  const rowFor = (note: Json | undefined): Row => {
    const row = rows[rowOf(note) ?? -1]
    if (!row) throw new Error('bug: a replayed trial has a row of its study')
    return row
  }
  const problem: Problem = {
    name: definition.name,
    space: definition.space,
    objectives: definition.objectives,
    epochs: max,
    length: (_, note) => rowFor(note).length,
    metrics: (_, note, epoch) => {
      const row = rowFor(note)
      if (row.fails && epoch > row.known) return Object.fromEntries(metrics.map((name) => [name, NaN]))
      const index = rowOf(note) as number
      if (epoch > row.known) carried.set(index, Math.max(epoch, carried.get(index) ?? 0))
      return valuesAt(row, metrics, Math.min(epoch, row.known))
    },
    best: null,
    table: tableOf(study, rows, metrics),
  }
  return { problem, trials: rows.map((row) => row.trial), carried, known: (row) => rows[row]?.known ?? 0 }
}

/** A curve that was reported every few epochs is a step function; before its first report it has the value of that. */
function valuesAt(row: Row, metrics: readonly string[], epoch: number): Metrics {
  const report: { [metric: string]: number } = {}
  for (const name of metrics) {
    const values = row.curves[name] ?? []
    let at = epoch - 1
    while (at >= 0 && values[at] === undefined) at--
    const value = values[at] ?? values.find((one) => one !== undefined)
    if (value !== undefined) report[name] = value
  }
  return report
}

/** What samplers over a table look at: its rows. */
function tableOf(study: Study, rows: readonly Row[], metrics: readonly string[]): CurveTable {
  const { definition } = study.state
  return {
    source: definition.name,
    parameters: study.space.names,
    rows: rows.map((row) => row.configuration),
    metrics,
    horizon: definition.epochs.max,
    curves: {},
    lengths: Int32Array.from(rows, (row) => row.length),
    seconds: null,
    space: definition.space,
  }
}
