/**
 * From the bits of an answer to a function: f(x) = sum over j of delta_j k(x, x_j) + b.
 *
 * The offset b is the mean of y_i - epsilon - sum_j delta_j k(x_i, x_j) over the rows with a coefficient strictly between 0 and C, those with an alpha and
 * those with an alphahat, as Swift-Hyperband's quantum predictor has it. (The textbook has + epsilon for alphahat; `textbook` is for comparison.)
 *
 * Guards: where one of the two sets is empty because its coefficients have reached C, C is raised in steps of 0.1 until it is not; where it is empty because all its
 * coefficients are 0, the other alone counts; where both are, all rows count.
 */
export interface Coefficients {
  readonly alpha: Float64Array
  readonly alphahat: Float64Array
}

export interface Regressor {
  /** By training row. */
  readonly delta: Float64Array
  readonly b: number
}

export interface Training {
  /** Row-major n x n, of the training rows with themselves. */
  readonly kernel: Float64Array
  /** Scaled losses. */
  readonly y: Float64Array
}

export interface Tube {
  readonly epsilon: number
  /** C. */
  readonly limit: number
  readonly textbook?: boolean
}

/** `weights`: of the digits of a coefficient. */
export function decoded(bits: ArrayLike<number>, weights: Float64Array): Coefficients {
  const digits = weights.length
  const count = bits.length / 2 / digits
  const alpha = new Float64Array(count)
  const alphahat = new Float64Array(count)
  for (let bit = 0; bit < bits.length; bit++) {
    if (bits[bit] === 0) continue
    const n = Math.floor(bit / digits)
    if (n < count) alpha[n] = alpha[n]! + weights[bit % digits]!
    else alphahat[n - count] = alphahat[n - count]! + weights[bit % digits]!
  }
  return { alpha, alphahat }
}

export function regressorOf(training: Training, { alpha, alphahat }: Coefficients, tube: Tube): Regressor {
  const delta = alpha.map((value, n) => value - alphahat[n]!)
  const residuals = functionOf(training, { delta, b: 0 }).map((value, n) => training.y[n]! - value)
  return { delta, b: offsetOf(residuals, { alpha, alphahat }, tube) }
}

/** What it says for the rows of `y`: those that it was trained on, or others with `kernel` between them (rows) and the training rows (columns). */
export function functionOf({ kernel, y }: Training, { delta, b }: Regressor): Float64Array {
  return Float64Array.from({ length: y.length }, (_, i) => {
    let sum = b
    for (let j = 0; j < delta.length; j++) sum += delta[j]! * kernel[i * delta.length + j]!
    return sum
  })
}

function offsetOf(residuals: Float64Array, { alpha, alphahat }: Coefficients, tube: Tube): number {
  const { epsilon, textbook = false } = tube
  const upper = freeRows(alpha, tube.limit)
  const lower = freeRows(alphahat, tube.limit)
  let sum = 0
  for (const row of upper) sum += residuals[row]! - epsilon
  for (const row of lower) sum += residuals[row]! + (textbook ? epsilon : -epsilon)
  const count = upper.length + lower.length
  if (count > 0) return sum / count
  return residuals.reduce((total, value) => total + value / residuals.length, 0) - (textbook ? 0 : epsilon)
}

function freeRows(coefficients: Float64Array, limit: number): number[] {
  const rows = Array.from(coefficients.keys()).filter((row) => coefficients[row]! > 0)
  if (rows.length === 0) return rows
  const lowest = Math.min(...rows.map((row) => coefficients[row]!))
  // Raised in steps of 0.1, all at once: the smallest limit of that ladder above the lowest coefficient.
  const raised = lowest < limit ? limit : limit + 0.1 * (Math.floor((lowest - limit) / 0.1) + 1)
  return rows.filter((row) => coefficients[row]! < raised)
}
