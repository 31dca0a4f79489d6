/**
 * The Sobol sequence, and Owen's scrambling of it.
 *
 * I. M. Sobol (1967) with the direction numbers of Joe and Kuo (2008) in the order of Gray codes (Antonov, Saleev 1979), which is that of SciPy.
 * Scrambling: nested uniform scrambling (A. B. Owen 1995): every binary digit is flipped or not by chance that depends on all digits before
 * it. The chance is a hash of those digits and a seed, so that no tree of flips has to be kept.
 *
 * Cost: 32 operations a coordinate, 32 hashes if scrambled.
 *
 * Invariants
 * - Of the first 2^k vectors each of the 2^k equal slices of every axis holds exactly one, scrambled or not.
 */
import { assert } from '../trial.ts'
import { joeKuo } from './joe-kuo.ts'

/** The most axes that there are direction numbers for. */
export const sobolDimensionAtMost: number = joeKuo.length + 1

/** The number of different vectors. */
export const sobolLength: number = 2 ** 32

const bits = 32

/** Coordinate `axis` of vector `index` of the sequence as 32 binary digits: 2^32 stands for 1. */
export function sobolDigits(index: number, axis: number): number {
  assert(Number.isInteger(index) && index >= 0 && index < sobolLength, `the Sobol sequence has no vector ${index}`)
  const numbers = directionNumbers(axis)
  let digits = 0
  for (let gray = (index ^ (index >>> 1)) >>> 0, bit = 0; gray !== 0; gray >>>= 1, bit++)
    if (gray & 1) digits ^= numbers[bit]!
  return digits >>> 0
}

/** Coordinate `axis` of vector `index`, in [0, 1). */
export function sobol(index: number, axis: number): number {
  return sobolDigits(index, axis) / sobolLength
}

/** The same, scrambled by `seed` (32 bits; every axis should have its own). */
export function scrambledSobol(index: number, axis: number, seed: number): number {
  return scramble(sobolDigits(index, axis), seed) / sobolLength
}

function scramble(digits: number, seed: number): number {
  let flips = 0
  for (let bit = bits - 1; bit >= 0; bit--) {
    // The digits before this one behind a leading 1, which tells how many there are.
    const before = bit === bits - 1 ? 1 : (digits >>> (bit + 1)) | (1 << (bits - 1 - bit))
    flips |= (mix(mix(before) ^ seed) & 1) << bit
  }
  return (digits ^ flips) >>> 0
}

/** Two rounds of xor, shift and multiplication by odd numbers (the primes next to 2^32 over the golden ratio, and over the square root of 2). */
function mix(word: number): number {
  let mixed = word ^ (word >>> 16)
  mixed = Math.imul(mixed, 0x9e3779b1)
  mixed ^= mixed >>> 15
  mixed = Math.imul(mixed, 0xb504f32d)
  return mixed ^ (mixed >>> 16)
}

/** Computed once an axis: a memo of a constant table. */
const known: (readonly number[])[] = []

function directionNumbers(axis: number): readonly number[] {
  assert(axis >= 0 && axis < sobolDimensionAtMost, `there are no direction numbers for axis ${axis}`)
  return (known[axis] ??= axis === 0 ? firstAxis() : furtherAxis(joeKuo[axis - 1]!))
}

function firstAxis(): number[] {
  return Array.from({ length: bits }, (_, bit) => (1 << (bits - 1 - bit)) >>> 0)
}

/** m_k = 2 a_1 m_(k-1) xor 4 a_2 m_(k-2) xor ... xor 2^s m_(k-s) xor m_(k-s), where s is the degree and a_i the coefficients. */
function furtherAxis([polynomial = 1, ...initial]: readonly number[]): number[] {
  const degree = initial.length
  // Kept with their binary point at the top (v_k = m_k 2^(32-k)), where multiplying m_(k-i) by 2^i moves nothing.
  const numbers = initial.map((m, index) => (m << (bits - 1 - index)) >>> 0)
  for (let k = degree; k < bits; k++) {
    const oldest = numbers[k - degree]!
    let number = oldest ^ (oldest >>> degree)
    for (let i = 1; i < degree; i++) if ((polynomial >>> (degree - i)) & 1) number ^= numbers[k - i]!
    numbers.push(number >>> 0)
  }
  return numbers
}
