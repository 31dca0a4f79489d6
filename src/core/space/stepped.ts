/**
 * Numbers in equal steps: what int and stepped float have in common.
 *
 * Value v owns [v - step/2, v + step/2] of the axis; the range is widened by half a step at both ends, so that the ends are not short-changed.
 * With `log` the axis is the logarithm of the widened range, and small values own more of it.
 */
import type { Value } from '../trial.ts'
import type { Parameter } from './parameter.ts'
import { scale } from './scale.ts'

/** The most values of one parameter: beyond, cells are narrower than a double can tell. */
export const valuesAtMost = 1e12

export function steppedParameter(grid: {
  readonly low: number
  readonly step: number
  readonly size: number
  readonly log: boolean
  readonly expected: string
  at(index: number): number
}): Parameter {
  const { low, step, size, at, expected } = grid
  const edges = grid.log ? logEdges(low, step, size) : linearEdges(size)
  const clamped = (index: number) => Math.min(Math.max(index, 0), size - 1)
  const index = (value: Value) => clamped(Math.round((Number(value) - low) / step))
  const cell = (value: Value): readonly [number, number] => {
    const at = index(value)
    return [edges.edge(at), edges.edge(at + 1)]
  }
  return {
    size,
    ordered: true,
    numeric: true,
    expected,
    decode: (unit) => at(clamped(Math.floor(edges.index(unit)))),
    encode(value) {
      const [from, to] = cell(value)
      return (from + to) / 2
    },
    cell,
    contains: (value) => typeof value === 'number' && Number.isFinite(value) && at(index(value)) === value,
    count: () => size,
    at,
    index,
  }
}

interface Edges {
  /** Where the cell of this index begins; edge(size) is 1. */
  edge(index: number): number
  /** The index (with a fraction) at this place of the axis. */
  index(unit: number): number
}

function linearEdges(size: number): Edges {
  return { edge: (index) => index / size, index: (unit) => unit * size }
}

function logEdges(low: number, step: number, size: number): Edges {
  const start = low - step / 2
  const widened = scale(start, start + size * step, true)
  return {
    edge: (index) => (index === size ? 1 : widened.toUnit(start + index * step)),
    index: (unit) => (widened.fromUnit(unit) - start) / step,
  }
}
