/**
 * Which columns of a table are curves. A curve's columns are `<METRIC>_1 ... <METRIC>_T`; since a parameter may be called `beta_1`, the
 * longest such group is a metric, as is every group as long as it or to the right of it; shorter groups to its left are parameters.
 */
import { curvesInvalid, curvesWithoutMetric } from './errors.ts'

export interface TableColumns {
  readonly parameters: readonly { readonly name: string; readonly column: number }[]
  /** `columns[e - 1]` is the column of epoch e. */
  readonly metrics: readonly { readonly name: string; readonly columns: readonly number[] }[]
  readonly secondsColumn: number | null
  /** The number of epochs, T. */
  readonly horizon: number
}

export interface ColumnChoice {
  /** Named by the user: a metric whatever its length. */
  readonly metric?: string
  /** Holds the seconds per epoch of each row: no parameter. */
  readonly secondsColumn?: string
}

interface Group {
  readonly name: string
  /** Column by epoch. */
  readonly columns: Map<number, number>
  readonly first: number
  readonly last: number
}

export function tableColumns(source: string, header: readonly string[], choice: ColumnChoice = {}): TableColumns {
  const names = header.map((name) => name.trim())
  refuseBadNames(source, names)
  const groups = numberedGroups(names)
  const known = [...groups.values()]
  const chosen = choice.metric === undefined ? undefined : groups.get(choice.metric)
  if (choice.metric !== undefined && chosen === undefined) {
    throw curvesWithoutMetric(source, choice.metric, [...groups.keys()])
  }
  const longest =
    chosen ?? known.reduce<Group | undefined>((a, b) => (a && a.columns.size >= b.columns.size ? a : b), undefined)
  if (longest === undefined) throw curvesWithoutMetric(source, undefined, [])
  const metrics = known.filter(
    (group) => group === longest || group.last >= longest.last || group.first > longest.first,
  )
  for (const group of metrics) refuseGaps(source, group)
  for (const group of metrics) {
    if (group.columns.size === longest.columns.size) continue
    throw curvesInvalid(
      source,
      1,
      `as many epochs of \`${group.name}\` as of \`${longest.name}\` (${longest.columns.size})`,
      `${group.columns.size}: leave the cells after the end of a shorter curve empty`,
    )
  }
  const taken = new Set(metrics.flatMap((group) => [...group.columns.values()]))
  const seconds = choice.secondsColumn === undefined ? -1 : names.indexOf(choice.secondsColumn)
  if (choice.secondsColumn !== undefined && seconds < 0) {
    throw curvesInvalid(
      source,
      1,
      `a column \`${choice.secondsColumn}\` (--seconds-column)`,
      `the columns ${shown(names, taken)}`,
    )
  }
  const parameters = names
    .map((name, column) => ({ name, column }))
    .filter(({ column }) => !taken.has(column) && column !== seconds)
  if (parameters.length === 0) throw curvesInvalid(source, 1, 'a column for each parameter', 'curves and none')
  return {
    parameters,
    metrics: metrics.map((group) => ({
      name: group.name,
      columns: Array.from({ length: group.columns.size }, (_, index) => group.columns.get(index + 1) as number),
    })),
    secondsColumn: seconds < 0 ? null : seconds,
    horizon: longest.columns.size,
  }
}

function numberedGroups(names: readonly string[]): Map<string, Group> {
  const groups = new Map<string, Group>()
  for (const [column, name] of names.entries()) {
    const match = /^(.+)_([1-9][0-9]{0,8})$/.exec(name)
    if (match === null) continue
    const group = match[1] as string
    const columns = groups.get(group)?.columns ?? new Map<number, number>()
    columns.set(Number(match[2]), column)
    groups.set(group, { name: group, columns, first: groups.get(group)?.first ?? column, last: column })
  }
  return groups
}

function refuseBadNames(source: string, names: readonly string[]): void {
  const seen = new Set<string>()
  for (const [column, name] of names.entries()) {
    if (name === '') throw curvesInvalid(source, 1, 'a name for every column', `none for column ${column + 1}`)
    if (seen.has(name)) throw curvesInvalid(source, 1, 'every column once', `\`${name}\` twice`)
    seen.add(name)
  }
}

function refuseGaps(source: string, group: Group): void {
  for (let epoch = 1; epoch <= group.columns.size; epoch++) {
    if (group.columns.has(epoch)) continue
    const largest = Math.max(...group.columns.keys())
    throw curvesInvalid(
      source,
      1,
      `the columns ${group.name}_1 to ${group.name}_${largest}`,
      `no column ${group.name}_${epoch}`,
    )
  }
}

function shown(names: readonly string[], curves: ReadonlySet<number>): string {
  return names.filter((_, column) => !curves.has(column)).join(', ')
}
