/**
 * The training of a support vector regression as a QUBO.
 *
 * Paper: Pasetto, Riedel, Melgani, Michielsen, Cavallaro, "Quantum SVR for Chlorophyll Concentration Estimation in Water with Remote Sensing",
 * IEEE Geoscience and Remote Sensing Letters 19 (2022). Letters and settings are those of Swift-Hyperband's quantum predictor.
 *
 * Of the dual problem, with d = alpha - alphahat:
 *
 *     E = 1/2 sum d_n k(x_n, x_m) d_m + epsilon sum (alpha_n + alphahat_n) - sum y_n d_n + xi (sum d_n)^2 + beta sum alpha_n alphahat_n
 *
 * Coefficients are written in K digits, alpha_n = sum over i of B^(i - k0) a[K n + i]; bits 0 .. KN - 1 make alpha, the next KN alphahat. The
 * constraint sum d_n = 0 of the dual is the penalty xi; its upper limit C is what the digits reach.
 *
 * Cost: (2KN)^2.
 */
import { foldedUp, type Qubo } from './qubo.ts'

export interface Encoding {
  /** K: digits of a coefficient. */
  readonly bits: number
  /** B. */
  readonly base: number
  /** k0. */
  readonly offset: number
}

export interface Terms {
  readonly xi: number
  readonly epsilon: number
  readonly beta: number
}

/** B^(i - k0) for i = 0 .. K - 1. */
export function digitWeights({ bits, base, offset }: Encoding): Float64Array {
  return Float64Array.from({ length: bits }, (_, i) => base ** (i - offset))
}

/** `kernel`: of the training rows with themselves. */
export function buildQubo(kernel: Float64Array, y: Float64Array, encoding: Encoding, terms: Terms): Qubo {
  const weights = digitWeights(encoding)
  const digits = weights.length
  const half = digits * y.length
  const size = 2 * half
  const matrix = new Float64Array(size * size)
  for (let row = 0; row < size; row++) {
    const n = Math.floor((row % half) / digits)
    const isHat = row >= half
    const weight = weights[row % digits]!
    for (let column = 0; column < size; column++) {
      const m = Math.floor((column % half) / digits)
      const product = weight * weights[column % digits]!
      const term = (kernel[n * y.length + m]! / 2 + terms.xi) * product
      const isAcross = column >= half !== isHat
      // Half of beta in each triangle: folding adds them up.
      matrix[row * size + column] = isAcross ? (n === m ? (terms.beta * product) / 2 : 0) - term : term
    }
    const linear = terms.epsilon + (isHat ? y[n]! : -y[n]!)
    matrix[row * size + row] = matrix[row * size + row]! + linear * weight
  }
  return foldedUp(size, matrix)
}
