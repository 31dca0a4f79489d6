/** A dense matrix: row-major, `rows` x `columns`. */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  readonly values: Float64Array
}

export function matrixOf(rows: readonly (readonly number[])[]): Matrix {
  const columns = rows[0]?.length ?? 0
  const values = new Float64Array(rows.length * columns)
  rows.forEach((row, index) => values.set(row, index * columns))
  return { rows: rows.length, columns, values }
}

/** One column. */
export function columnOf(values: ArrayLike<number>): Matrix {
  return { rows: values.length, columns: 1, values: Float64Array.from(values) }
}

/** A view: what is written to it is written to the matrix. */
export function rowOf({ columns, values }: Matrix, row: number): Float64Array {
  return values.subarray(row * columns, (row + 1) * columns)
}

/** A copy of these rows, in this order. */
export function rowsOf(matrix: Matrix, rows: readonly number[]): Matrix {
  const values = new Float64Array(rows.length * matrix.columns)
  rows.forEach((row, place) => values.set(rowOf(matrix, row), place * matrix.columns))
  return { rows: rows.length, columns: matrix.columns, values }
}
