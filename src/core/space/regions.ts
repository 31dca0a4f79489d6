/**
 * A parameter's values sorted into regions in which a list of bounds answers the same for every value. What conditions and
 * forbidden combinations can tell apart is then a handful of regions, however many values there are.
 */
import type { Value } from '../trial.ts'
import type { Stream } from '../maths/stream.ts'
import type { Bound } from './definition.ts'
import type { Parameter } from './parameter.ts'
import { excluded, isListOfValues, isOptions, meets } from './conditions.ts'

export interface Region {
  /** For each bound whether the values of this region meet it. */
  readonly met: readonly boolean[]
  /** How many values; Infinity for an interval of a continuous parameter. */
  readonly count: number
  /** Its share of the axis. */
  readonly share: number
  /** A value of it, with the probability that the axis gives it. */
  draw(stream: Stream): Value
}

export function regions(parameter: Parameter, bounds: readonly Bound[]): readonly Region[] {
  const { size } = parameter
  if (bounds.length === 0)
    return [{ met: [], count: size, share: 1, draw: (stream) => parameter.decode(stream.uniform()) }]
  if (!parameter.numeric) return listedRegions(parameter, bounds)
  return size === Infinity ? intervals(parameter, bounds) : steps(parameter, bounds)
}

function listedRegions(parameter: Parameter, bounds: readonly Bound[]): Region[] {
  const values = Array.from({ length: parameter.size }, (_, index) => parameter.at(index))
  const answers = (value: Value) => bounds.map((bound) => meets(bound, value))
  const groups = Map.groupBy(values, (value) => answers(value).join())
  return [...groups.values()].map((group) => ({
    met: answers(group[0]!),
    count: group.length,
    share: group.length / values.length,
    draw: (stream) => group[stream.integer(group.length)]!,
  }))
}

/** Values in equal steps: cut before and after every number that a bound names. */
function steps(parameter: Parameter, bounds: readonly Bound[]): Region[] {
  const { size } = parameter
  const cuts = new Set([0, size])
  for (const number of namedNumbers(bounds)) {
    const at = firstAtLeast(parameter, number)
    cuts.add(at)
    if (at < size && parameter.at(at) === number) cuts.add(at + 1)
  }
  const sorted = [...cuts].sort((a, b) => a - b)
  return sorted.slice(0, -1).map((from, index) => {
    const to = sorted[index + 1]!
    const start = parameter.cell(parameter.at(from))[0]
    const share = parameter.cell(parameter.at(to - 1))[1] - start
    return {
      met: bounds.map((bound) => meets(bound, parameter.at(from))),
      count: to - from,
      share,
      draw(stream) {
        const drawn = parameter.index(parameter.decode(start + stream.uniform() * share))
        return parameter.at(Math.min(Math.max(drawn, from), to - 1))
      },
    }
  })
}

/** The first index whose value is not below `number`; `size` if there is none. */
function firstAtLeast(parameter: Parameter, number: number): number {
  let low = 0
  let high = parameter.size
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (Number(parameter.at(middle)) < number) low = middle + 1
    else high = middle
  }
  return low
}

/** A continuous parameter: every number that a bound names stands alone, between them are open intervals. */
function intervals(parameter: Parameter, bounds: readonly Bound[]): Region[] {
  const named = namedNumbers(bounds).filter((number) => parameter.contains(number))
  const alone = named.map((number) => ({
    met: bounds.map((bound) => meets(bound, number)),
    count: 1,
    share: 0,
    draw: () => number,
  }))
  const ends = [0, ...named.map((number) => parameter.encode(number)), 1].sort((a, b) => a - b)
  const between: Region[] = []
  for (const [index, to] of ends.entries()) {
    const from = ends[index - 1] ?? 0
    if (to <= from) continue
    const middle = parameter.decode((from + to) / 2)
    between.push({
      met: bounds.map((bound) => meets(bound, middle)),
      count: Infinity,
      share: to - from,
      draw: (stream) => parameter.decode(from + stream.uniform() * (to - from)),
    })
  }
  return [...between, ...alone]
}

function namedNumbers(bounds: readonly Bound[]): number[] {
  const named = bounds.flatMap((bound): readonly (Value | undefined)[] => {
    if (isListOfValues(bound)) return bound
    if (!isOptions(bound)) return [bound]
    return [
      bound.atLeast,
      bound.atMost,
      bound.above,
      bound.below,
      ...(bound.not === undefined ? [] : excluded(bound.not)),
    ]
  })
  return [...new Set(named.filter((value) => typeof value === 'number'))]
}
