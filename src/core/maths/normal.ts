/**
 * The standard normal distribution, accurate to some 1e-14 of every value, far into both tails.
 *
 * All rests on Mills' ratio m(x) = P(Z > x) / pdf(x), which stays of moderate size where the probability itself underflows:
 * - up to 2: m(x) = sqrt(pi/2) exp(x^2/2) - sum of x^(2k+1) / (1 3 5 ... (2k+1)), all terms of one sign. The difference loses one digit at 2;
 * - beyond: Laplace's continued fraction 1/(x + 1/(x + 2/(x + 3/(x + ...)))), from its tail; the further out, the fewer levels;
 * - up to 10, where many are asked for, neither is computed: Taylor's series about the next of 97 places that are, as m' = x m - 1 gives all derivatives.
 * Quantiles: Newton's method, around the middle on the series (so that quantiles next to 0 keep their digits), in the tails on the logarithm of the
 * probability, which is concave and next to a parabola.
 */

const rootTwoPi = Math.sqrt(2 * Math.PI)
const logRootTwoPi = Math.log(2 * Math.PI) / 2

/** Where the series ends and the fraction begins. */
const seriesMax = 2

/** Probabilities between this and its complement are the middle. */
const tailBelow = 0.2

export function normalPdf(x: number): number {
  return Math.exp((-x * x) / 2) / rootTwoPi
}

export function normalLogPdf(x: number): number {
  return (-x * x) / 2 - logRootTwoPi
}

/** P(Z <= x). */
export function normalCdf(x: number): number {
  if (x < -seriesMax) return normalPdf(x) * millsRatio(-x)
  if (x > seriesMax) return 1 - normalPdf(x) * millsRatio(x)
  return 0.5 + normalPdf(x) * oddSeries(x)
}

/** P(Z > x), with all its digits where it is small. */
export function normalSurvival(x: number): number {
  return normalCdf(-x)
}

/** log P(Z <= x), finite wherever x^2 is. */
export function normalLogCdf(x: number): number {
  if (x < -seriesMax) return x === -Infinity ? x : normalLogPdf(x) + Math.log(millsRatio(-x))
  return x > 0 ? Math.log1p(-normalSurvival(x)) + 0 : Math.log(normalCdf(x))
}

/** pdf(x) / P(Z > x): next to x far out to the right. */
export function normalHazard(x: number): number {
  return x < -seriesMax ? normalPdf(x) / normalSurvival(x) : 1 / millsRatio(x)
}

/** The x with P(Z <= x) = p; NaN outside 0 .. 1. */
export function normalPpf(p: number): number {
  if (p < tailBelow) return p >= 0 ? lowerTail(Math.log(p)) : NaN
  // 1 - p is exact here.
  if (p > 1 - tailBelow) return p <= 1 ? -lowerTail(Math.log(1 - p)) : NaN
  return middle(p - 0.5)
}

/** The x with log P(Z <= x) = logP, also where P itself underflows, or is next to 1. */
export function normalPpfOfLog(logP: number): number {
  if (logP > 0) return NaN
  if (logP < Math.log(tailBelow)) return lowerTail(logP)
  const above = -Math.expm1(logP)
  return above < tailBelow ? -lowerTail(Math.log(above)) : middle(0.5 - above)
}

/** P(Z > x) / pdf(x), for x >= -2. */
function millsRatio(x: number): number {
  if (!(x < tableMax)) return exactMillsRatio(x)
  const place = Math.round((x + seriesMax) * placesAUnit)
  const step = x + seriesMax - place / placesAUnit
  const last = (place + 1) * terms - 1
  let sum = table[last]!
  for (let index = last - 1; index > last - terms; index--) sum = sum * step + table[index]!
  return sum
}

function exactMillsRatio(x: number): number {
  if (x <= seriesMax) return 0.5 / normalPdf(x) - oddSeries(x)
  if (x === Infinity) return 0
  const levels = Math.ceil(5 + 240 / (x * x))
  let below = (x + Math.sqrt(x * x + 4 * (levels + 1))) / 2
  for (let level = levels; level >= 1; level--) below = x + level / below
  return 1 / below
}

const tableMax = 10
const placesAUnit = 8
const terms = 11
const table: Float64Array = taylorTable()

/** By place: the ratio there, its first derivative, its second over 2!, its third over 3!, ... */
function taylorTable(): Float64Array {
  const places = (tableMax + seriesMax) * placesAUnit + 1
  const coefficients = new Float64Array(places * terms)
  for (let place = 0; place < places; place++) {
    const x = place / placesAUnit - seriesMax
    const own = coefficients.subarray(place * terms, (place + 1) * terms)
    own[0] = exactMillsRatio(x)
    own[1] = x * own[0]! - 1
    for (let term = 2; term < terms; term++) own[term] = (x * own[term - 1]! + own[term - 2]!) / term
  }
  return coefficients
}

/** (P(Z <= x) - 1/2) / pdf(x), for |x| <= 2. */
function oddSeries(x: number): number {
  const square = x * x
  let term = x
  let sum = x
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
    term *= square / odd
    sum += term
  }
  return sum
}

function middle(q: number): number {
  let x = q * rootTwoPi
  for (let step = 0; step < 20; step++) {
    const change = oddSeries(x) - q / normalPdf(x)
    x -= change
    if (Math.abs(change) <= 1e-16 * Math.abs(x)) break
  }
  return x
}

function lowerTail(logP: number): number {
  if (logP === -Infinity) return logP
  // From pdf(x) / |x|, which P is next to far out.
  const square = -2 * logP
  let x = -Math.sqrt(Math.max(square - Math.log(2 * Math.PI * square), 0.2))
  for (let step = 0; step < 20; step++) {
    const change = (normalLogCdf(x) - logP) / normalHazard(-x)
    x -= change
    if (Math.abs(change) <= 1e-16 * Math.abs(x)) break
  }
  return x
}
