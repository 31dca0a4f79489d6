/**
 * Exact confidence limits of a proportion (Clopper and Pearson, Biometrika 26, 1934), by bisection on the binomial distribution. With `alpha` the
 * chance left on one side, the lower limit is the p at which `successes` or more of `n` have probability alpha; the upper one alike. n = 0 gives
 * 0 and 1. Cost: O(successes) once, and 60 steps of O(sqrt n).
 */
export function lowerLimit(successes: number, n: number, alpha: number): number {
  if (successes === 0) return 0
  const distribution = binomial(successes - 1, n)
  return bisect((p) => 1 - distribution(p) < alpha)
}

export function upperLimit(successes: number, n: number, alpha: number): number {
  if (successes === n) return 1
  const distribution = binomial(successes, n)
  return bisect((p) => distribution(p) > alpha)
}

/** The largest p in 0 .. 1 for which it holds; it holds up to some p and not beyond. */
function bisect(holds: (p: number) => boolean): number {
  let low = 0
  let high = 1
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (holds(middle)) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** Of a sum whose terms become ever smaller, what is left out is below rounding. */
const negligible = 1e-17

/** P(X <= k) as a function of p, for k < n: the side of the distribution that does not hold its peak is summed, from its largest term on. */
function binomial(k: number, n: number): (p: number) => number {
  // log of n over k.
  let logCount = 0
  for (let i = 1; i <= k; i++) logCount += Math.log((n - i + 1) / i)
  return (p) => {
    if (p <= 0) return 1
    if (p >= 1) return 0
    const odds = p / (1 - p)
    let term = Math.exp(logCount + k * Math.log(p) + (n - k) * Math.log1p(-p))
    let sum = 0
    if (k < n * p) {
      for (let i = k; i >= 0 && term > negligible * sum; i--) {
        sum += term
        term *= i / ((n - i + 1) * odds)
      }
      return sum
    }
    for (let i = k + 1; i <= n; i++) {
      term *= ((n - i + 1) / i) * odds
      if (!(term > negligible * sum)) break
      sum += term
    }
    return 1 - sum
  }
}
