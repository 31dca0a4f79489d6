/**
 * Tables of recorded learning curves: parameter columns, then `<METRIC>_1 ... <METRIC>_T`, one row a training. Empty cells at the end of a
 * row are a shorter curve; `nan` and `inf` are non-finite reports. Values are kept in one typed array a metric, so that a table of
 * 100,000 rows and 100 epochs costs 80 MB and nothing per row but its configuration.
 */
import type { Configuration, Value } from '../core/trial.ts'
import type { SpaceDefinition } from '../core/space/definition.ts'
import { csvReader } from './csv.ts'
import { curvesInvalid } from './errors.ts'
import { tableColumns } from './table-columns.ts'
import type { ColumnChoice, TableColumns } from './table-columns.ts'
import { tableSpace } from './table-space.ts'

export interface CurveTable {
  readonly source: string
  readonly parameters: readonly string[]
  /** Row n's configuration. Rows may repeat. */
  readonly rows: readonly Configuration[]
  readonly metrics: readonly string[]
  /** T: the epochs of the longest curve that the table could hold. */
  readonly horizon: number
  /** By metric: the value of row r at epoch e stands at r * horizon + e - 1. */
  readonly curves: { readonly [metric: string]: Float64Array }
  /** Epochs recorded of each row. */
  readonly lengths: Int32Array
  /** Seconds per epoch of each row, if a column was named for it. */
  readonly seconds: Float64Array | null
  readonly space: SpaceDefinition
}

/** What a cell may hold: text from CSV, typed values from Parquet; null and '' = empty. */
export type Cell = string | number | bigint | boolean | null | undefined

export interface TableBuilder {
  /** `where` names the row in messages: a line number, or words. */
  add(cells: ArrayLike<Cell>, where: number | string): void
  finish(): CurveTable
}

export function curveTableFromCsv(text: string, choice: ColumnChoice = {}, source = 'the table'): CurveTable {
  const read = csvTable(source, choice)
  read.push(text)
  return read.finish()
}

/** Reads a CSV table piece by piece. */
export function csvTable(source: string, choice: ColumnChoice): { push(text: string): void; finish(): CurveTable } {
  let builder: TableBuilder | undefined
  const reader = csvReader(source, (cells, line) => {
    if (builder === undefined) builder = tableBuilder(source, cells, choice)
    else builder.add(cells, line)
  })
  return {
    push: (text) => reader.push(text),
    finish() {
      reader.end()
      if (builder === undefined) throw curvesInvalid(source, null, 'a line of column names', 'an empty file')
      return builder.finish()
    },
  }
}

export function tableBuilder(source: string, header: readonly string[], choice: ColumnChoice): TableBuilder {
  const columns = tableColumns(source, header, choice)
  const parameterCells: Cell[][] = columns.parameters.map(() => [])
  const places: (number | string)[] = []
  const { horizon, metrics } = columns
  let capacity = 64
  let curves = metrics.map(() => new Float64Array(capacity * horizon))
  const lengths: number[] = []
  const seconds: number[] = []

  function grow(): void {
    capacity *= 2
    curves = curves.map((old) => {
      const larger = new Float64Array(capacity * horizon)
      larger.set(old)
      return larger
    })
  }

  return {
    add(cells, where) {
      if (cells.length !== header.length) {
        throw curvesInvalid(source, where, `${header.length} cells, as in the first line`, String(cells.length))
      }
      const row = lengths.length
      if (row === capacity) grow()
      for (const [index, { column }] of columns.parameters.entries()) parameterCells[index]?.push(cells[column])
      lengths.push(readCurves(source, columns, curves, row, cells, where))
      if (columns.secondsColumn !== null) seconds.push(secondsOf(source, cells[columns.secondsColumn], where))
      places.push(where)
    },
    finish() {
      const count = lengths.length
      if (count === 0) throw curvesInvalid(source, null, 'at least one row below the column names', 'none')
      const names = columns.parameters.map(({ name }) => name)
      const rows = configurations(
        names,
        parameterCells.map((cells) => typedColumn(cells)),
        count,
      )
      const slices = curves.map((values) => values.slice(0, count * horizon))
      return {
        source,
        parameters: names,
        rows,
        metrics: metrics.map(({ name }) => name),
        horizon,
        curves: Object.fromEntries(metrics.map(({ name }, index) => [name, slices[index] as Float64Array])),
        lengths: Int32Array.from(lengths),
        seconds: columns.secondsColumn === null ? null : Float64Array.from(seconds),
        space: tableSpace(source, names, rows),
      }
    },
  }
}

