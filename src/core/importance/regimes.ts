/**
 * Where in the unit cube a parameter exists: the parts of other axes that its conditions allow, those of its parents' own conditions among them. Everything is
 * measured as the axes have it, each value as likely as its share of the axis; forbidden combinations are not cut out.
 */
import type { Bound } from '../space/definition.ts'
import { meets } from '../space/conditions.ts'
import type { Parameter } from '../space/parameter.ts'
import type { Space } from '../space/space.ts'

/** Some part of one axis. Of categories a set of bits, 32 a word; else stretches that do not touch, ascending: from, to, from, to, ... */
export type Part = { readonly type: 'set'; readonly words: Uint32Array } | Stretches

export interface Stretches {
  readonly type: 'stretches'
  readonly ends: readonly number[]
}

/** What is asked of axes, by their number, ascending; empty = everywhere. */
export type Regime = ReadonlyMap<number, Part>

/** Ordered axes of so many values and more are looked at in so many steps. */
const stepsAtMost = 1024

/** For each axis where it exists. `isSet` says which axes are told apart by sets. */
export function regimesOf({ axes, names }: Space, isSet: readonly boolean[]): Regime[] {
  const bounds: ReadonlyMap<number, readonly Bound[]>[] = []
  return axes.map(({ when }) => {
    // Parents stand before their children.
    const all = new Map<number, readonly Bound[]>()
    const add = (axis: number, more: readonly Bound[]) => all.set(axis, [...(all.get(axis) ?? []), ...more])
    for (const [name, bound] of Object.entries(when ?? {})) {
      const parent = names.indexOf(name)
      add(parent, [bound])
      for (const [axis, inherited] of bounds[parent]!) add(axis, inherited)
    }
    bounds.push(all)
    const parts = [...all].sort(([a], [b]) => a - b)
    return new Map(parts.map(([axis, asked]) => [axis, partOf(axes[axis]!.parameter, asked, isSet[axis]!)]))
  })
}

/** Where both hold. */
export function intersection(one: Regime, other: Regime): Regime {
  const both = new Map(one)
  for (const [axis, part] of other) {
    const mine = both.get(axis)
    both.set(axis, mine ? common(mine, part) : part)
  }
  return new Map([...both].sort(([a], [b]) => a - b))
}

/** The share of the cube. */
export function shareOf(regime: Regime, space: Space): number {
  let share = 1
  for (const [axis, part] of regime) share *= lengthOf(part, space.axes[axis]!.parameter.size)
  return share
}

/** The share of the axis, which has so many categories if it is told apart by sets. */
export function lengthOf(part: Part, size: number): number {
  if (part.type === 'set') return bitsIn(part.words) / size
  let length = 0
  for (let at = 0; at < part.ends.length; at += 2) length += part.ends[at + 1]! - part.ends[at]!
  return length
}

export function bitsIn(words: Uint32Array): number {
  let count = 0
  for (let word of words) for (; word !== 0; word &= word - 1) count++
  return count
}

function partOf(parameter: Parameter, bounds: readonly Bound[], isSet: boolean): Part {
  const { size } = parameter
  const isAllowed = (value: ReturnType<Parameter['at']>) => bounds.every((bound) => meets(bound, value))
  if (isSet) {
    const words = new Uint32Array(Math.ceil(size / 32))
    for (let index = 0; index < size; index++)
      if (isAllowed(parameter.at(index))) words[index >>> 5] = words[index >>> 5]! | (1 << (index & 31))
    return { type: 'set', words }
  }
  const ends: number[] = []
  const count = Math.min(size, stepsAtMost)
  for (let step = 0; step < count; step++) {
    const value = size === count ? parameter.at(step) : parameter.decode((step + 0.5) / count)
    if (!isAllowed(value)) continue
    const [from, to] = size === count ? parameter.cell(value) : [step / count, (step + 1) / count]
    if (ends.at(-1) === from) ends[ends.length - 1] = to
    else ends.push(from, to)
  }
  return { type: 'stretches', ends }
}

function common(one: Part, other: Part): Part {
  if (one.type === 'set')
    return { type: 'set', words: one.words.map((word, index) => word & (other as typeof one).words[index]!) }
  const ends: number[] = []
  const others = (other as Stretches).ends
  for (let a = 0; a < one.ends.length; a += 2) {
    for (let b = 0; b < others.length; b += 2) {
      const from = Math.max(one.ends[a]!, others[b]!)
      const to = Math.min(one.ends[a + 1]!, others[b + 1]!)
      if (from < to) ends.push(from, to)
    }
  }
  return { type: 'stretches', ends }
}
