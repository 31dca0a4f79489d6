import { test } from 'node:test'
import { ok } from 'node:assert/strict'
import type { StudyDefinition } from '../study/definition.ts'
import type { Configuration } from '../trial.ts'
import { nsga3 } from './nsga3.ts'
import { course } from './course.laws.ts'
import { populationLaws } from './population.laws.ts'
import { samplerLaws } from './sampler.laws.ts'

samplerLaws(nsga3)
populationLaws(nsga3)

test('of three objectives it finds all of the front', () => {
  const parameters = Object.fromEntries(
    ['x', 'y', 'z'].map((name) => [name, { type: 'float', low: 0, high: 1 } as const]),
  )
  // The front is z = 0.5, where all x and y are compromises between three corners.
  const losses = ({ x, y, z }: Configuration) => {
    const off = (Number(z) - 0.5) ** 2
    const from = (a: number, b: number) => Math.hypot(Number(x) - a, Number(y) - b) + off
    return [from(0, 0), from(1, 0), from(0.5, 1)]
  }
  const objectives: StudyDefinition['objectives'] = ['a', 'b', 'c'].map((metric) => ({
    metric,
    direction: 'minimize',
    value: 'last',
  }))
  const { configurations } = course(nsga3, {
    space: { parameters, forbidden: [] },
    outcome: (c) => ({ curve: [losses(c)] }),
    trials: 200,
    changes: { objectives },
    options: { dividingParameter: 6 },
  })
  const late = configurations.slice(100)
  const near = late.filter(({ z }) => Math.abs(Number(z) - 0.5) < 0.1)
  ok(near.length > 60, `${near.length} of 100 near the front`)
  const corners = [
    [0, 0],
    [1, 0],
    [0.5, 1],
    [0.5, 0.4],
  ] as const
  for (const [a, b] of corners)
    ok(
      configurations.some(({ x, y }) => Math.hypot(Number(x) - a, Number(y) - b) < 0.2),
      `${a}, ${b}`,
    )
})
