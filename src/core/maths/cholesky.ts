/**
 * Cholesky factors that lose rows: A = L L', in place, of a positive definite matrix that shrinks.
 *
 * The lower triangle lies row-major with a stride of its own, so that a factor of fewer rows stays where it is. Dropping row and column k of A
 * leaves the rows above k as they are; those below take the lost column in again as a rank-one update by rotations (Gill, Golub, Murray, Saunders, Methods
 * for modifying matrix factorizations, 1974), which is stable and costs (size - k)^2 instead of size^3 / 6.
 */

/** `lower` holds A's lower triangle and then L. A pivot below `least` (rounding in a nearly singular matrix) is raised to it. */
export function factorise(lower: Float64Array, size: number, stride: number, least: number): void {
  for (let row = 0; row < size; row++) {
    const at = row * stride
    for (let column = 0; column < row; column++) {
      const other = column * stride
      lower[at + column] = (lower[at + column]! - product(lower, at, other, column)) / lower[other + column]!
    }
    const pivot = lower[at + row]! - product(lower, at, at, row)
    lower[at + row] = Math.sqrt(pivot > least ? pivot : least)
  }
}

/** `vector` becomes A^-1 `vector`. */
export function solve(lower: Float64Array, size: number, stride: number, vector: Float64Array): void {
  for (let row = 0; row < size; row++) {
    const at = row * stride
    let sum = vector[row]!
    for (let column = 0; column < row; column++) sum -= lower[at + column]! * vector[column]!
    vector[row] = sum / lower[at + row]!
  }
  for (let row = size - 1; row >= 0; row--) {
    const at = row * stride
    const value = vector[row]! / lower[at + row]!
    vector[row] = value
    for (let column = 0; column < row; column++) vector[column] = vector[column]! - value * lower[at + column]!
  }
}

/** Afterwards `lower` is the factor of A without row and column `dropped`, of `size - 1` rows. `spare` holds at least `size` numbers. */
export function drop(lower: Float64Array, size: number, stride: number, dropped: number, spare: Float64Array): void {
  for (let row = dropped + 1; row < size; row++) {
    const from = row * stride
    const to = from - stride
    spare[row - 1] = lower[from + dropped]!
    for (let column = 0; column < dropped; column++) lower[to + column] = lower[from + column]!
    for (let column = dropped + 1; column <= row; column++) lower[to + column - 1] = lower[from + column]!
  }
  for (let column = dropped; column < size - 1; column++) {
    const pivot = lower[column * stride + column]!
    const lost = spare[column]!
    const grown = Math.sqrt(pivot * pivot + lost * lost)
    const cosine = pivot / grown
    const sine = lost / grown
    lower[column * stride + column] = grown
    for (let row = column + 1; row < size - 1; row++) {
      const at = row * stride + column
      const value = lower[at]!
      const other = spare[row]!
      lower[at] = cosine * value + sine * other
      spare[row] = cosine * other - sine * value
    }
  }
}

/** Of the first `length` numbers of two rows. Two sums: one alone would wait for its own last addition at every step. */
function product(lower: Float64Array, left: number, right: number, length: number): number {
  let even = 0
  let odd = 0
  const whole = length - (length % 2)
  for (let k = 0; k < whole; k += 2) {
    even += lower[left + k]! * lower[right + k]!
    odd += lower[left + k + 1]! * lower[right + k + 1]!
  }
  if (whole < length) even += lower[left + whole]! * lower[right + whole]!
  return even + odd
}
