/** Values that the user lists one by one: what ordinal and categorical have in common. Each owns an equal share of the axis. */
import type { Value } from '../trial.ts'
import type { DefinitionProblem, Parameter } from './parameter.ts'

export function listedParameter(values: readonly Value[], ordered: boolean): Parameter {
  const size = values.length
  const places = new Map(values.map((value, index) => [value, index]))
  const index = (value: Value) => places.get(value) ?? 0
  return {
    size,
    ordered,
    numeric: false,
    expected: `one of ${values.map((value) => JSON.stringify(value)).join(', ')}`,
    decode: (unit) => values[Math.min(Math.max(Math.floor(unit * size), 0), size - 1)]!,
    encode: (value) => (index(value) + 0.5) / size,
    cell: (value) => [index(value) / size, (index(value) + 1) / size],
    contains: (value) => places.has(value as Value),
    count: () => size,
    at: (place) => values[place]!,
    index,
  }
}

export function listProblems(field: string, values: readonly Value[]): DefinitionProblem[] {
  if (values.length === 0)
    return [{ path: [field], code: 'NO_CHOICES', problem: `expected at least one value in \`${field}\`, got none` }]
  const found: DefinitionProblem[] = []
  const first = new Map<Value, number>()
  for (const [index, value] of values.entries()) {
    const before = first.get(value)
    if (typeof value === 'number' && !Number.isFinite(value)) {
      const problem = `expected finite numbers in \`${field}\`, got ${value}`
      found.push({ path: [field, index], code: 'NOT_FINITE', problem })
    } else if (before !== undefined) {
      const problem = `expected every value of \`${field}\` once, got ${JSON.stringify(value)} again (it is number ${before + 1} already)`
      found.push({ path: [field, index], code: 'DUPLICATE_CHOICE', problem })
    } else first.set(value, index)
  }
  return found
}
