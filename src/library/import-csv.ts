/** Results from a table. Columns are told by their names: parameters first, then metrics, then what `export --format csv` adds. */
import type { Configuration, TrialState, Value } from '../core/trial.ts'
import { trialTable } from '../core/study/views/export.ts'
import type { Study } from '../core/study/study.ts'
import { ForetuneError } from '../errors.ts'
import { csvReader } from '../simulation/csv.ts'
import { parseNumber } from '../wire/metrics-source.ts'
import { nearest } from '../wire/nearest.ts'
import type { Draft, Report } from './import-results.ts'

type Role =
  | { readonly type: 'parameter'; readonly name: string }
  /** `epoch` null: the value at the row's last epoch. */
  | { readonly type: 'metric'; readonly name: string; readonly epoch: number | null }
  | { readonly type: 'state' }
  | { readonly type: 'epoch' }
  | { readonly type: 'ignored' }

export interface CsvDrafts {
  readonly drafts: readonly Draft[]
  readonly problems: readonly string[]
}

/** `ignored`: columns that are neither parameters nor metrics. */
export function draftsFromCsv(text: string, source: string, study: Study, ignored: readonly string[]): CsvDrafts {
  let roles: readonly Role[] | undefined
  let width = 0
  const drafts: Draft[] = []
  const problems: string[] = []
  const reader = csvReader(source, (cells, line) => {
    if (roles === undefined) {
      const header = cells.map((cell) => cell.trim())
      width = header.length
      roles = rolesOf(header, study, ignored, problems)
    } else if (problems.length === 0) {
      drafts.push(draftOf(cells, line, roles, width, study))
    }
  })
  try {
    reader.push(text)
    reader.end()
  } catch (error) {
    if (!(error instanceof ForetuneError)) throw error
    problems.push(error.message)
  }
  if (roles === undefined) problems.push('line 1: expected a line of column names, got an empty file')
  return { drafts, problems }
}

function rolesOf(header: readonly string[], study: Study, ignored: readonly string[], problems: string[]): Role[] {
  const { space, state } = study
  const own = trialTable(study, []).columns
  const fieldCount = own.length - space.names.length - state.metrics.length
  const isExported = own.slice(0, fieldCount).every((name, index) => header[index] === name)
  // A column of an export has another name where a parameter is called like a field: `value` becomes `value_`.
  const parameterOf = (name: string): string | undefined => {
    const place = isExported ? own.indexOf(name, fieldCount) - fieldCount : space.names.indexOf(name)
    return place < 0 ? undefined : space.names[place]
  }
  const metrics = metricNames(study)
  const lengths = curveLengths(header)
  const roleOf = (name: string, column: number): Role => {
    if (ignored.includes(name)) return { type: 'ignored' }
    if (isExported && column < fieldCount) return fieldRole(name) ?? { type: 'ignored' }
    const parameter = parameterOf(name)
    if (parameter !== undefined) return { type: 'parameter', name: parameter }
    if (isExported) return { type: 'metric', name: exportedMetric(name, own, study), epoch: null }
    if (metrics.includes(name)) return { type: 'metric', name, epoch: null }
    const curve = /^(.+)_([1-9]\d*)$/.exec(name)
    if (curve && (metrics.includes(curve[1] as string) || (lengths.get(curve[1] as string) ?? 0) > 1))
      return { type: 'metric', name: curve[1] as string, epoch: Number(curve[2]) }
    const field = fieldRole(name)
    if (field) return field
    problems.push(columnProblem(name, space.names, metrics))
    return { type: 'ignored' }
  }
  const roles = header.map(roleOf)
  problems.push(...missingColumns(roles, study), ...doubledColumns(header))
  return roles
}

function fieldRole(name: string): Role | undefined {
  if (name === 'state' || name === 'epoch') return { type: name }
  return name === 'trial' ? { type: 'ignored' } : undefined
}

function metricNames({ state }: Study): string[] {
  const { objectives, constraints } = state.definition
  return [...new Set([...objectives, ...constraints].map(({ metric }) => metric).concat(state.metrics))]
}

