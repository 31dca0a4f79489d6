/** The rows that trees are grown on, made ready once for all of a forest: sorted by every column, categories numbered. */
import type { Matrix } from '../maths/matrix.ts'
import { trendTerms } from './node-trend.ts'

/** What a forest knows of a column; a parameter of a space says it of itself. */
export interface Column {
  readonly size: number
  readonly ordered: boolean
}

/** The rows, made ready once for all trees. */
export interface Table {
  readonly rows: number
  /** Column after column; a category by its number. */
  readonly values: readonly Float64Array[]
  /** Column after column the rows by rising value, equal ones by number, missing ones last. */
  readonly sorted: Int32Array
  readonly hasMissing: readonly boolean[]
  readonly sizes: Int32Array
  readonly isMixed: boolean
  readonly kinds: readonly Column[] | undefined
  /** What trends are made of; null = there are none. */
  readonly terms: Matrix | null
}

const categoriesAtMost = 1024

export function tableOf(x: Matrix, kinds: readonly Column[] | undefined, hasTrend: boolean): Table {
  const { rows, columns, values } = x
  const sizes = Int32Array.from({ length: columns }, (_, column) => {
    const kind = kinds?.[column]
    return kind === undefined || kind.ordered || kind.size > categoriesAtMost ? 0 : kind.size
  })
  const byColumn = Array.from({ length: columns }, (_, column) => {
    const size = sizes[column]!
    return Float64Array.from({ length: rows }, (_, row) => {
      const value = values[row * columns + column]!
      return size === 0 ? value : Math.min(Math.floor(value * size), size - 1)
    })
  })
  const hasMissing = byColumn.map((column) => column.some((value) => value !== value))
  const sorted = new Int32Array(rows * Math.max(columns, 1))
  for (let row = 0; row < rows && columns === 0; row++) sorted[row] = row
  for (const [column, values] of byColumn.entries())
    sortRows(sorted.subarray(column * rows, (column + 1) * rows), values)
  const isMixed = hasMissing.includes(true) || sizes.some((size) => size > 0)
  const terms = hasTrend ? trendTerms(x, kinds) : null
  return {
    rows,
    values: byColumn,
    sorted,
    hasMissing,
    sizes,
    isMixed,
    kinds,
    terms: terms?.columns === 0 ? null : terms,
  }
}

function sortRows(order: Int32Array, values: Float64Array): void {
  for (let row = 0; row < order.length; row++) order[row] = row
  order.sort((a, b) => {
    const x = values[a]!
    const y = values[b]!
    if (x < y) return -1
    if (x > y) return 1
    return Number(x !== x) - Number(y !== y) || a - b
  })
}
