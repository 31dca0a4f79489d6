/**
 * The schedule of Hyperband: which brackets there are, how many trials each starts with, and up to which epoch each round trains.
 *
 * Paper: Li, Jamieson, DeSalvo, Rostamizadeh, Talwalkar, "Hyperband", JMLR 18 (2018), Algorithm 1. With R = `maxEpochs`:
 *   sMax = the largest s with eta^s <= R
 *   n(s) = ceil((sMax + 1) eta^s / (s + 1))             trials that bracket s starts with, s = sMax .. 0
 *   r(s, i) = round(R eta^i / eta^s)                    the epoch of its round i, i = 0 .. s
 *
 * Where we differ, and why:
 * - All of it is computed in exact fractions (a double is one, too). floor(log R / log eta) is one too small for exact powers such as 3^5.
 * - r is rounded to whole epochs, halves to the even neighbour. Other roundings give other totals: 3235 epochs instead of 3213 for (100, 2).
 * - The number of trials of round i + 1 is what round i keeps, max(floor(n_i / eta), 1). For a whole eta this is the paper's
 *   floor(n eta^-i); for eta = 2.5 it can be one less, and never promises a trial that the cut did not leave.
 * - Brackets whose first round lies below `minEpochs` are left out.
 */
export interface BracketRound {
  readonly trials: number
  /** Up to which epoch the trials of this round train. */
  readonly epoch: number
}

export interface Bracket {
  /** The paper's s: how many cuts come before the last round. */
  readonly s: number
  readonly rounds: readonly BracketRound[]
}

/** How many of `size` trials go on: the best 1/eta, at least one. */
export function keepOf(size: number, eta: number): number {
  return Math.max(Math.floor(size / eta), 1)
}

/** The brackets of one pass in published order: sMax first. */
export function hyperbandBrackets(setup: { maxEpochs: number; minEpochs: number; eta: number }): Bracket[] {
  const { maxEpochs, minEpochs, eta } = setup
  const sMax = largestPower(maxEpochs, eta)
  const { p, q } = fractionOf(eta)
  const brackets: Bracket[] = []
  for (let s = sMax; s >= 0; s--) {
    const n = ceilOf(BigInt(sMax + 1) * p ** BigInt(s), BigInt(s + 1) * q ** BigInt(s))
    const bracket = bracketOf({ s, n, maxEpochs, eta })
    if (firstEpoch(bracket) >= minEpochs) brackets.push(bracket)
  }
  return brackets
}

/** One bracket of successive halving: n trials, s cuts before the last round, which trains to `maxEpochs`. */
export function bracketOf(setup: { s: number; n: number; maxEpochs: number; eta: number }): Bracket {
  const { s, n, maxEpochs, eta } = setup
  const { p, q } = fractionOf(eta)
  const rounds: BracketRound[] = []
  for (let i = 0, trials = n; i <= s; i++, trials = keepOf(trials, eta)) {
    const cuts = BigInt(s - i)
    rounds.push({ trials, epoch: halfEvenOf(BigInt(maxEpochs) * q ** cuts, p ** cuts) })
  }
  return { s, rounds }
}

/** The bracket with the most cuts whose first round does not lie below `minEpochs`. */
export function deepestCuts(setup: { maxEpochs: number; minEpochs: number; eta: number }): number {
  let s = largestPower(setup.maxEpochs, setup.eta)
  while (s > 0 && firstEpoch(bracketOf({ ...setup, s, n: 1 })) < setup.minEpochs) s--
  return s
}

/** The same bracket with fewer trials to begin with. */
export function shrunk(bracket: Bracket, n: number, eta: number): Bracket {
  let trials = n
  const rounds = bracket.rounds.map(({ epoch }, i) => {
    if (i > 0) trials = keepOf(trials, eta)
    return { trials, epoch }
  })
  return { s: bracket.s, rounds }
}

/** The largest s with eta^s <= limit; not counted beyond 1000, which only an eta next to 1 comes to. */
export function largestPower(limit: number, eta: number): number {
  const { p, q } = fractionOf(eta)
  let s = 0
  for (let above = p, below = BigInt(limit) * q; above <= below && s < 1000; above *= p, below *= q) s++
  return s
}

/** Epochs that the bracket trains if no trial fails. */
export function epochsOf(bracket: Bracket): number {
  let epochs = 0
  let before = 0
  for (const round of bracket.rounds) {
    epochs += round.trials * (round.epoch - before)
    before = round.epoch
  }
  return epochs
}

export function trialsOf(bracket: Bracket): number {
  return bracket.rounds[0]?.trials ?? 0
}

function firstEpoch(bracket: Bracket): number {
  return bracket.rounds[0]?.epoch ?? 0
}

/** A double as the exact fraction p / q that it is. */
function fractionOf(x: number): { p: bigint; q: bigint } {
  let numerator = x
  let q = 1n
  while (!Number.isInteger(numerator)) {
    numerator *= 2
    q *= 2n
  }
  return { p: BigInt(numerator), q }
}

function ceilOf(numerator: bigint, denominator: bigint): number {
  return Number((numerator + denominator - 1n) / denominator)
}

function halfEvenOf(numerator: bigint, denominator: bigint): number {
  const whole = numerator / denominator
  const twice = 2n * (numerator % denominator)
  const isUp = twice > denominator || (twice === denominator && whole % 2n === 1n)
  return Number(isUp ? whole + 1n : whole)
}
