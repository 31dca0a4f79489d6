/**
 * A study as plain data for other programs: the objects of `export --format json` and `trials --json`, and the table of `--format csv` and
 * `parquet`. Made trial by trial, so that a large study can be written as it is read. Numbers that JSON cannot hold are the words "NaN",
 * "Infinity" and "-Infinity", as in the log.
 */
import type { Json } from '../../trial.ts'
import type { StudyDefinition } from '../definition.ts'
import type { TrialRecord } from '../state.ts'
import type { Study } from '../study.ts'
import { lastValue } from './best.ts'
import { reasonText } from './reason-text.ts'
import { trialRow } from './trials.ts'

export interface ExportedStudy {
  readonly name: string
  readonly version: string
  readonly createdAt: number
  readonly definition: StudyDefinition
  readonly directory: string
  readonly metrics: readonly string[]
  readonly events: number
  readonly finished: Json
}

export function exportedStudy(study: Study): ExportedStudy {
  const { state } = study
  return {
    name: state.definition.name,
    version: state.version,
    createdAt: state.createdAt,
    definition: { ...state.definition, budget: state.budget, failures: state.failures },
    directory: state.directory,
    metrics: [...state.metrics],
    events: state.seq,
    finished: state.finished,
  }
}

/** One trial: `trials --json` prints it without reports. */
export function exportedTrial(
  study: Study,
  trial: TrialRecord,
  withReports: boolean,
): { readonly [field: string]: Json } {
  const row = trialRow(study, trial)
  const running = trial.live
    ? [{ attempt: trial.live.attempt, from: trial.live.from, epoch: trial.live.epoch, startedAt: trial.live.startedAt }]
    : []
  return {
    trial: row.trial,
    state: row.state,
    configuration: row.configuration,
    value: row.value,
    epoch: row.epoch,
    until: row.until,
    by: row.by,
    imported: row.imported,
    feasible: row.feasible,
    createdAt: row.createdAt,
    settledAt: row.settledAt,
    why: row.why ? { ...row.why, text: reasonText(study, row.why) } : null,
    ...(withReports ? { reports: reportsOf(study, trial) } : {}),
    attempts: [...(trial.attempts as unknown as Json[]), ...running],
  }
}

function reportsOf(study: Study, trial: TrialRecord): Json[] {
  const { metrics } = study.state
  return trial.epochs.map((epoch, index) => {
    const report: { [metric: string]: Json } = { epoch }
    for (const [column, metric] of metrics.entries()) {
      const value = trial.values[column]?.[index]
      if (value === undefined || (Number.isNaN(value) && !isNotANumber(trial, metric, epoch))) continue
      report[metric] = Number.isFinite(value) ? value : String(value)
    }
    return report
  })
}

/** In the state NaN also means that a report lacked the metric; an objective that was NaN is what the trial failed of. */
function isNotANumber(trial: TrialRecord, metric: string, epoch: number): boolean {
  const { why } = trial
  return why?.rule === 'non-finite' && why['metric'] === metric && why['epoch'] === epoch
}

export type Cell = number | string | boolean | null

export interface Table {
  readonly columns: readonly string[]
  rows(): Generator<readonly Cell[]>
}

const trialFields = ['trial', 'state', 'value', 'epoch', 'attempts', 'by', 'created_at', 'settled_at', 'why']

/** One row a trial (all, or those named): its state, its parameters, the last value of every metric. */
export function trialTable(study: Study, trials?: readonly number[]): Table {
  const { state, space } = study
  const parameters = space.names.map((name) => free(name, trialFields))
  const metrics = state.metrics.map((name) => free(name, [...trialFields, ...parameters]))
  const cellsOf = (trial: TrialRecord): Cell[] => {
    const row = trialRow(study, trial)
    const why = row.why ? reasonText(study, row.why) : null
    const { state: stands, value, epoch, attempts, by, createdAt, settledAt } = row
    const cells: Cell[] = [row.trial, stands, value, epoch, attempts, by, createdAt, settledAt, why]
    for (const name of space.names) cells.push(row.configuration[name] ?? null)
    for (const column of state.metrics.keys()) cells.push(lastValue(trial, column))
    return cells
  }
  return {
    columns: [...trialFields, ...parameters, ...metrics],
    *rows() {
      if (!trials) for (const trial of state.trials) yield cellsOf(trial)
      for (const number of trials ?? []) {
        const trial = state.trials[number]
        if (trial) yield cellsOf(trial)
      }
    },
  }
}

/** One row a report: trial, epoch, every metric; an empty cell where a report lacked one. */
export function reportTable(study: Study): Table {
  const { state } = study
  return {
    columns: ['trial', 'epoch', ...state.metrics.map((name) => free(name, ['trial', 'epoch']))],
    *rows() {
      for (const trial of state.trials) {
        for (const [index, epoch] of trial.epochs.entries()) {
          const cells: Cell[] = [trial.number, epoch]
          for (const [column, metric] of state.metrics.entries()) {
            const value = trial.values[column]?.[index] ?? NaN
            cells.push(Number.isNaN(value) && !isNotANumber(trial, metric, epoch) ? null : value)
          }
          yield cells
        }
      }
    },
  }
}

/** A column has one name: a parameter called `value` becomes `value_`. */
function free(name: string, taken: readonly string[]): string {
  return taken.includes(name) ? free(`${name}_`, taken) : name
}

/** What a table of curves is made of: per trial with reports its configuration and, by metric, the values at epochs 1, 2, ... */
export interface CurveTableRow {
  readonly trial: number
  readonly configuration: TrialRecord['configuration']
  readonly curves: { readonly [metric: string]: readonly (number | undefined)[] }
}

/**
 * The study's own curves, for `simulate` and `replay`. Only the metrics of the objectives, unless others are named: all metrics of a table
 * have as many epochs in each row. A report that lacks a metric leaves a hole; a failed trial's non-finite value stays what it was.
 */
export function curveTableRows(study: Study, metrics?: readonly string[]): CurveTableRow[] {
  const { state } = study
  const names = metrics ?? [...new Set(state.definition.objectives.map((objective) => objective.metric))]
  const columns = names.map((name) => state.metrics.indexOf(name))
  const rows: CurveTableRow[] = []
  for (const trial of state.trials) {
    if (trial.epochs.length === 0) continue
    const curves: { [metric: string]: (number | undefined)[] } = {}
    for (const [index, name] of names.entries()) {
      const values: (number | undefined)[] = Array.from({ length: trial.epoch }, () => undefined)
      const reported = trial.values[columns[index] ?? -1] ?? []
      for (const [place, epoch] of trial.epochs.entries()) {
        const value = reported[place]
        if (value === undefined) continue
        if (!Number.isNaN(value) || isNotANumber(trial, name, epoch)) values[epoch - 1] = value
      }
      curves[name] = values
    }
    rows.push({ trial: trial.number, configuration: trial.configuration, curves })
  }
  return rows
}
