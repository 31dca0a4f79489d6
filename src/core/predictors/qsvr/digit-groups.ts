/**
 * Finds the numbers behind the bits of a QUBO.
 *
 * The bits of a QSVR are digits: the couplings of two digits of one coefficient are multiples of each other. Written over such groups g with
 * z_g = sum over i in g of factor_i a_i, the energy is
 *
 *     E = sum over i of linear_i a_i + 1/2 sum over g, h of coupling[g, h] z_g z_h
 *
 * and a flip changes as many local fields as there are groups, 20 instead of 120. Which bits belong together is seen in the matrix alone, so that
 * any QUBO can be given; one without such structure has one bit a group (factor 1, and no coupling of a group with itself).
 *
 * Cost: size^2 where there is no structure, groups x size^2 where there is.
 */
import type { Qubo } from './qubo.ts'

/** Variables stand group by group: their places are not their numbers. */
export interface GroupedQubo {
  readonly size: number
  readonly groups: number
  /** By place: the variable's number, and its group. */
  readonly variable: Int32Array
  readonly group: Int32Array
  /** By group: the place of its first variable; one more at the end. */
  readonly start: Int32Array
  /** By place. */
  readonly factor: Float64Array
  readonly linear: Float64Array
  /** Row-major groups x groups, symmetric. */
  readonly coupling: Float64Array
}

interface Group {
  /** Its factor is 1. */
  readonly first: number
  /** With which two variables that one is coupled most. */
  readonly peaks: readonly [number, number]
  readonly members: { readonly variable: number; readonly factor: number }[]
  self: number
}

export function grouped({ size, q }: Qubo): GroupedQubo {
  const couplings = symmetric(size, q)
  const groups: Group[] = []
  for (let variable = 0; variable < size; variable++) {
    if (!groups.some((group) => joins(size, couplings, group, variable)))
      groups.push({
        first: variable,
        peaks: peaksOf(size, couplings, variable),
        members: [{ variable, factor: 1 }],
        self: 0,
      })
  }
  const members = groups.flatMap((group, index) => group.members.map((member) => ({ ...member, index })))
  const coupling = new Float64Array(groups.length ** 2)
  groups.forEach((group, g) =>
    groups.forEach((other, h) => {
      coupling[g * groups.length + h] = g === h ? group.self : couplings[group.first * size + other.first]!
    }),
  )
  let place = 0
  const start = Int32Array.from([
    ...groups.map((group) => (place += group.members.length) - group.members.length),
    size,
  ])
  return {
    size,
    groups: groups.length,
    variable: Int32Array.from(members, ({ variable }) => variable),
    group: Int32Array.from(members, ({ index }) => index),
    start,
    factor: Float64Array.from(members, ({ factor }) => factor),
    linear: Float64Array.from(
      members,
      ({ variable, factor, index }) => q[variable * size + variable]! - (factor * factor * groups[index]!.self) / 2,
    ),
    coupling,
  }
}

/** Off the diagonal: what two set bits cost together. */
function symmetric(size: number, q: Float64Array): Float64Array {
  const couplings = new Float64Array(size * size)
  for (let i = 0; i < size; i++)
    for (let j = i + 1; j < size; j++) couplings[i * size + j] = couplings[j * size + i] = q[i * size + j]!
  return couplings
}

/** Adds the variable to the group if all its couplings are the same multiple of those of the group's first variable. */
function joins(size: number, couplings: Float64Array, group: Group, variable: number): boolean {
  const [first, row] = [group.first * size, variable * size]
  const peak = group.peaks[0] === variable ? group.peaks[1] : group.peaks[0]
  const factor = couplings[row + peak]! / couplings[first + peak]!
  if (factor === 0 || !Number.isFinite(factor)) return false
  const tolerance = 1e-12 * Math.abs(couplings[row + peak]!)
  for (let k = 0; k < size; k++) {
    if (k === group.first || k === variable) continue
    if (!(Math.abs(couplings[row + k]! - factor * couplings[first + k]!) <= tolerance)) return false
  }
  const shared = couplings[first + variable]!
  if (group.members.length === 1) group.self = shared / factor
  else if (!(Math.abs(shared - factor * group.self) <= tolerance)) return false
  group.members.push({ variable, factor })
  return true
}

/** With which two variables it is coupled most. */
function peaksOf(size: number, couplings: Float64Array, variable: number): [number, number] {
  let [most, next] = [0, 0]
  for (let k = 0; k < size; k++) {
    const magnitude = Math.abs(couplings[variable * size + k]!)
    if (magnitude > Math.abs(couplings[variable * size + most]!)) [most, next] = [k, most]
    else if (k !== most && magnitude > Math.abs(couplings[variable * size + next]!)) next = k
  }
  return [most, next]
}
