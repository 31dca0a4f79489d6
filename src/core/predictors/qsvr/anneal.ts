/**
 * Simulated annealing of a QUBO: many short reads from random states, each cooled, brought down to a state that nothing small improves, and kept
 * once. It stands in for a quantum annealer, and is to be better than one.
 *
 * Paper: Kirkpatrick, Gelatt, Vecchi, Science 220 (1983). Where we differ: beside single flips two bits are flipped together (sweeps.ts), reads end in
 * a steepest descent over both (descent.ts), and bits that are digits of one number share a local field (digit-groups.ts).
 *
 * Cost: reads x sweeps x (size + exchanges) proposals of a few nanoseconds, and some 10 steps of descent a read.
 *
 * Invariants
 * - The same QUBO, settings and stream give the same samples.
 * - Samples are distinct, lowest energy first, and their energies are those of the matrix.
 * - No flip of one bit improves a sample; with `descent: 'exchanges'` no flip of two.
 */
import type { Stream } from '../../maths/stream.ts'
import { bitsInOrder, bitState, setRandomBits, type BitState } from './bit-state.ts'
import { exchangeDescent, flipDescent, leastGain } from './descent.ts'
import { grouped, type GroupedQubo } from './digit-groups.ts'
import { isingOf } from './ising.ts'
import { distinctSamples, type Qubo, type Sample } from './qubo.ts'
import { exchangeSweep, flipSweep } from './sweeps.ts'
import { tempered } from './tempering.ts'

export interface AnnealSettings {
  readonly reads: number
  readonly sweeps: number
  /** First and last inverse temperature; null = from the problem's local fields. */
  readonly betaRange: readonly [hot: number, cold: number] | null
  readonly schedule: 'geometric' | 'linear'
  /** Proposals of an exchange of two bits, for each proposal of a flip. */
  readonly exchanges: number
  readonly descent: 'flips' | 'exchanges'
  /** Replicas of parallel tempering; 0 = plain annealing. */
  readonly replicas: number
}

export const annealDefaults: AnnealSettings = {
  reads: 1000,
  sweeps: 25,
  betaRange: null,
  schedule: 'geometric',
  exchanges: 1,
  descent: 'exchanges',
  replicas: 0,
}

export function anneal(qubo: Qubo, settings: AnnealSettings, stream: Stream): Sample[] {
  const problem = grouped(qubo)
  const descend = settings.descent === 'exchanges' ? exchangeDescent : flipDescent
  const least = leastGain(problem)
  const isTempered = settings.replicas >= 2
  const temperatures = temperaturesOf(qubo, settings, isTempered ? settings.replicas : settings.sweeps)
  const reads = (isTempered ? temperedReads : cooledReads)(problem, temperatures, settings, stream)
  const found: Uint8Array[] = []
  for (let read = 0; read < settings.reads; read++) {
    const state = reads.next().value
    descend(problem, state, least)
    found.push(bitsInOrder(problem, state))
  }
  return distinctSamples(qubo, found)
}

type Reads = Generator<BitState, never>

/** Each from a random state of its own. */
function* cooledReads(
  problem: GroupedQubo,
  temperatures: Float64Array,
  settings: AnnealSettings,
  stream: Stream,
): Reads {
  const exchanges = exchangesOf(problem, settings)
  const state = bitState(problem)
  for (;;) {
    const chance = { word: stream.uint32() | 1 }
    setRandomBits(problem, state, stream)
    for (const temperature of temperatures) {
      flipSweep(problem, state, temperature, chance)
      exchangeSweep(problem, state, temperature, chance, exchanges)
    }
    yield state
  }
}

/** Copies: the replicas go on from where they were before the descent. */
function* temperedReads(
  problem: GroupedQubo,
  temperatures: Float64Array,
  settings: AnnealSettings,
  stream: Stream,
): Reads {
  const exchanges = exchangesOf(problem, settings)
  const replicas = tempered(problem, { temperatures, sweeps: settings.sweeps, exchanges }, stream)
  const copy = bitState(problem)
  for (;;) {
    copy.bits.set(replicas.next().value.bits)
    yield copy
  }
}

function exchangesOf({ size, groups }: GroupedQubo, { exchanges }: AnnealSettings): number {
  return groups < 2 ? 0 : Math.round(exchanges * size)
}

/** `count` of them, hottest first. */
function temperaturesOf(qubo: Qubo, { betaRange, schedule }: AnnealSettings, count: number): Float64Array {
  const [hot, cold] = betaRange ?? betaRangeOf(qubo)
  return Float64Array.from({ length: count }, (_, step) => {
    const share = count === 1 ? 1 : step / (count - 1)
    return 1 / (schedule === 'linear' ? hot + (cold - hot) * share : hot * (cold / hot) ** share)
  })
}

/** Hot: the usual cost of a flip among random spins. Cold: a thousandth of it. */
function betaRangeOf(qubo: Qubo): [hot: number, cold: number] {
  const { size, h, J } = isingOf(qubo)
  let squares = 0
  for (let i = 0; i < size; i++) {
    squares += h[i]! ** 2
    // Each coupling stands once in J, and acts on both of its spins.
    for (let j = i + 1; j < size; j++) squares += 2 * J[i * size + j]! ** 2
  }
  const cost = 2 * Math.sqrt(squares / size) || 1
  return [1 / cost, 1000 / cost]
}
