/**
 * A state of bits with the local fields that make the cost of a flip one multiplication.
 *
 * With t_i = +-factor_i what a flip adds to z_g, and field F_g = sum over h of coupling[g, h] z_h, flipping i costs
 *
 *     E(flipped) - E = own_i + t_i F_g,    own_i = +-linear_i + factor_i^2 coupling[g, g] / 2
 *
 * Invariant: t, own, fields and energy are those of the bits, up to rounding.
 */
import type { Stream } from '../../maths/stream.ts'
import type { GroupedQubo } from './digit-groups.ts'

export interface BitState {
  /** By place, as everything here. */
  readonly bits: Uint8Array
  /** t. */
  readonly step: Float64Array
  readonly own: Float64Array
  /** By group. */
  readonly field: Float64Array
  /** What own is for a bit that is 0, and for one that is 1. */
  readonly ownOff: Float64Array
  readonly ownOn: Float64Array
  energy: number
}

export function bitState(problem: GroupedQubo): BitState {
  const { size, groups, group, factor, linear, coupling } = problem
  const square = Float64Array.from(factor, (f, i) => (f * f * coupling[group[i]! * (groups + 1)]!) / 2)
  return {
    bits: new Uint8Array(size),
    step: Float64Array.from(factor),
    own: Float64Array.from(linear, (l, i) => l + square[i]!),
    field: new Float64Array(groups),
    ownOff: Float64Array.from(linear, (l, i) => l + square[i]!),
    ownOn: Float64Array.from(linear, (l, i) => square[i]! - l),
    energy: 0,
  }
}

/** `bits` by the variables' numbers. */
export function setBits(problem: GroupedQubo, state: BitState, bits: ArrayLike<number>): void {
  for (let i = 0; i < problem.size; i++) state.bits[i] = bits[problem.variable[i]!]!
  settle(problem, state)
}

export function setRandomBits(problem: GroupedQubo, state: BitState, chance: Stream): void {
  let word = 0
  for (let i = 0; i < problem.size; i++) {
    word = i % 32 === 0 ? chance.uint32() : word >>> 1
    state.bits[i] = word & 1
  }
  settle(problem, state)
}

/** By the variables' numbers. */
export function bitsInOrder(problem: GroupedQubo, { bits }: BitState): Uint8Array {
  const ordered = new Uint8Array(problem.size)
  for (let i = 0; i < problem.size; i++) ordered[problem.variable[i]!] = bits[i]!
  return ordered
}

/** Everything else anew from the bits: also takes away what rounding left in the fields. */
export function settle({ size, groups, group, factor, linear, coupling }: GroupedQubo, state: BitState): void {
  const z = new Float64Array(groups)
  state.energy = 0
  for (let i = 0; i < size; i++) {
    const isOn = state.bits[i] !== 0
    state.step[i] = isOn ? -factor[i]! : factor[i]!
    state.own[i] = isOn ? state.ownOn[i]! : state.ownOff[i]!
    if (!isOn) continue
    z[group[i]!] = z[group[i]!]! + factor[i]!
    state.energy += linear[i]!
  }
  for (let g = 0; g < groups; g++) {
    let field = 0
    for (let h = 0; h < groups; h++) field += coupling[g * groups + h]! * z[h]!
    state.field[g] = field
    state.energy += (field * z[g]!) / 2
  }
}

export function flipCost({ group }: GroupedQubo, { own, step, field }: BitState, i: number): number {
  return own[i]! + step[i]! * field[group[i]!]!
}

/** The energy is left to the caller, who knows the cost. */
export function flip({ groups, group, coupling }: GroupedQubo, state: BitState, i: number): void {
  const { bits, step, own, field } = state
  const t = step[i]!
  const row = group[i]! * groups
  const isOn = (bits[i]! ^ 1) as 0 | 1
  bits[i] = isOn
  step[i] = -t
  own[i] = isOn === 1 ? state.ownOn[i]! : state.ownOff[i]!
  for (let h = 0; h < groups; h++) field[h] = field[h]! + t * coupling[row + h]!
}
