/**
 * Bounds on single parameters and conditions made of them: when a parameter exists, and what is forbidden.
 *
 * Invariants
 * - An absent parameter meets no bound, so a condition on it does not hold.
 * - Parents come before the parameters that depend on them.
 */
import type { Configuration, Value } from '../trial.ts'
import type { Bound, Condition, ParameterDefinition } from './definition.ts'

export type BoundOptions = Extract<Bound, { readonly not?: unknown }>

export function isListOfValues(bound: Bound): bound is readonly Value[] {
  return Array.isArray(bound)
}

export function isOptions(bound: Bound): bound is BoundOptions {
  return typeof bound === 'object' && !Array.isArray(bound)
}

export function meets(bound: Bound, value: Value): boolean {
  if (isListOfValues(bound)) return bound.includes(value)
  if (!isOptions(bound)) return value === bound
  const { not, atLeast, atMost, above, below } = bound
  if (not !== undefined && excluded(not).includes(value)) return false
  return (
    (atLeast === undefined || (typeof value === 'number' && value >= atLeast)) &&
    (atMost === undefined || (typeof value === 'number' && value <= atMost)) &&
    (above === undefined || (typeof value === 'number' && value > above)) &&
    (below === undefined || (typeof value === 'number' && value < below))
  )
}

export function excluded(not: Value | readonly Value[]): readonly Value[] {
  return typeof not === 'object' ? not : [not]
}

export function holds(condition: Condition, configuration: Configuration): boolean {
  for (const parameter of Object.keys(condition)) {
    const value = valueOf(configuration, parameter)
    if (value === undefined || !meets(condition[parameter]!, value)) return false
  }
  return true
}

/** undefined = absent. A parameter may be called `constructor`: what plain objects inherit is no value. */
export function valueOf(configuration: Configuration, parameter: string): Value | undefined {
  return Object.hasOwn(configuration, parameter) ? configuration[parameter] : undefined
}

/** Parameter names in written order, but parents before their children. Cycles are broken anywhere; unknown parents are left out. */
export function parentsFirst(parameters: { readonly [name: string]: ParameterDefinition }): string[] {
  const placed = new Set<string>()
  const order: string[] = []
  const place = (name: string) => {
    if (placed.has(name) || !Object.hasOwn(parameters, name)) return
    placed.add(name)
    Object.keys(parameters[name]?.when ?? {}).forEach(place)
    order.push(name)
  }
  Object.keys(parameters).forEach(place)
  return order
}

/** Every circle of conditions once, as the names along it. */
export function conditionCycles(parameters: { readonly [name: string]: ParameterDefinition }): string[][] {
  const done = new Set<string>()
  const cycles: string[][] = []
  const follow = (name: string, path: readonly string[]) => {
    const start = path.indexOf(name)
    if (start >= 0) cycles.push(path.slice(start))
    if (start >= 0 || done.has(name) || !Object.hasOwn(parameters, name)) return
    for (const parent of Object.keys(parameters[name]?.when ?? {})) follow(parent, [...path, name])
    done.add(name)
  }
  for (const name of Object.keys(parameters)) follow(name, [])
  return cycles
}
