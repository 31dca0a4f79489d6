/**
 * Parallel tempering: replicas at fixed temperatures that exchange states with their neighbours, so that what is stuck in the cold melts again.
 *
 * Paper: Hukushima, Nemoto, Journal of the Physical Society of Japan 65 (1996).
 *
 * Neighbours i, j exchange with probability min(1, exp((1/T_i - 1/T_j) (E_i - E_j))), even and odd pairs in turn. A read is the coldest
 * replica after another `sweeps` sweeps of all replicas together: as dear as a read of annealing.
 */
import type { Stream } from '../../maths/stream.ts'
import { bitState, setRandomBits, type BitState } from './bit-state.ts'
import type { GroupedQubo } from './digit-groups.ts'
import { exchangeSweep, flipSweep } from './sweeps.ts'

export interface Tempering {
  /** Hottest first. */
  readonly temperatures: Float64Array
  readonly sweeps: number
  /** Proposals of exchanges of two bits, a sweep. */
  readonly exchanges: number
}

/** The coldest replica, over and over. The state is lent: it is to be copied before the next one is asked for. */
export function* tempered(problem: GroupedQubo, settings: Tempering, stream: Stream): Generator<BitState, never> {
  const { temperatures, sweeps, exchanges } = settings
  const chance = { word: stream.uint32() | 1 }
  const replicas = Array.from(temperatures, () => {
    const state = bitState(problem)
    setRandomBits(problem, state, stream)
    return state
  })
  const rounds = Math.max(1, Math.round(sweeps / replicas.length))
  for (let round = 1; ; round++) {
    replicas.forEach((state, index) => {
      flipSweep(problem, state, temperatures[index]!, chance)
      exchangeSweep(problem, state, temperatures[index]!, chance, exchanges)
    })
    for (let hot = round % 2; hot + 1 < replicas.length; hot += 2) {
      const [one, other] = [replicas[hot]!, replicas[hot + 1]!]
      const gain = (1 / temperatures[hot]! - 1 / temperatures[hot + 1]!) * (one.energy - other.energy)
      if (gain >= 0 || stream.uniform() < Math.exp(gain)) [replicas[hot], replicas[hot + 1]] = [other, one]
    }
    if (round % rounds === 0) yield replicas.at(-1)!
  }
}
