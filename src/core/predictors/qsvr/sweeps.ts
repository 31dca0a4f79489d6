/**
 * Metropolis sweeps over the bits of a QUBO: every bit is offered a flip, pairs of bits are offered a common flip.
 *
 * Papers: Kirkpatrick, Gelatt, Vecchi, Science 220 (1983). Pairs: in a QSVR the sum of all coefficients is held by a stiff penalty, so that one
 * coefficient hardly moves unless another gives way. Only pairs are offered whose two flips help each other (their common term is negative).
 *
 * A proposal of cost d is accepted with probability exp(-d / T), which is d < T e with e exponentially distributed: e is taken from a table of 1024 equally
 * likely values, so that no exponential is computed and what costs more than T times the largest needs no random number.
 *
 * Cost: a few nanoseconds a proposal, and one addition for each group of digits for each accepted flip.
 */
import { flip, type BitState } from './bit-state.ts'
import type { GroupedQubo } from './digit-groups.ts'

const exponential = Float64Array.from({ length: 1024 }, (_, k) => -Math.log((k + 0.5) / 1024))
const largest = exponential[0]!

/** Marsaglia's xorshift generator of 32 bits (2003), inlined below: `word` is never 0. */
export interface FastChance {
  word: number
}

/** Offers every bit a flip, in order. `temperature` 0 takes what lowers the energy by more than `least`. Returns how many were accepted. */
export function flipSweep(
  problem: GroupedQubo,
  state: BitState,
  temperature: number,
  chance: FastChance,
  least: number = 0,
): number {
  const { groups, start } = problem
  const { own, step, field } = state
  const hopeless = temperature === 0 ? -least : temperature * largest
  let word = chance.word
  let accepted = 0
  let energy = state.energy
  for (let g = 0; g < groups; g++) {
    const end = start[g + 1]!
    for (let i = start[g]!; i < end; i++) {
      const cost = own[i]! + step[i]! * field[g]!
      if (cost >= hopeless) continue
      if (cost > 0) {
        word ^= word << 13
        word ^= word >>> 17
        word ^= word << 5
        if (cost >= temperature * exponential[word >>> 22]!) continue
      }
      flip(problem, state, i)
      energy += cost
      accepted++
    }
  }
  chance.word = word
  state.energy = energy
  return accepted
}

/** Offers `proposals` random pairs of bits from two groups a common flip. */
export function exchangeSweep(
  problem: GroupedQubo,
  state: BitState,
  temperature: number,
  chance: FastChance,
  proposals: number,
): number {
  const { size, groups, group, coupling } = problem
  const { own, step, field } = state
  const hopeless = temperature * largest
  let word = chance.word
  let accepted = 0
  let energy = state.energy
  for (let k = 0; k < proposals; k++) {
    word ^= word << 13
    word ^= word >>> 17
    word ^= word << 5
    const i = ((word & 0xffff) * size) >>> 16
    const j = ((word >>> 16) * size) >>> 16
    const g = group[i]!
    const h = group[j]!
    const common = step[i]! * step[j]! * coupling[g * groups + h]!
    if (g === h || common >= 0) continue
    const cost = own[i]! + step[i]! * field[g]! + own[j]! + step[j]! * field[h]! + common
    if (cost >= hopeless) continue
    if (cost > 0) {
      word ^= word << 13
      word ^= word >>> 17
      word ^= word << 5
      if (cost >= temperature * exponential[word >>> 22]!) continue
    }
    flip(problem, state, i)
    flip(problem, state, j)
    energy += cost
    accepted++
  }
  chance.word = word
  state.energy = energy
  return accepted
}
