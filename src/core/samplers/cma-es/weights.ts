/**
 * Hansen's default strategy parameters (N. Hansen, The CMA Evolution Strategy: A Tutorial, arXiv:1604.00772v2, table 1), with the letters of that table.
 * They depend on the number of axes n and the number of ranked trials lambda alone.
 */

export interface Weights {
  readonly mu: number
  /** By rank. The first mu sum to 1, the others are negative. */
  readonly weights: Float64Array
  readonly muEffective: number
  readonly cSigma: number
  readonly dSigma: number
  readonly cCumulation: number
  readonly cOne: number
  readonly cMu: number
  /** Expected length of n standard normal deviates. */
  readonly expectedLength: number
}

/** lambda. */
export function defaultPopsize(n: number): number {
  return 4 + Math.floor(3 * Math.log(Math.max(n, 1)))
}

const known = new Map<string, Weights>()

export function weightsOf(n: number, lambda: number): Weights {
  const name = `${n},${lambda}`
  const kept = known.get(name)
  if (kept) return kept
  const made = makeWeights(n, lambda)
  if (known.size < weightsKept) known.set(name, made)
  return made
}

const weightsKept = 1000

function makeWeights(n: number, lambda: number): Weights {
  const mu = Math.max(1, Math.floor(lambda / 2))
  const raw = Float64Array.from({ length: lambda }, (_, rank) =>
    lambda === 1 ? 1 : Math.log((lambda + 1) / 2) - Math.log(rank + 1),
  )
  const positive = sums(raw.subarray(0, mu))
  const negative = sums(raw.subarray(mu))
  const muEffective = positive.effective
  const cSigma = (muEffective + 2) / (n + muEffective + 5)
  const dSigma = 1 + 2 * Math.max(0, Math.sqrt((muEffective - 1) / (n + 1)) - 1) + cSigma
  const cCumulation = (4 + muEffective / n) / (n + 4 + (2 * muEffective) / n)
  const cOne = 2 / ((n + 1.3) ** 2 + muEffective)
  const cMu = Math.min(1 - cOne, (2 * (0.25 + muEffective + 1 / muEffective - 2)) / ((n + 2) ** 2 + muEffective))
  const alpha = Math.min(1 + cOne / cMu, 1 + (2 * negative.effective) / (muEffective + 2), (1 - cOne - cMu) / (n * cMu))
  return {
    mu,
    weights: raw.map((weight, rank) =>
      rank < mu ? weight / positive.sum : negative.sum === 0 ? 0 : (-weight * alpha) / negative.sum,
    ),
    muEffective,
    cSigma,
    dSigma,
    cCumulation,
    cOne,
    cMu,
    expectedLength: Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)),
  }
}

function sums(weights: Float64Array): { readonly sum: number; readonly effective: number } {
  let sum = 0
  let squares = 0
  for (const weight of weights) {
    sum += weight
    squares += weight * weight
  }
  return { sum, effective: squares === 0 ? 0 : (sum * sum) / squares }
}