/** How many columns NAME_1, NAME_2, ... there are without a gap. */
function curveLengths(header: readonly string[]): Map<string, number> {
  const names = new Set(header)
  const lengths = new Map<string, number>()
  for (const name of header) {
    const base = /^(.+)_1$/.exec(name)?.[1]
    if (base === undefined) continue
    let length = 1
    while (names.has(`${base}_${length + 1}`)) length++
    lengths.set(base, length)
  }
  return lengths
}

function exportedMetric(name: string, own: readonly string[], { state }: Study): string {
  const first = own.length - state.metrics.length
  const place = own.indexOf(name, first)
  return place < 0 ? name : (state.metrics[place - first] ?? name)
}

function columnProblem(name: string, parameters: readonly string[], metrics: readonly string[]): string {
  const meant = nearest(name, [...parameters, ...metrics])
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`
  return `line 1: expected parameters (${parameters.join(', ')}) and metrics (${metrics.join(', ')}), got the column ${name}${hint}; --ignore ${name} leaves it out`
}

function missingColumns(roles: readonly Role[], { space, state }: Study): string[] {
  const has = (type: 'parameter' | 'metric', name: string): boolean =>
    roles.some((role) => role.type === type && role.name === name)
  const parameters = space.axes.filter(({ name, when }) => !when && !has('parameter', name))
  const objectives = state.definition.objectives.filter(({ metric }) => !has('metric', metric))
  return [
    ...parameters.map(({ name }) => `line 1: expected a column for the parameter ${name}, got none`),
    ...objectives.map(
      ({ metric }) => `line 1: expected a column ${metric}, or ${metric}_1, ${metric}_2, ... for a curve, got none`,
    ),
  ]
}

function doubledColumns(header: readonly string[]): string[] {
  const doubled = header.filter((name, index) => header.indexOf(name) !== index)
  return [...new Set(doubled)].map((name) => `line 1: expected every column once, got ${name} twice`)
}

function draftOf(cells: readonly string[], line: number, roles: readonly Role[], width: number, study: Study): Draft {
  const where = `line ${line}`
  const problems: string[] = []
  const configuration: { [name: string]: Value } = {}
  const byEpoch = new Map<number, { [metric: string]: number }>()
  let state: TrialState | null = null
  if (cells.length !== width)
    return {
      where,
      configuration,
      state,
      reports: [],
      problems: [`expected ${width} cells, as in line 1, got ${cells.length}`],
    }
  const epochColumn = roles.findIndex((role) => role.type === 'epoch')
  const written = (cells[epochColumn] ?? '').trim()
  const lastEpoch = written === '' ? study.state.definition.epochs.max : Number(written)
  for (const [column, role] of roles.entries()) {
    const cell = (cells[column] ?? '').trim()
    if (cell === '' || role.type === 'ignored' || role.type === 'epoch') continue
    if (role.type === 'parameter') configuration[role.name] = valueOf(study, role.name, cell)
    else if (role.type === 'state') {
      if (isState(cell)) state = cell
      else problems.push(`state: expected one of ${states.join(', ')}, got ${cell}`)
    } else {
      const value = parseNumber(cell)
      const epoch = role.epoch ?? lastEpoch
      if (value === null) problems.push(`${role.name}: expected a number, nan or inf, got ${cell}`)
      else byEpoch.set(epoch, { ...byEpoch.get(epoch), [role.name]: value })
    }
  }
  const reports: Report[] = [...byEpoch].sort(([a], [b]) => a - b).map(([epoch, metrics]) => ({ epoch, metrics }))
  return { where, configuration: configuration as Configuration, state, reports, problems }
}

const states = ['waiting', 'running', 'paused', 'complete', 'stopped', 'failed'] as const

export function isState(text: string): text is TrialState {
  return (states as readonly string[]).includes(text)
}

/** What a cell means follows from what its parameter may be; a cell that is none of it stays text, for the message. */
function valueOf({ space }: Study, name: string, cell: string): Value {
  const parameter = space.axes.find((axis) => axis.name === name)?.parameter
  const number = parseNumber(cell)
  const truth = cell === 'true' ? true : cell === 'false' ? false : null
  const readings = [number, truth, cell].filter((value) => value !== null)
  return readings.find((value) => parameter?.contains(value)) ?? number ?? cell
}
