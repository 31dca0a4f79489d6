import { test } from 'node:test'
import { deepEqual, equal, ok } from 'node:assert/strict'
import { nsga2 } from './nsga2.ts'
import { bowl, course, type Outcome } from './course.laws.ts'
import { populationLaws } from './population.laws.ts'
import { samplerLaws } from './sampler.laws.ts'

samplerLaws(nsga2)
populationLaws(nsga2)

test('the population holds the best trials, best first, and a new one is chosen as soon as a fifth of it has come in', () => {
  const outcome: Outcome = (c) => ({ curve: [bowl(0.3, 0.3)(c)] })
  const { study } = course(nsga2, { outcome, trials: 40, options: { populationSize: 10 } })
  let generation = 0
  for (let trial = 0; trial < 40; trial++) {
    const note = study.view.note(trial) as { generation: number; from?: readonly number[]; known?: number }
    if (note.from) {
      const best = study.view.ranked(Array.from({ length: trial }, (_, number) => number)).slice(0, 10)
      deepEqual(note.from, best)
      equal(note.known, trial)
      equal(note.generation, ++generation)
    }
    equal(note.generation, trial < 10 ? 0 : 1 + Math.floor((trial - 10) / 2))
  }
})

test('every crossover and mutation leads to the minimum', () => {
  const value = bowl(0.3, 0.8)
  for (const crossover of ['uniform', 'sbx', 'blxalpha', 'undx'])
    for (const mutation of ['polynomial', 'uniform']) {
      const options = { crossover, mutation }
      const { configurations } = course(nsga2, { outcome: (c) => ({ curve: [value(c)] }), trials: 200, options })
      const distance = Math.sqrt(Math.min(...configurations.map(value)))
      ok(distance < 0.02, `${JSON.stringify(options)}: ${distance}`)
    }
})

test('the first population is as even as a Latin hypercube', () => {
  const { configurations } = course(nsga2, {
    outcome: () => ({ state: 'running' }),
    trials: 20,
    options: { populationSize: 20 },
  })
  equal(new Set(configurations.map(({ x }) => Math.floor(20 * Number(x)))).size, 20)
})
