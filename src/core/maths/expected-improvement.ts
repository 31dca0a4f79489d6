/**
 * By how much a normal variable is expected to fall below the best value so far (minimisation), as a logarithm with its derivatives.
 *
 * Expected improvement: Mockus 1975, Jones, Schonlau, Welch 1998; as a logarithm (Ament, Daulton, Eriksson, Balandat, Bakshy 2023), for far from the best it
 * underflows and its slope with it, while the logarithm still tells which way is up.
 *
 * EI = sigma h(z), z = (best - mu) / sigma, h(z) = pdf(z) + z P(Z < z). To the left h / pdf = 1 - t m(t), where t = -z and m is Mills' ratio: a
 * difference of next to equal numbers. With Laplace's continued fraction m(t) = 1 / (t + c), c = 1/(t + 2/(t + 3/(t + ...))), it is c m, without one.
 */
import { normalCdf, normalLogCdf, normalLogPdf, normalPdf } from './normal.ts'

/** From here on to the left the fraction. */
const fractionBelow = -1.5

/** E max(best - f, 0) for f ~ N(mu, sigma^2). */
export function expectedImprovement(mu: number, sigma: number, best: number): number {
  const z = (best - mu) / sigma
  if (z < fractionBelow) return Math.exp(logExpectedImprovement(mu, sigma, best))
  return sigma * (normalPdf(z) + z * normalCdf(z))
}

export function logExpectedImprovement(mu: number, sigma: number, best: number): number {
  const z = (best - mu) / sigma
  if (z >= fractionBelow) return Math.log(sigma) + Math.log(normalPdf(z) + z * normalCdf(z))
  const c = fraction(-z)
  return Math.log(sigma) + normalLogPdf(z) + Math.log(c / (c - z))
}

export interface LogImprovement {
  value: number
  byMu: number
  bySigma: number
}

/** The logarithm and its derivatives, written to `result`. */
export function logImprovement(mu: number, sigma: number, best: number, result: LogImprovement): void {
  const z = (best - mu) / sigma
  if (z >= fractionBelow) {
    const cdf = normalCdf(z)
    const pdf = normalPdf(z)
    const improvement = pdf + z * cdf
    result.value = Math.log(sigma * improvement)
    result.byMu = -cdf / (sigma * improvement)
    result.bySigma = pdf / (sigma * improvement)
    return
  }
  // h = pdf c m, P(Z < z) = pdf m, m = 1 / (c - z).
  const c = fraction(-z)
  result.value = Math.log(sigma) + normalLogPdf(z) + Math.log(c / (c - z))
  result.byMu = -1 / (sigma * c)
  result.bySigma = (c - z) / (sigma * c)
}

/** log P(f < best). */
export function logProbabilityBelow(mu: number, sigma: number, best: number): number {
  return normalLogCdf((best - mu) / sigma)
}

/** 1/(t + 2/(t + 3/(t + ...))) from its tail, which is guessed by its own fixed point; the further out, the fewer levels. */
function fraction(t: number): number {
  const levels = Math.ceil(6 + 240 / (t * t))
  let below = (t + Math.sqrt(t * t + 4 * (levels + 1))) / 2
  for (let level = levels; level >= 2; level--) below = t + level / below
  return 1 / below
}
