/**
 * The leaves of a regression tree as boxes of the unit cube.
 *
 * A tree asks an absent parameter by sending it to one side. In the cube that is a question to the axes that it depends on: where they forbid it, the missing
 * side; where they allow it, its own axis decides. So each question to a conditional parameter is put as several, and the boxes fill the whole cube without
 * overlapping: every later integral over the space is a sum of products.
 *
 * Thresholds of parameters with finitely many values are moved to the edge of a cell, so that a box holds whole values.
 */
import type { Tree } from '../surrogates/forest.ts'
import type { Parameter } from '../space/parameter.ts'
import type { Part, Regime } from './regimes.ts'

/** Flat: box after box, axis after axis. */
export interface Boxes {
  readonly count: number
  readonly axes: number
  readonly means: readonly number[]
  /** From and to; 0 and 1 for axes of sets. */
  readonly ends: readonly number[]
  /** Null for ordered axes. */
  readonly sets: readonly (Uint32Array | null)[]
}

export interface Cube {
  readonly parameters: readonly Parameter[]
  /** Axes of categories that are told apart by sets: their size; else 0. */
  readonly sizes: readonly number[]
  /** Where each axis exists. */
  readonly regimes: readonly Regime[]
}

interface Walk {
  readonly tree: Tree
  readonly cube: Cube
  /** The requirements of each axis as a list. */
  readonly asked: readonly (readonly (readonly [number, Part])[])[]
  readonly from: Float64Array
  readonly to: Float64Array
  readonly sets: (Uint32Array | null)[]
  readonly means: number[]
  readonly ends: number[]
  readonly allSets: (Uint32Array | null)[]
}

export function boxesOf(tree: Tree, cube: Cube): Boxes {
  const axes = cube.parameters.length
  const walk: Walk = {
    tree,
    cube,
    asked: cube.regimes.map((regime) => [...regime]),
    from: new Float64Array(axes),
    to: new Float64Array(axes).fill(1),
    sets: cube.sizes.map((size) => (size > 0 ? fullSet(size) : null)),
    means: [],
    ends: [],
    allSets: [],
  }
  below(walk, 0)
  const { means, ends, allSets } = walk
  return { count: means.length, axes, means, ends, sets: allSets }
}

function below(walk: Walk, node: number): void {
  const { tree, from, to, sets, means, ends, allSets } = walk
  if (tree.column[node]! >= 0) {
    existing(walk, node, 0)
    return
  }
  means.push(tree.mean[node]!)
  for (let axis = 0; axis < from.length; axis++) {
    ends.push(from[axis]!, to[axis]!)
    allSets.push(sets[axis]!)
  }
}

/** Cuts off what the requirements of the node's axis, from this one on, do not allow. */
function existing(walk: Walk, node: number, requirement: number): void {
  const { tree, asked } = walk
  const required = asked[tree.column[node]!]![requirement]
  if (required === undefined) {
    divided(walk, node)
    return
  }
  const [axis, part] = required
  const missing = tree.mixed?.missingLeft[node] === 1 ? node + 1 : tree.right[node]!
  const absent = () => below(walk, missing)
  const present = () => existing(walk, node, requirement + 1)
  if (part.type === 'set') {
    within(walk, axis, part.words, false, present)
    within(walk, axis, part.words, true, absent)
    return
  }
  const { from, to } = walk
  const [low, high] = [from[axis]!, to[axis]!]
  let at = low
  for (let index = 0; index < part.ends.length; index += 2) {
    const start = Math.min(Math.max(part.ends[index]!, low), high)
    const end = Math.min(Math.max(part.ends[index + 1]!, low), high)
    between(walk, axis, at, start, absent)
    between(walk, axis, start, end, present)
    at = end
  }
  between(walk, axis, at, high, absent)
}

function divided(walk: Walk, node: number): void {
  const { tree, cube, from, to } = walk
  const axis = tree.column[node]!
  const left = () => below(walk, node + 1)
  const right = () => below(walk, tree.right[node]!)
  const threshold = tree.threshold[node]!
  const size = cube.sizes[axis]!
  if (size > 0) {
    const words = tree.mixed!.sets.subarray(threshold, threshold + Math.ceil(size / 32))
    within(walk, axis, words, false, left)
    within(walk, axis, words, true, right)
    return
  }
  const [low, high] = [from[axis]!, to[axis]!]
  const middle = Math.min(Math.max(edgeAt(cube.parameters[axis]!, threshold), low), high)
  between(walk, axis, low, middle, left)
  between(walk, axis, middle, high, right)
}

/** Goes on with a stretch of one axis, if it is any. */
function between({ from, to }: Walk, axis: number, low: number, high: number, goOn: () => void): void {
  if (high <= low) return
  const [start, end] = [from[axis]!, to[axis]!]
  from[axis] = low
  to[axis] = high
  goOn()
  from[axis] = start
  to[axis] = end
}

/** Goes on with the categories that are in a set, or with those that are not. */
function within({ sets }: Walk, axis: number, words: Uint32Array, isOutside: boolean, goOn: () => void): void {
  const before = sets[axis]!
  const kept = before.map((word, index) => word & (isOutside ? ~words[index]! : words[index]!))
  if (kept.every((word) => word === 0)) return
  sets[axis] = kept
  goOn()
  sets[axis] = before
}

function edgeAt(parameter: Parameter, threshold: number): number {
  if (parameter.size === Infinity) return threshold
  const value = parameter.decode(threshold)
  const [from, to] = parameter.cell(value)
  return parameter.encode(value) <= threshold ? to : from
}

function fullSet(size: number): Uint32Array {
  return Uint32Array.from({ length: Math.ceil(size / 32) }, (_, word) =>
    size - 32 * word >= 32 ? 0xffffffff : 2 ** (size - 32 * word) - 1,
  )
}
