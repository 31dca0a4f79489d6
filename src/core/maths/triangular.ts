/**
 * Dense lower triangular matrices, in tiles: A = L L' of a symmetric positive definite A of some thousands of rows, systems with many right-hand
 * sides, the inverse, and factors that gain rows.
 *
 * Everything is one step: rows X with X L' = B, from left to right. The rows of L below a finished part are that, so are right-hand sides (each a
 * row of its own), and the inverse transposed (right-hand sides of the unit matrix). Sums are taken for tiles of 4 rows by 2 columns, which reads each number
 * once for several products; both sides lie along rows in memory.
 *
 * A matrix lies row-major, with a stride of its own, so that rows can be appended behind it. What is above the diagonal is neither read nor written.
 *
 * Cost: size^3 / 6 multiplications for a factor, the same again for the inverse of L, and size^2 / 2 for a right-hand side or an appended row.
 */

/** `lower` holds A's lower triangle and then L. A pivot below `least` (rounding in a nearly singular matrix) is raised to it. */
export function factoriseInTiles(lower: Float64Array, size: number, stride: number, least: number): void {
  appendRows(lower, 0, size, stride, least)
}

/** Rows `from` to `size - 1` of `lower` hold those of A, the rows before them those of L; then all hold L. */
export function appendRows(lower: Float64Array, from: number, size: number, stride: number, least: number): void {
  for (let first = from; first < size; first += tileRows) {
    const count = Math.min(tileRows, size - first)
    solveTile({ lower, stride, begin: 0, end: first, rows: lower, at: first * stride, rowStride: stride, count })
    for (let row = first; row < first + count; row++) {
      const at = row * stride
      for (let column = first; column < row; column++)
        lower[at + column] =
          (lower[at + column]! - dot(lower, at, lower, column * stride, 0, column)) / lower[column * stride + column]!
      const pivot = lower[at + row]! - dot(lower, at, lower, at, 0, row)
      lower[at + row] = Math.sqrt(pivot > least ? pivot : least)
    }
  }
}

/** Each of the `count` rows b of `rows` (`rowStride` numbers apart) becomes L^-1 b. */
export function solveRows(
  lower: Float64Array,
  size: number,
  stride: number,
  rows: Float64Array,
  rowStride: number,
  count: number,
): void {
  for (let first = 0; first < count; first += tileRows)
    solveTile({
      lower,
      stride,
      begin: 0,
      end: size,
      rows,
      at: first * rowStride,
      rowStride,
      count: Math.min(tileRows, count - first),
    })
}

/** `vector` becomes L'^-1 `vector`. */
export function solveTransposed(lower: Float64Array, size: number, stride: number, vector: Float64Array): void {
  for (let row = size - 1; row >= 0; row--) {
    const at = row * stride
    const value = vector[row]! / lower[at + row]!
    vector[row] = value
    if (value !== 0) for (let column = 0; column < row; column++) vector[column]! -= value * lower[at + column]!
  }
}

/** The lower triangle of A^-1, of stride `size`; of this, rows 4k to 4k + 3 hold something above the diagonal too. */
export function inverseFromFactor(lower: Float64Array, size: number, stride: number): Float64Array {
  const inverse = new Float64Array(size * size)
  for (let row = 0; row < size; row++) inverse[row * size + row] = 1
  // Row i becomes column i of L^-1, which begins at i.
  for (let first = 0; first < size; first += tileRows) {
    const count = Math.min(tileRows, size - first)
    solveTile({ lower, stride, begin: first, end: size, rows: inverse, at: first * size, rowStride: size, count })
  }
  multiplyOwn(inverse, size)
  return inverse
}

const tileRows = 4

interface Tile {
  readonly lower: Float64Array
  readonly stride: number
  /** Columns that are solved; before `begin` the rows hold zeros. */
  readonly begin: number
  readonly end: number
  readonly rows: Float64Array
  /** Where the first of `count` rows begins. */
  readonly at: number
  readonly rowStride: number
  readonly count: number
}