/** Writes the row's curves and returns their common length. */
function readCurves(
  source: string,
  columns: TableColumns,
  curves: readonly Float64Array[],
  row: number,
  cells: ArrayLike<Cell>,
  where: number | string,
): number {
  let common = -1
  for (const [index, metric] of columns.metrics.entries()) {
    const values = curves[index] as Float64Array
    const offset = row * columns.horizon
    let length = columns.horizon
    while (length > 0 && isEmpty(cells[metric.columns[length - 1] as number])) length--
    for (let epoch = 1; epoch <= length; epoch++) {
      const cell = cells[metric.columns[epoch - 1] as number]
      const value = numberOf(cell)
      if (value === null) {
        const got = isEmpty(cell) ? 'an empty cell before the end of the curve' : `\`${String(cell)}\``
        throw curvesInvalid(source, where, `a number, nan or inf in column ${metric.name}_${epoch}`, got)
      }
      values[offset + epoch - 1] = value
    }
    values.fill(NaN, offset + length, offset + columns.horizon)
    if (common >= 0 && length !== common) {
      const first = columns.metrics[0]?.name ?? ''
      throw curvesInvalid(
        source,
        where,
        `as many epochs of \`${metric.name}\` as of \`${first}\` (${common})`,
        String(length),
      )
    }
    common = length
  }
  return common
}

function isEmpty(cell: Cell): boolean {
  return cell === null || cell === undefined || (typeof cell === 'string' && cell.trim() === '')
}

/** null = not a number. */
function numberOf(cell: Cell): number | null {
  if (typeof cell === 'number') return cell
  if (typeof cell === 'bigint') return Number(cell)
  if (typeof cell !== 'string') return null
  const value = Number(cell)
  if (!Number.isNaN(value)) return value !== 0 || cell.trim() !== '' ? value : null
  const word = /^\s*([+-]?)(nan|inf|infinity)\s*$/i.exec(cell)
  if (word === null) return null
  return word[2]?.toLowerCase() === 'nan' ? NaN : word[1] === '-' ? -Infinity : Infinity
}

function secondsOf(source: string, cell: Cell, where: number | string): number {
  const value = numberOf(cell)
  if (value !== null && value > 0 && Number.isFinite(value)) return value
  throw curvesInvalid(source, where, 'a number above 0 in the column of seconds', `\`${String(cell ?? '')}\``)
}

/** All numbers, all true or false, or text: a column has one type. */
function typedColumn(cells: readonly Cell[]): (Value | undefined)[] {
  const present = cells.filter((cell) => !isEmpty(cell))
  if (present.every((cell) => Number.isFinite(numberOf(cell)))) {
    return cells.map((cell) => (isEmpty(cell) ? undefined : (numberOf(cell) as number)))
  }
  const texts = cells.map((cell) => (isEmpty(cell) ? undefined : String(cell).trim()))
  if (texts.every((text) => text === undefined || /^(true|false)$/i.test(text))) {
    return texts.map((text) => (text === undefined ? undefined : text.toLowerCase() === 'true'))
  }
  return texts
}

function configurations(
  names: readonly string[],
  columns: readonly (readonly (Value | undefined)[])[],
  count: number,
): Configuration[] {
  return Array.from({ length: count }, (_, row) => {
    const configuration: { [name: string]: Value } = {}
    for (const [index, name] of names.entries()) {
      const value = columns[index]?.[row]
      if (value !== undefined) configuration[name] = value
    }
    return configuration
  })
}
