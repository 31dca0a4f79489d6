/**
 * A child of two or three parents, as places of the unit cube.
 *
 * Ordered axes are crossed over by one of these: `uniform` takes each from either parent; `sbx` is simulated binary crossover; `blxalpha` (Eshelman, Schaffer
 * 1993) draws from the interval of the parents, widened by half of it on both sides; `undx` (Ono, Kobayashi 1997) draws a normal around the
 * middle of two parents, as wide along their difference as that is long and across it as the third parent is far away. Categories always come from either
 * parent. An axis that one parent lacks comes from the other; one that all lack comes from anybody in the population who has it.
 *
 * Mutation changes each axis with the same probability: ordered ones by a polynomial step (or evenly), categories to any other choice.
 */
import type { Space } from '../../space/space.ts'
import type { Stream } from '../../maths/stream.ts'
import { polynomialMutation, simulatedBinaryCrossover } from '../../maths/variation.ts'

export const crossovers = ['uniform', 'sbx', 'blxalpha', 'undx'] as const
export type Crossover = (typeof crossovers)[number]
export const mutations = ['polynomial', 'uniform'] as const
export type Mutation = (typeof mutations)[number]

export interface Breeding {
  readonly crossover: Crossover
  readonly crossoverProb: number
  readonly swappingProb: number
  readonly mutation: Mutation
  readonly mutationProb: number
  /** Distribution indices: the larger, the nearer to the parents. */
  readonly etaCrossover: number
  readonly etaMutation: number
}

export type Place = Float64Array

/** `population`: places, best first. NaN = absent. The child has a number on every axis. */
export function child(space: Space, population: readonly Place[], breeding: Breeding, chance: Stream): Place {
  const parents = chosen(population, breeding.crossover === 'undx' ? 3 : 2, chance)
  const first = parents[0]!
  const isCrossed = parents.length > 1 && chance.uniform() < breeding.crossoverProb
  const place = isCrossed ? crossed(space, parents, breeding, chance) : Float64Array.from(first)
  for (let axis = 0; axis < place.length; axis++) {
    if (Number.isNaN(place[axis]!)) place[axis] = fromAnybody(population, axis, chance)
    if (chance.uniform() < breeding.mutationProb) place[axis] = mutated(space, axis, place[axis]!, breeding, chance)
  }
  return place
}

/** Different parents by binary tournament: of two drawn at random the better one. */
function chosen(population: readonly Place[], count: number, chance: Stream): Place[] {
  const parents = new Set<number>()
  const wanted = Math.min(count, population.length)
  while (parents.size < wanted) {
    const drawn = Math.min(chance.integer(population.length), chance.integer(population.length))
    // Where tournaments keep giving the same, the next best that is not a parent yet will do.
    let parent = drawn
    while (parents.has(parent)) parent = (parent + 1) % population.length
    parents.add(parent)
  }
  return [...parents].map((index) => population[index]!)
}

function crossed(space: Space, parents: readonly Place[], breeding: Breeding, chance: Stream): Place {
  const [first, second] = parents as [Place, Place]
  const place = new Float64Array(first.length)
  for (let axis = 0; axis < place.length; axis++) {
    const [one, other] = [first[axis]!, second[axis]!]
    if (Number.isNaN(one) || Number.isNaN(other)) place[axis] = Number.isNaN(one) ? other : one
    else if (space.axes[axis]!.parameter.ordered) place[axis] = blended(one, other, breeding, chance)
    else place[axis] = chance.uniform() < breeding.swappingProb ? other : one
  }
  if (breeding.crossover === 'undx' && parents.length === 3) unimodal(space, parents, place, chance)
  return place
}

function blended(one: number, other: number, breeding: Breeding, chance: Stream): number {
  const { crossover, swappingProb, etaCrossover: eta } = breeding
  const isSwapped = chance.uniform() < swappingProb
  switch (crossover) {
    case 'uniform':
    case 'undx':
      return isSwapped ? other : one
    case 'sbx': {
      // As usual, half of the axes are crossed and the others stay as they are.
      if (chance.uniform() < 0.5) return isSwapped ? other : one
      const children = simulatedBinaryCrossover([one, other], { low: 0, high: 1, eta }, chance.uniform())
      return children[chance.uniform() < 0.5 ? 0 : 1]
    }
    case 'blxalpha': {
      const [low, high] = [Math.min(one, other), Math.max(one, other)]
      const reach = alpha * (high - low)
      return inside(low - reach + chance.uniform() * (high - low + 2 * reach))
    }
  }
}

const alpha = 0.5

/** Standard deviations along and across, as in the paper. */
const along = 0.5
const across = 0.35

/** Replaces the ordered axes that all three parents have. */
function unimodal(space: Space, parents: readonly Place[], place: Place, chance: Stream): void {
  const axes = space.axes.flatMap(({ parameter }, axis) =>
    parameter.ordered && parents.every((parent) => !Number.isNaN(parent[axis]!)) ? [axis] : [],
  )
  if (axes.length === 0) return
  const [first, second, third] = parents.map((parent) => axes.map((axis) => parent[axis]!)) as [
    number[],
    number[],
    number[],
  ]
  const difference = first.map((value, index) => second[index]! - value)
  const squared = product(difference, difference)
  const apart = (vector: readonly number[]): number[] => {
    const share = squared > 0 ? product(vector, difference) / squared : 0
    return vector.map((value, index) => value - share * difference[index]!)
  }
  const offset = apart(third.map((value, index) => value - first[index]!))
  const distance = Math.sqrt(product(offset, offset))
  const sideways = apart(axes.map(() => (chance.normal() * across) / Math.sqrt(axes.length)))
  const forward = along * chance.normal()
  for (const [index, axis] of axes.entries()) {
    const middle = (first[index]! + second[index]!) / 2
    place[axis] = inside(middle + forward * difference[index]! + distance * sideways[index]!)
  }
}

function product(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0)
}

function mutated(space: Space, axis: number, unit: number, breeding: Breeding, chance: Stream): number {
  const { parameter } = space.axes[axis]!
  if (parameter.size === 1) return unit
  if (parameter.ordered)
    return breeding.mutation === 'uniform'
      ? chance.uniform()
      : polynomialMutation(unit, { low: 0, high: 1, eta: breeding.etaMutation }, chance.uniform())
  const choice = parameter.index(parameter.decode(unit))
  return parameter.encode(parameter.at((choice + 1 + chance.integer(parameter.size - 1)) % parameter.size))
}

function fromAnybody(population: readonly Place[], axis: number, chance: Stream): number {
  const start = chance.integer(population.length)
  for (let step = 0; step < population.length; step++) {
    const unit = population[(start + step) % population.length]![axis]!
    if (!Number.isNaN(unit)) return unit
  }
  return chance.uniform()
}

function inside(unit: number): number {
  return Math.min(Math.max(unit, 0), 1)
}
