/**
 * Addressed random streams: chance without a generator in the state.
 *
 * A stream is a pure function of its seed and its address: `stream(seed, 'sampler', 17)` gives the same numbers wherever and whenever
 * it is asked, and two addresses have nothing to do with each other. Nothing here comes from a library or from the engine's own
 * generator, so that a seed means the same in every release: the golden values in the test are a promise.
 *
 * The address is absorbed word by word into 128 bits of state, mixed by the quarter round of ChaCha (D. J. Bernstein, 2008): additions,
 * exclusive ors and rotations of 32 bits, each step invertible. The mixed state starts Chris Doty-Humphrey's sfc32 generator (PractRand),
 * whose period is 2^127 on average and at least 2^32.
 *
 * Invariants
 * - Every part of an address is preceded by its type and length: ('a', 'b') is not ('ab'), and 1 is not '1'.
 * - 0 and -0 are the same part, as they are the same number.
 */
import { assert } from '../trial.ts'

export interface Stream {
  /** The next 32 random bits as an integer in 0 .. 2^32 - 1. */
  uint32(): number
  /** A double in [0, 1) with 53 random bits. */
  uniform(): number
  /** An integer in 0 .. n - 1, unbiased. n in 1 .. 2^53. */
  integer(n: number): number
  /** A standard normal deviate. */
  normal(): number
  /** A random order of 0 .. n - 1. */
  permutation(n: number): number[]
}

export type Address = readonly (string | number)[]

/** `seed` is any finite double. */
export function stream(seed: number, ...address: Address): Stream {
  const state = hash([seed, ...address])
  const uint32 = () => next(state)
  const uniform = () => ((next(state) >>> 5) * 0x4000000 + (next(state) >>> 6)) / 0x20000000000000
  const integer = (n: number) => integerBelow(n, uint32)
  return {
    uint32,
    uniform,
    integer,
    normal: () => normal(uniform),
    permutation(n) {
      const order = Array.from({ length: n }, (_, index) => index)
      for (let last = n - 1; last > 0; last--) {
        const other = integer(last + 1)
        const kept = order[last]!
        order[last] = order[other]!
        order[other] = kept
      }
      return order
    },
  }
}

/** One step of sfc32; the state is changed in place. */
function next(state: Uint32Array): number {
  const a = state[0]!
  const b = state[1]!
  const c = state[2]!
  const sum = (a + b + state[3]!) >>> 0
  state[3] = state[3]! + 1
  state[0] = b ^ (b >>> 9)
  state[1] = c + (c << 3)
  state[2] = ((c << 21) | (c >>> 11)) + sum
  return sum
}

/** Draws just as many bits as `n` needs and again if they are too large: unbiased, and less than two draws on average. */
function integerBelow(n: number, uint32: () => number): number {
  assert(Number.isInteger(n) && n >= 1 && n <= 0x20000000000000, 'integer(n) is asked for an n in 1 .. 2^53')
  const largest = n - 1
  const high = Math.floor(largest / 0x100000000)
  const highBits = 32 - Math.clz32(high)
  const lowBits = high > 0 ? 32 : 32 - Math.clz32(largest)
  if (lowBits === 0) return 0
  for (;;) {
    const upper = highBits === 0 ? 0 : uint32() >>> (32 - highBits)
    const drawn = upper * 0x100000000 + (uint32() >>> (32 - lowBits))
    if (drawn <= largest) return drawn
  }
}

/** Marsaglia's polar method (1964). The second deviate is not kept, so that a draw never depends on an earlier kind of draw. */
function normal(uniform: () => number): number {
  for (;;) {
    const x = 2 * uniform() - 1
    const y = 2 * uniform() - 1
    const square = x * x + y * y
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square)
  }
}

function hash(parts: Address): Uint32Array {
  // The digits of pi after the point: nothing up the sleeve, and not the all-zero state that a quarter round leaves as it is.
  const state = Uint32Array.of(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344)
  for (const part of parts) {
    if (typeof part === 'number') absorbNumber(state, part)
    else absorbText(state, part)
  }
  absorb(state, parts.length)
  for (let round = 0; round < 8; round++) quarterRound(state)
  return state
}

const double = new DataView(new ArrayBuffer(8))

function absorbNumber(state: Uint32Array, part: number): void {
  assert(Number.isFinite(part), `a number in the address of a stream is finite, not ${part}`)
  // Adding 0 turns -0 into 0.
  double.setFloat64(0, part + 0)
  absorb(state, 0x80000000)
  absorb(state, double.getUint32(0))
  absorb(state, double.getUint32(4))
}

function absorbText(state: Uint32Array, part: string): void {
  absorb(state, part.length)
  for (let index = 0; index < part.length; index += 2) {
    // Two UTF-16 units a word; the length, absorbed before, tells a missing second unit from a zero.
    const second = index + 1 < part.length ? part.charCodeAt(index + 1) : 0
    absorb(state, (part.charCodeAt(index) << 16) | second)
  }
}

function absorb(state: Uint32Array, word: number): void {
  state[0] = state[0]! ^ word
  quarterRound(state)
  quarterRound(state)
}

function quarterRound(state: Uint32Array): void {
  let a = state[0]!
  let b = state[1]!
  let c = state[2]!
  let d = state[3]!
  a = (a + b) | 0
  d = rotate(d ^ a, 16)
  c = (c + d) | 0
  b = rotate(b ^ c, 12)
  a = (a + b) | 0
  d = rotate(d ^ a, 8)
  c = (c + d) | 0
  b = rotate(b ^ c, 7)
  state[0] = a
  state[1] = b
  state[2] = c
  state[3] = d
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}
