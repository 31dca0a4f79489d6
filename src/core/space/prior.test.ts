import { test } from 'node:test'
import { deepEqual, equal, ok } from 'node:assert/strict'
import { stream } from '../maths/stream.ts'
import type { ParameterDefinition } from './definition.ts'
import { createParameter } from './kinds.ts'
import { bent } from './prior.ts'
import { spaceProblems } from './space-problems.ts'

const lr = { type: 'float', low: 1e-5, high: 1e-1, log: true } as const

/** Even places of the axis, bent: the values, and the units they come from. */
function drawn(
  definition: ParameterDefinition,
  draws: number,
): { readonly units: number[]; readonly values: unknown[] } {
  const parameter = createParameter(definition)
  const units = Array.from({ length: draws }, (_, index) => bent((index + 0.5) / draws, parameter))
  return { units, values: units.map((unit) => parameter.decode(unit)) }
}

test('nine tenths of the draws are normal around the best on its own scale, one tenth is even', () => {
  const { units } = drawn({ ...lr, prior: { best: 1e-3, sd: 0.1 } }, 10_000)
  const within = (from: number, to: number): number => units.filter((unit) => unit >= from && unit < to).length / 10_000
  // 1e-3 is the middle of the axis.
  ok(Math.abs(within(0.4, 0.6) - (0.9 * 0.682689 + 0.1 * 0.2)) < 1e-3, `${within(0.4, 0.6)}`)
  ok(Math.abs(within(0, 0.1) - (0.1 * 0.1 + 0.9 * 3.1e-5)) < 1e-3, `${within(0, 0.1)}`)
})

test('a best value at a bound, on steps and in a list of ordinals is the most frequent one', () => {
  const most = (definition: ParameterDefinition): unknown => {
    const counts = Map.groupBy(drawn(definition, 2000).values, (value) => value)
    return [...counts].toSorted((a, b) => b[1].length - a[1].length)[0]?.[0]
  }
  equal(most({ type: 'int', low: 1, high: 9, prior: { best: 1, sd: 0.2 } }), 1)
  equal(most({ type: 'float', low: 0, high: 0.5, step: 0.05, prior: { best: 0.15 } }), 0.15)
  equal(most({ type: 'ordinal', values: [16, 32, 64, 128], prior: { best: 64, sd: 0.3 } }), 64)
  const { units } = drawn({ type: 'float', low: 0, high: 1, prior: { best: 1, sd: 0.01 } }, 1000)
  ok(units.every((unit) => unit >= 0 && unit <= 1))
})

test('choices come as often as their weights say, with a tenth even', () => {
  const definition = {
    type: 'categorical',
    choices: ['sgd', 'adam', 'lamb'],
    prior: { weights: { adam: 8, lamb: 0 } },
  } as const
  const { values } = drawn(definition, 9000)
  const counts = definition.choices.map((choice) => values.filter((value) => value === choice).length / 9000)
  const expected = [0.9 / 9 + 0.1 / 3, (0.9 * 8) / 9 + 0.1 / 3, 0.1 / 3]
  for (const [index, share] of counts.entries()) ok(Math.abs(share - expected[index]!) < 1e-3, counts.join(', '))
})

test('without a prior nothing is bent', () => {
  const chance = stream(1, 'prior')
  for (let draw = 0; draw < 100; draw++) {
    const unit = chance.uniform()
    equal(bent(unit, createParameter(lr)), unit)
  }
})

test('a prior that means nothing is a mistake at its place', () => {
  const found = (definition: ParameterDefinition): string[] =>
    spaceProblems({ parameters: { p: definition }, forbidden: [] }).map(
      ({ path, problem }) => `${path.slice(2).join('.')}: ${problem}`,
    )
  deepEqual(found({ ...lr, prior: { best: 1 } }), ['prior.best: expected a number from 0.00001 to 0.1, got 1'])
  deepEqual(found({ ...lr, prior: { best: 0.01, sd: 0 } }), [
    'prior.sd: expected a share of the axis above 0 and up to 1, got 0',
  ])
  deepEqual(found({ ...lr, prior: { weights: { a: 1 } } }), [
    'prior.weights: expected `best`, got `weights`, which only choices have',
  ])
  const choices = { type: 'categorical', choices: ['a', 'b'] } as const
  deepEqual(found({ ...choices, prior: { best: 'a' } }), ['prior.best: expected `weights` of the choices, got `best`'])
  deepEqual(found({ ...choices, prior: { weights: { c: 1 } } }), ['prior.weights.c: expected one of a, b, got c'])
  for (const weights of [{ a: -1 }, { a: 0, b: 0 }, { a: Infinity }])
    deepEqual(found({ ...choices, prior: { weights } }), [
      'prior.weights: expected numbers from 0 on, not all of them 0, got others',
    ])
  deepEqual(found({ ...choices, prior: { weights: { a: 3 } } }), [])
})
