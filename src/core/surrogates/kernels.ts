/**
 * Covariance functions of a squared distance r^2, with k(0) = 1: Matérn's of smoothness 5/2 and 3/2 and, as their limit, the squared exponential (C. E.
 * Rasmussen, C. K. I. Williams, Gaussian Processes for Machine Learning, 2006, section 4.2).
 *
 * Derivatives are by r^2, which is smooth where r is not: at 0.
 */

export interface RadialKernel {
  /** Writes k of the first `count` numbers; `squared` and `values` may be the same. Derivatives only where there is an array for them. */
  fill(squared: Float64Array, count: number, values: Float64Array, slopes: Float64Array | null): void
}

export const matern52: RadialKernel = {
  fill(squared, count, values, slopes) {
    for (let index = 0; index < count; index++) {
      const s = Math.sqrt(5 * squared[index]!)
      const decay = Math.exp(-s)
      values[index] = (1 + s + (s * s) / 3) * decay
      if (slopes) slopes[index] = (-5 / 6) * (1 + s) * decay
    }
  },
}

export const matern32: RadialKernel = {
  fill(squared, count, values, slopes) {
    for (let index = 0; index < count; index++) {
      const s = Math.sqrt(3 * squared[index]!)
      const decay = Math.exp(-s)
      values[index] = (1 + s) * decay
      if (slopes) slopes[index] = -1.5 * decay
    }
  },
}

export const squaredExponential: RadialKernel = {
  fill(squared, count, values, slopes) {
    for (let index = 0; index < count; index++) {
      const decay = Math.exp(-squared[index]! / 2)
      values[index] = decay
      if (slopes) slopes[index] = -decay / 2
    }
  },
}
