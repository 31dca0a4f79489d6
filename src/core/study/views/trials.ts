/**
 * The table of trials: one row a trial, filtered by conditions such as `lr<0.01` or `state=failed`, sorted by keys such as `-value`.
 * Names are the row's own fields first, then parameters, then metrics (their last value). Cost: one pass, and a sort if asked for.
 */
import type { Configuration, Reason, TrialState } from '../../trial.ts'
import type { TrialRecord } from '../state.ts'
import type { Study } from '../study.ts'
import { lastValue, meetsConstraints, shownBy } from './best.ts'

export interface TrialRow {
  readonly trial: number
  readonly state: TrialState
  /** First objective, in the user's sign; null = no report, or the trial has failed. */
  readonly value: number | null
  readonly epoch: number
  /** How far it was ordered to train. */
  readonly until: number
  readonly attempts: number
  readonly by: string
  readonly feasible: boolean
  readonly configuration: Configuration
  readonly imported: boolean
  readonly createdAt: number
  readonly settledAt: number | null
  /** Why it was stopped or failed. */
  readonly why: Reason | null
}

type Operator = '=' | '!=' | '<' | '<=' | '>' | '>='

export interface TrialFilter {
  readonly name: string
  readonly operator: Operator
  /** Any of these (several only with `=` and `!=`). */
  readonly values: readonly string[]
}

export interface SortKey {
  readonly name: string
  readonly descending: boolean
}

const fields = ['trial', 'state', 'value', 'epoch', 'until', 'attempts', 'by', 'feasible', 'imported'] as const
type Field = (typeof fields)[number]

/** Names that filters and sort keys may use. */
export function trialColumns(study: Study): string[] {
  return [...new Set([...fields, ...study.space.names, ...study.state.metrics])]
}

/** `lr<=0.01`, `optimizer=sgd,adam`, `state!=failed`; null if the text has not this form. */
export function parseFilter(text: string): TrialFilter | null {
  const match = /^\s*([^=!<>\s]+)\s*(<=|>=|!=|==?|<|>)\s*(.+?)\s*$/.exec(text)
  if (!match) return null
  const [, name = '', written, value = ''] = match
  const operator = (written === '==' ? '=' : written) as Operator
  const isEquality = operator === '=' || operator === '!='
  return { name, operator, values: isEquality ? value.split(',').map((part) => part.trim()) : [value] }
}

/** `value`, `-value` (descending); several separated by commas. */
export function parseSort(text: string): SortKey[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && part !== '-')
    .map((part) =>
      part.startsWith('-') ? { name: part.slice(1), descending: true } : { name: part, descending: false },
    )
}

export function trialRow(study: Study, trial: TrialRecord): TrialRow {
  const { state, view } = study
  const loss = view.loss(trial.number)
  return {
    trial: trial.number,
    state: trial.state,
    value: Number.isFinite(loss) ? shownBy(state.definition.objectives[0]?.direction, loss) : null,
    epoch: trial.epoch,
    until: trial.until,
    attempts: trial.attemptCount,
    by: trial.by,
    feasible: meetsConstraints(state, trial),
    configuration: trial.configuration,
    imported: trial.imported,
    createdAt: trial.createdAt,
    settledAt: trial.settledAt,
    why: trial.why,
  }
}

/** Rows that meet every filter, in the order of the keys, then by trial number. Rows without a value come last, whichever the direction. */
export function trialRows(
  study: Study,
  options: {
    readonly filters?: readonly TrialFilter[]
    readonly sort?: readonly SortKey[]
    readonly limit?: number
  } = {},
): TrialRow[] {
  const { filters = [], sort = [], limit = Infinity } = options
  const rows: { readonly row: TrialRow; readonly keys: readonly (Cell | undefined)[] }[] = []
  for (const trial of study.state.trials) {
    if (sort.length === 0 && rows.length >= limit) break
    const row = trialRow(study, trial)
    if (!filters.every((filter) => isMet(filter, cell(study, trial, row, filter.name)))) continue
    rows.push({ row, keys: sort.map((key) => cell(study, trial, row, key.name)) })
  }
  if (sort.length > 0) {
    rows.sort((a, b) => {
      for (const [index, { descending }] of sort.entries()) {
        const order = compareCells(a.keys[index], b.keys[index], descending)
        if (order !== 0) return order
      }
      return a.row.trial - b.row.trial
    })
  }
  return rows.slice(0, limit).map(({ row }) => row)
}

type Cell = number | string | boolean

function cell(study: Study, trial: TrialRecord, row: TrialRow, name: string): Cell | undefined {
  if ((fields as readonly string[]).includes(name)) return row[name as Field] ?? undefined
  const parameter = row.configuration[name]
  if (parameter !== undefined) return parameter
  return lastValue(trial, study.state.metrics.indexOf(name)) ?? undefined
}

function isMet({ operator, values }: TrialFilter, value: Cell | undefined): boolean {
  if (operator === '=') return value !== undefined && values.some((wanted) => isEqual(value, wanted))
  if (operator === '!=') return !values.some((wanted) => value !== undefined && isEqual(value, wanted))
  if (value === undefined) return false
  const [wanted = ''] = values
  const order = typeof value === 'number' ? value - Number(wanted) : compareText(String(value), wanted)
  switch (operator) {
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
  }
}

function isEqual(value: Cell, wanted: string): boolean {
  return typeof value === 'number' ? value === Number(wanted) : String(value) === wanted
}

function compareCells(a: Cell | undefined, b: Cell | undefined, descending: boolean): number {
  if (a === undefined || b === undefined) return (a === undefined ? 1 : 0) - (b === undefined ? 1 : 0)
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : compareText(String(a), String(b))
  return descending ? -order : order
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
