/**
 * Eigenvalues and eigenvectors of a symmetric matrix, by Jacobi's method (1846): rotations of two axes at a time, sweep by sweep, until nothing is left off the diagonal.
 *
 * Slower than tridiagonalisation for hundreds of rows, but accurate to the last digits also for tiny eigenvalues of matrices that are
 * scaled badly, and simple. The convergence is quadratic: some five sweeps for tens of rows.
 *
 * Cost: about 3 n^3 multiplications a sweep.
 *
 * Invariants
 * - The columns of `vectors` are orthonormal, and column k belongs to `values[k]`.
 */

export interface Eigen {
  /** In no particular order. */
  readonly values: Float64Array
  /** Row-major; the k-th column is the k-th eigenvector. */
  readonly vectors: Float64Array
}

/** Sweeps that any matrix needs at most in practice. */
const sweepsAtMost = 30

/** `matrix` is row-major and symmetric, of size x size; it is left as it is. */
export function eigenOf(matrix: Float64Array, size: number): Eigen {
  const a = Float64Array.from(matrix)
  const vectors = new Float64Array(size * size)
  for (let axis = 0; axis < size; axis++) vectors[axis * size + axis] = 1
  for (let sweep = 0; sweep < sweepsAtMost; sweep++) {
    let isDiagonal = true
    for (let p = 0; p < size - 1; p++)
      for (let q = p + 1; q < size; q++) if (rotate(a, vectors, size, p, q)) isDiagonal = false
    if (isDiagonal) break
  }
  return { values: Float64Array.from({ length: size }, (_, axis) => a[axis * size + axis]!), vectors }
}

/** Makes a[p][q] zero; false if it was so small that it could not change the diagonal. */
function rotate(a: Float64Array, vectors: Float64Array, size: number, p: number, q: number): boolean {
  const off = a[p * size + q]!
  const first = a[p * size + p]!
  const second = a[q * size + q]!
  if (Math.abs(off) <= negligible * Math.sqrt(Math.abs(first * second)) || off === 0) return false
  const theta = (second - first) / (2 * off)
  const tangent = (1 / (Math.abs(theta) + Math.sqrt(1 + theta * theta))) * (theta < 0 ? -1 : 1)
  const cosine = 1 / Math.sqrt(1 + tangent * tangent)
  const sine = tangent * cosine
  a[p * size + p] = first - tangent * off
  a[q * size + q] = second + tangent * off
  a[p * size + q] = 0
  a[q * size + p] = 0
  for (let k = 0; k < size; k++) {
    const left = vectors[k * size + p]!
    const right = vectors[k * size + q]!
    vectors[k * size + p] = cosine * left - sine * right
    vectors[k * size + q] = sine * left + cosine * right
    if (k === p || k === q) continue
    const one = a[k * size + p]!
    const two = a[k * size + q]!
    a[p * size + k] = a[k * size + p] = cosine * one - sine * two
    a[q * size + k] = a[k * size + q] = sine * one + cosine * two
  }
  return true
}

/** In parts of the geometric mean of the two diagonal elements. */
const negligible = 1e-16
