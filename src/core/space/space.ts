/**
 * The search space: a list of axes, each a parameter with its condition, and the combinations that are forbidden.
 * See `definition.ts` for what a user writes, `space-problems.ts` for what is wrong with it.
 *
 * Samplers work in the unit cube, one axis a parameter, conditional ones too: every place of the cube is some configuration, for the axes of
 * absent parameters are ignored. The other way, `encode` gives the centre of a configuration's cell.
 *
 * Invariants
 * - decode(encode(configuration)) is the configuration.
 * - Every place of the cube decodes to a configuration of the space (which may be forbidden).
 * - Equal keys, equal configurations.
 */
import { type Configuration, type Value, assert } from '../trial.ts'
import type { Stream } from '../maths/stream.ts'
import type { SpaceDefinition } from './definition.ts'
import { type Allowed, allowedOf } from './allowed.ts'
import { type Axis, axesOf } from './axes.ts'
import { holds, valueOf } from './conditions.ts'
import { enumerate } from './enumerate.ts'
import { nearestName } from './nearest-name.ts'
import { spaceProblems } from './space-problems.ts'

export type { Axis } from './axes.ts'
export { enumerate } from './enumerate.ts'

export interface Space {
  readonly definition: SpaceDefinition
  /** One a parameter, parents before the parameters that depend on them, otherwise in written order. */
  readonly axes: readonly Axis[]
  /** Parameter names; the axes of the unit cube in this order. */
  readonly names: readonly string[]
  readonly dimension: number
  /**
   * How many configurations there are; Infinity for a continuous space. Forbidden ones are left out, unless there are so many overlapping
   * conditions and combinations that counting is out of reach: then it is an upper bound.
   */
  readonly size: number
  /** null where counting is out of reach. */
  readonly allowed: Allowed | null
}

/** For a definition without problems: whoever reads definitions from outside asks `spaceProblems` first. */
export function space(definition: SpaceDefinition): Space {
  const [first] = spaceProblems(definition)
  assert(!first, `a space is made from a checked definition, but at ${first?.path.join('.')}: ${first?.problem}`)
  const axes = axesOf(definition)
  const allowed = allowedOf(axes, definition.forbidden)
  const size = allowed?.count ?? axes.reduce((size, { parameter }) => size * parameter.size, 1)
  return { definition, axes, names: axes.map(({ name }) => name), dimension: axes.length, size, allowed }
}

/** A place of the unit cube -> configuration (inactive parameters absent). Every unit value in [0, 1] maps inside the range; may be forbidden. */
export function decode(space: Space, unit: ArrayLike<number>): Configuration {
  const configuration: { [parameter: string]: Value } = {}
  for (const [position, { name, parameter, when }] of space.axes.entries())
    if (!when || holds(when, configuration)) configuration[name] = parameter.decode(unit[position]!)
  return configuration
}

/** Configuration -> centre of its cell in the unit cube; NaN for inactive parameters. decode(encode(c)) equals c. */
export function encode(space: Space, configuration: Configuration): Float64Array {
  const unit = new Float64Array(space.dimension).fill(NaN)
  for (const [position, { name, parameter }] of space.axes.entries()) {
    const value = valueOf(configuration, name)
    if (value !== undefined) unit[position] = parameter.encode(value)
  }
  return unit
}

/** Canonical text of a configuration: equal text = equal configuration. */
export function key(space: Space, configuration: Configuration): string {
  return JSON.stringify(space.names.map((name) => valueOf(configuration, name) ?? null))
}

export function isForbidden(space: Space, configuration: Configuration): boolean {
  return space.definition.forbidden.some((clause) => holds(clause, configuration))
}

/** What is wrong with a user-given configuration, in words; empty if it belongs to the space. */
export function problems(space: Space, configuration: Configuration): string[] {
  const found: string[] = []
  for (const name of Object.keys(configuration)) {
    if (space.names.includes(name)) continue
    const near = nearestName(name, space.names)
    found.push(`there is no parameter ${name}${near === undefined ? '' : `, did you mean ${near}?`}`)
  }
  for (const { name, parameter, when } of space.axes) {
    const value = valueOf(configuration, name)
    const exists = !when || holds(when, configuration)
    if (value === undefined) {
      if (exists) found.push(`${name} is missing: expected ${parameter.expected}`)
    } else if (!exists) {
      found.push(`${name} does not exist here, for its condition ${JSON.stringify(when)} does not hold; leave it out`)
    } else if (!parameter.contains(value)) {
      found.push(`${name}: expected ${parameter.expected}, got ${JSON.stringify(value) ?? String(value)}`)
    }
  }
  for (const clause of space.definition.forbidden)
    if (holds(clause, configuration)) found.push(`the combination ${JSON.stringify(clause)} is forbidden`)
  return found
}

/** Draws that may be forbidden before the allowed part is gone through step by step. */
const rejectionsAtMost = 100

/** A uniformly random allowed configuration (rejection of forbidden ones, then search); null if none is allowed. */
export function randomConfiguration(space: Space, stream: Stream): Configuration | null {
  for (let attempt = 0; attempt < rejectionsAtMost; attempt++) {
    const configuration = decode(
      space,
      space.axes.map(() => stream.uniform()),
    )
    if (!isForbidden(space, configuration)) return configuration
  }
  if (space.allowed) {
    // Rounding can carry a draw over the edge of its region, so the result is looked at again.
    for (let attempt = 0; attempt < rejectionsAtMost; attempt++) {
      const configuration = space.allowed.draw(stream)
      if (!configuration || !isForbidden(space, configuration)) return configuration
    }
  }
  const start = decode(
    space,
    space.axes.map(() => stream.uniform()),
  )
  for (const levels of [2, 5, 17]) {
    for (const configuration of enumerate(space, levels, start)) return configuration
    for (const configuration of enumerate(space, levels)) return configuration
  }
  return null
}
