/** Random spaces of every shape for property tests: all kinds of parameter, conditions that nest, forbidden combinations. */
import fc from 'fast-check'
import type { Value } from '../trial.ts'
import type { Bound, Condition, ParameterDefinition, SpaceDefinition } from './definition.ts'
import { createParameter } from './kinds.ts'
import { spaceProblems } from './space-problems.ts'

const int: fc.Arbitrary<ParameterDefinition> = fc
  .record({
    low: fc.integer({ min: -50, max: 50 }),
    steps: fc.integer({ min: 1, max: 8 }),
    step: fc.integer({ min: 1, max: 7 }),
    log: fc.boolean(),
  })
  .map(({ low, steps, step, log }) => {
    const start = log ? Math.abs(low) + step : low
    return { type: 'int', low: start, high: start + steps * step, step, log }
  })

const steppedFloat: fc.Arbitrary<ParameterDefinition> = fc
  .record({
    start: fc.integer({ min: 1, max: 40 }),
    steps: fc.integer({ min: 1, max: 8 }),
    places: fc.integer({ min: 0, max: 9 }),
    log: fc.boolean(),
  })
  .map(({ start, steps, places, log }) => {
    const decimal = (digits: number) => Number(`${digits}e-${places}`)
    return { type: 'float', low: decimal(start * 5), high: decimal((start + steps) * 5), step: decimal(5), log }
  })

const ordinal: fc.Arbitrary<ParameterDefinition> = fc
  .uniqueArray(fc.oneof(fc.nat(20), fc.constantFrom('small', 'large', '1')), { minLength: 1, maxLength: 4 })
  .map((values) => ({ type: 'ordinal', values }))

const categorical: fc.Arbitrary<ParameterDefinition> = fc
  .uniqueArray(fc.oneof(fc.nat(5), fc.boolean(), fc.constantFrom('sgd', 'adam', '', '1', 'true')), {
    minLength: 1,
    maxLength: 4,
  })
  .map((choices) => ({ type: 'categorical', choices }))

const positive = fc.double({ min: 1e-12, max: 1e12, noNaN: true })

export const continuousFloat: fc.Arbitrary<ParameterDefinition> = fc
  .record({ one: positive, other: positive, sign: fc.constantFrom(-1, 1), log: fc.boolean() })
  .filter(({ one, other }) => Math.abs(one - other) > 1e-6 * Math.max(one, other))
  .map(({ one, other, sign, log }) => {
    const [low, high] = [Math.min(one, other), Math.max(one, other)]
    return { type: 'float', low: log ? low : sign * low, high: log || sign > 0 ? high : high, log }
  })

export const finiteParameter: fc.Arbitrary<ParameterDefinition> = fc.oneof(int, steppedFloat, ordinal, categorical)

function bound(definition: ParameterDefinition): fc.Arbitrary<Bound> {
  const parameter = createParameter(definition)
  const value: fc.Arbitrary<Value> =
    parameter.size === Infinity
      ? fc.nat(100).map((percent) => parameter.decode(percent / 100))
      : fc.nat(parameter.size - 1).map((index) => parameter.at(index))
  const plain = fc.oneof(
    value,
    fc.uniqueArray(value, { minLength: 1, maxLength: 3 }),
    value.map((not) => ({ not })),
  )
  if (!parameter.numeric) return plain
  const number = value.map(Number)
  return fc.oneof(
    plain,
    number.map((atLeast) => ({ atLeast })),
    number.map((above) => ({ above })),
    fc.record({ atMost: number, not: value }),
    number.map((below) => ({ below })),
  )
}

/** A space without problems. Parameter 0 is unconditional; each other one may depend on those before it. */
export function arbitrarySpace(parameter: fc.Arbitrary<ParameterDefinition>): fc.Arbitrary<SpaceDefinition> {
  return fc
    .array(parameter, { minLength: 1, maxLength: 5 })
    .chain((definitions) => {
      const names = definitions.map((_, index) => `p${index}`)
      const condition = (before: number): fc.Arbitrary<Condition> =>
        fc
          .uniqueArray(fc.nat(before - 1), { minLength: 1, maxLength: Math.min(before, 3) })
          .chain((parents) =>
            fc.record(Object.fromEntries(parents.map((parent) => [names[parent]!, bound(definitions[parent]!)]))),
          )
      const whens = definitions.map((_, index) =>
        index === 0 ? fc.constant(undefined) : fc.option(condition(index), { nil: undefined }),
      )
      const forbidden = fc.array(condition(definitions.length), { maxLength: 3 })
      return fc
        .tuple(fc.tuple(...whens), forbidden, fc.boolean())
        .map(([whens, forbidden, isReversed]): SpaceDefinition => {
          const entries = definitions.map((definition, index) => {
            const when = whens[index]
            return [names[index]!, when ? { ...definition, when } : definition] as const
          })
          return { parameters: Object.fromEntries(isReversed ? entries.toReversed() : entries), forbidden }
        })
    })
    .filter((definition) => spaceProblems(definition).length === 0)
}
