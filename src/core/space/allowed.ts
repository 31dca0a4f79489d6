/**
 * How many configurations a space allows, and uniform draws from the allowed ones, without listing them.
 *
 * Conditions and forbidden combinations are clauses: conjunctions of bounds. Going through the parameters in order, all that the
 * rest depends on is which clauses can still hold; for each parameter only the regions that the bounds tell apart matter
 * (`regions.ts`). So counts and measures are sums over regions of products, remembered by (position, living clauses).
 *
 * Cost: the number of distinct sets of living clauses, which is small unless very many clauses overlap. Beyond `nodesAtMost` the answer is
 * null, and whoever asks must do without.
 *
 * Invariants
 * - `count` is the number of configurations that `enumerate` gives; Infinity if a continuous parameter is free to move.
 * - `count` is 0 exactly if nothing is allowed, in continuous spaces too.
 */
import type { Configuration, Value } from '../trial.ts'
import type { Stream } from '../maths/stream.ts'
import type { Bound, Condition } from './definition.ts'
import type { Axis } from './axes.ts'
import { type Region, regions } from './regions.ts'

export interface Allowed {
  readonly count: number
  /** A uniformly random allowed configuration; null if there is none. */
  draw(stream: Stream): Configuration | null
}

const nodesAtMost = 20_000

interface Clause {
  /** The parameter that exists only if the clause holds; null = a forbidden combination. */
  readonly child: number | null
  readonly bounds: ReadonlyMap<number, Bound>
}

interface Plan {
  /** The regions of the parameter's values, each with the clauses that it ends, as a set of bits. */
  readonly regions: readonly { readonly region: Region; readonly ends: bigint }[]
  /** The clauses that put a bound on the parameter: all of them end where it is absent. */
  readonly touching: bigint
  /** The bit of its own condition; 0 = always there. */
  readonly condition: bigint
  /** Forbidden combinations that are decided here. */
  readonly forbids: bigint
  /** Clauses that matter no more. */
  readonly finished: bigint
}

/** A step taken at one parameter: into a region, or past it (null) where it is absent. */
interface Step {
  readonly region: Region | null
  readonly next: bigint
}

interface Total {
  readonly count: number
  readonly share: number
}

/** null if there are too many clauses to go through. */
export function allowedOf(axes: readonly Axis[], forbidden: readonly Condition[]): Allowed | null {
  const clauses = clausesOf(axes, forbidden)
  const plans = axes.map((_, position) => planOf(axes, clauses, position))
  const totals = axes.map(() => new Map<bigint, Total>())
  let nodes = 0

  const total = (position: number, living: bigint): Total => {
    if (position === plans.length) return { count: 1, share: 1 }
    const known = totals[position]!.get(living)
    if (known) return known
    if (++nodes > nodesAtMost) return { count: NaN, share: NaN }
    let count = 0
    let share = 0
    for (const { region, next } of stepsOf(plans[position]!, living)) {
      const rest = total(position + 1, next)
      if (Number.isNaN(rest.count)) return rest
      // Nothing times a continuum is still nothing.
      if (rest.count !== 0) count += (region?.count ?? 1) * rest.count
      share += (region?.share ?? 1) * rest.share
    }
    const result = { count, share }
    totals[position]!.set(living, result)
    return result
  }

  const all = (1n << BigInt(clauses.length)) - 1n
  const { count } = total(0, all)
  if (Number.isNaN(count)) return null

  const draw = (stream: Stream): Configuration | null => {
    const configuration: { [parameter: string]: Value } = {}
    let living = all
    for (const [position, plan] of plans.entries()) {
      const step = chosen(stepsOf(plan, living), (step) => total(position + 1, step.next), stream)
      if (!step) return null
      if (step.region) configuration[axes[position]!.name] = step.region.draw(stream)
      living = step.next
    }
    return configuration
  }
  return { count, draw }
}

function clausesOf(axes: readonly Axis[], forbidden: readonly Condition[]): Clause[] {
  const places = new Map(axes.map(({ name }, position) => [name, position]))
  const bounds = (condition: Condition) =>
    new Map(Object.entries(condition).map(([name, bound]) => [places.get(name) ?? -1, bound]))
  const conditional = axes.flatMap(({ when }, child) => (when ? [{ child, bounds: bounds(when) }] : []))
  return [...conditional, ...forbidden.map((condition) => ({ child: null, bounds: bounds(condition) }))]
}

function planOf(axes: readonly Axis[], clauses: readonly Clause[], position: number): Plan {
  const bounds: Bound[] = []
  const bits: bigint[] = []
  let condition = 0n
  let forbids = 0n
  let finished = 0n
  for (const [index, clause] of clauses.entries()) {
    const bit = 1n << BigInt(index)
    const bound = clause.bounds.get(position)
    if (bound !== undefined) {
      bounds.push(bound)
      bits.push(bit)
    }
    const last = clause.child ?? Math.max(...clause.bounds.keys(), 0)
    if (last !== position) continue
    finished |= bit
    if (clause.child === null) forbids |= bit
    else condition |= bit
  }
  const union = (isIn: (index: number) => boolean) =>
    bits.reduce((set, bit, index) => (isIn(index) ? set | bit : set), 0n)
  const split = regions(axes[position]!.parameter, bounds)
  return {
    regions: split.map((region) => ({ region, ends: union((index) => !region.met[index]) })),
    touching: union(() => true),
    condition,
    forbids,
    finished,
  }
}

function stepsOf(plan: Plan, living: bigint): Step[] {
  const isThere = plan.condition === 0n || (living & plan.condition) !== 0n
  const steps: Step[] = []
  for (const { region, ends } of isThere ? plan.regions : [{ region: null, ends: plan.touching }]) {
    const next = living & ~ends
    if ((next & plan.forbids) === 0n) steps.push({ region, next: next & ~plan.finished })
  }
  return steps
}

/** By measure; where the allowed part has none (single numbers of a continuous parameter), any that leads somewhere. */
function chosen(steps: readonly Step[], rest: (step: Step) => Total, stream: Stream): Step | undefined {
  const possible = steps.filter((step) => rest(step).count > 0)
  const weights = possible.map((step) => (step.region?.share ?? 1) * rest(step).share)
  const sum = weights.reduce((sum, weight) => sum + weight, 0)
  if (!(sum > 0)) return possible[possible.length === 0 ? 0 : stream.integer(possible.length)]
  let left = stream.uniform() * sum
  return (
    possible.find((_, index) => (left -= weights[index]!) < 0) ?? possible.findLast((_, index) => weights[index]! > 0)
  )
}