function solveTile(tile: Tile): void {
  const { lower, stride, begin, end, rows, at, rowStride, count } = tile
  if (count < tileRows) {
    for (let row = 0; row < count; row++) solveRow(lower, stride, begin, end, rows, at + row * rowStride)
    return
  }
  const [a, b, c, d] = [at, at + rowStride, at + 2 * rowStride, at + 3 * rowStride] as const
  let column = begin
  for (; column + 1 < end; column += 2) {
    const p = column * stride
    const q = p + stride
    let ap = 0
    let bp = 0
    let cp = 0
    let dp = 0
    let aq = 0
    let bq = 0
    let cq = 0
    let dq = 0
    for (let k = begin; k < column; k++) {
      const left = lower[p + k]!
      const right = lower[q + k]!
      const ak = rows[a + k]!
      const bk = rows[b + k]!
      const ck = rows[c + k]!
      const dk = rows[d + k]!
      ap += ak * left
      aq += ak * right
      bp += bk * left
      bq += bk * right
      cp += ck * left
      cq += ck * right
      dp += dk * left
      dq += dk * right
    }
    const first = 1 / lower[p + column]!
    const second = 1 / lower[q + column + 1]!
    const across = lower[q + column]!
    rows[a + column + 1] =
      (rows[a + column + 1]! - aq - across * (rows[a + column] = (rows[a + column]! - ap) * first)) * second
    rows[b + column + 1] =
      (rows[b + column + 1]! - bq - across * (rows[b + column] = (rows[b + column]! - bp) * first)) * second
    rows[c + column + 1] =
      (rows[c + column + 1]! - cq - across * (rows[c + column] = (rows[c + column]! - cp) * first)) * second
    rows[d + column + 1] =
      (rows[d + column + 1]! - dq - across * (rows[d + column] = (rows[d + column]! - dp) * first)) * second
  }
  if (column < end)
    for (let row = 0; row < tileRows; row++) {
      const own = at + row * rowStride
      const sum = dot(lower, column * stride, rows, own, begin, column)
      rows[own + column] = (rows[own + column]! - sum) / lower[column * stride + column]!
    }
}

function solveRow(
  lower: Float64Array,
  stride: number,
  begin: number,
  end: number,
  rows: Float64Array,
  at: number,
): void {
  for (let column = begin; column < end; column++) {
    const sum = dot(lower, column * stride, rows, at, begin, column)
    rows[at + column] = (rows[at + column]! - sum) / lower[column * stride + column]!
  }
}

/** Four sums: one alone would wait for its own last addition at every step. */
function dot(
  left: Float64Array,
  leftAt: number,
  right: Float64Array,
  rightAt: number,
  from: number,
  to: number,
): number {
  let one = 0
  let two = 0
  let three = 0
  let four = 0
  let k = from
  for (; k + 3 < to; k += 4) {
    one += left[leftAt + k]! * right[rightAt + k]!
    two += left[leftAt + k + 1]! * right[rightAt + k + 1]!
    three += left[leftAt + k + 2]! * right[rightAt + k + 2]!
    four += left[leftAt + k + 3]! * right[rightAt + k + 3]!
  }
  for (; k < to; k++) one += left[leftAt + k]! * right[rightAt + k]!
  return one + two + (three + four)
}

/**
 * Rows w_i that begin at i become the lower triangle of their products w_i w_j'. In place: what is written to row j lies before its own begin, and is
 * not read again.
 */
function multiplyOwn(rows: Float64Array, size: number): void {
  const kept = new Float64Array(tileRows * size)
  for (let first = 0; first < size; first += tileRows) {
    const count = Math.min(tileRows, size - first)
    for (let row = 0; row < count; row++)
      kept.set(rows.subarray((first + row) * size + first, (first + row + 1) * size), row * size + first)
    for (let row = 0; row < count; row++)
      for (let other = row; other < count; other++)
        rows[(first + other) * size + first + row] = dot(kept, row * size, kept, other * size, first + other, size)
    for (let other = first + count; other < size; other++) multiplyTile(kept, rows, size, first, other)
  }
}

/** Products of four kept rows with row `other`, which begins later. */
function multiplyTile(kept: Float64Array, rows: Float64Array, size: number, first: number, other: number): void {
  const at = other * size
  const [b, c, d] = [size, 2 * size, 3 * size] as const
  let one = 0
  let two = 0
  let three = 0
  let four = 0
  for (let k = other; k < size; k++) {
    const value = rows[at + k]!
    one += kept[k]! * value
    two += kept[b + k]! * value
    three += kept[c + k]! * value
    four += kept[d + k]! * value
  }
  rows[at + first] = one
  rows[at + first + 1] = two
  rows[at + first + 2] = three
  rows[at + first + 3] = four
}
