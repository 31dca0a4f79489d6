import { test } from 'node:test'
import { deepEqual, equal, ok } from 'node:assert/strict'
import { stream } from '../maths/stream.ts'
import type { SpaceDefinition } from '../space/definition.ts'
import type { Configuration, Json } from '../trial.ts'
import { cmaEs } from './cma-es.ts'
import { bowl, course, type Outcome } from './course.laws.ts'
import { populationLaws } from './population.laws.ts'
import { samplerLaws } from './sampler.laws.ts'

samplerLaws(cmaEs)
samplerLaws(cmaEs, { options: { x0: { few: 1 }, sigma0: 0.4, popsize: 5, restartStrategy: 'none' }, trials: 20 })
populationLaws(cmaEs)

interface Note {
  readonly generation: number
  readonly from?: readonly number[]
  readonly restart?: { readonly isLarge: boolean; readonly popsize: number; readonly sigma: number }
}
const noteOf = (note: Json | undefined) => note as unknown as Note

test('it goes to the minimum with ever more digits, also where the axes depend on each other', () => {
  const value = ({ x, y }: Configuration) => (Number(x) - 0.3) ** 2 + 1000 * (Number(y) - Number(x)) ** 2
  for (const seed of [1, 2, 3]) {
    const { configurations } = course(cmaEs, {
      outcome: (c) => ({ curve: [value(c)] }),
      trials: 200,
      changes: { seed },
    })
    ok(Math.min(...configurations.map(value)) < 1e-5, `${Math.min(...configurations.map(value))}`)
  }
})

test('it begins around x0, with the spread that is asked for', () => {
  const outcome: Outcome = () => ({ state: 'running' })
  const options = { x0: { x: 0.7 }, sigma0: 0.05 }
  const { configurations } = course(cmaEs, { outcome, trials: 200, options })
  const mean = (name: string) => configurations.reduce((sum, c) => sum + Number(c[name]), 0) / 200
  const spread = Math.sqrt(configurations.reduce((sum, c) => sum + (Number(c['x']) - 0.7) ** 2, 0) / 200)
  ok(Math.abs(mean('x') - 0.7) < 0.02 && Math.abs(mean('y') - 0.5) < 0.02)
  ok(Math.abs(spread - 0.05) < 0.015, `${spread}`)
})

test('it begins where the trials were good that it is given', () => {
  const value = bowl(0.9, 0.1)
  const chance = stream(3)
  const given = Array.from({ length: 40 }, () => ({ x: chance.uniform(), y: chance.uniform() }))
  const { configurations } = course(cmaEs, { outcome: (c) => ({ curve: [value(c)] }), trials: 12, given })
  const distances = configurations.map((c) => Math.sqrt(value(c)))
  ok(distances.filter((distance) => distance < 0.4).length >= 10, distances.join())
})

test('a generation is learnt from as many trials as `popsize` says', () => {
  const { study } = course(cmaEs, {
    outcome: (c) => ({ curve: [bowl(0.3, 0.3)(c)] }),
    trials: 25,
    options: { popsize: 5 },
  })
  const openings = Array.from({ length: 25 }, (_, trial) => noteOf(study.view.note(trial))).filter(({ from }) => from)
  deepEqual(
    openings.map(({ generation, from }) => [generation, from!.length]),
    [
      [0, 0],
      [1, 5],
      [2, 5],
      [3, 5],
      [4, 5],
    ],
  )
  const losses = openings[2]!.from!.map((trial) => study.view.loss(trial))
  deepEqual(
    losses,
    losses.toSorted((a, b) => a - b),
    'best first',
  )
})

test('many workers make larger generations', () => {
  const { study, model } = course(cmaEs, { outcome: (c) => ({ curve: [bowl(0.3, 0.3)(c)] }), trials: 30 })
  const openings = (slots: number) => {
    const proposals = model.search({ history: { ...study.history(), slots }, trial: 30, count: 1 })
    return proposals.map((proposal) => ('note' in proposal ? noteOf(proposal.note).from?.length : undefined))
  }
  // With two axes six trials are a generation, and the fifth ends with trial 30.
  deepEqual(openings(1), [6])
  deepEqual(openings(200), [undefined])
})

test('once it has converged it begins anew elsewhere: first larger, then large and small in turn', () => {
  for (const [restartStrategy, sizes] of [
    ['ipop', (popsizes: readonly number[]) => popsizes.every((size, index) => size === 6 * 2 ** (index + 1))],
    ['bipop', (popsizes: readonly number[]) => popsizes[0] === 12 && popsizes.length >= 3],
    ['none', (popsizes: readonly number[]) => popsizes.length === 0],
  ] as const) {
    const { study } = course(cmaEs, {
      outcome: (c) => ({ curve: [bowl(0.3, 0.3)(c)] }),
      trials: 1500,
      options: { restartStrategy },
    })
    const restarts = Array.from({ length: 1500 }, (_, trial) => noteOf(study.view.note(trial)).restart).filter(
      (one) => !!one,
    )
    ok(sizes(restarts.map(({ popsize }) => popsize)), `${restartStrategy}: ${JSON.stringify(restarts)}`)
    if (restartStrategy === 'bipop') ok(restarts.some(({ isLarge, sigma }) => !isLarge && sigma < 1))
  }
})

test('with restarts it finds the lowest of many valleys', () => {
  const wave = (x: number) => x * x + 0.04 * (1 - Math.cos(8 * Math.PI * x))
  const value = ({ x, y }: Configuration) => wave(Number(x) - 0.82) + wave(Number(y) - 0.13)
  const found = [1, 2, 3, 4].filter((seed) => {
    const { configurations } = course(cmaEs, {
      outcome: (c) => ({ curve: [value(c)] }),
      trials: 1000,
      changes: { seed },
    })
    return Math.min(...configurations.map(value)) < 1e-4
  })
  ok(found.length >= 3, `${found.length} of 4`)
})

test('a generation that failed as a whole begins anew elsewhere', () => {
  const outcome: Outcome = ({ x }) => (Number(x) < 0.95 ? { state: 'failed' } : { curve: [Number(x)] })
  const { study, configurations } = course(cmaEs, { outcome, trials: 150 })
  ok(Array.from({ length: 150 }, (_, trial) => noteOf(study.view.note(trial)).restart).some((restart) => !!restart))
  ok(
    configurations.some(({ x }) => Number(x) >= 0.95),
    'and so it finds the corner that does not fail',
  )
})

test('a finite space is gone through from the best outwards', () => {
  const space: SpaceDefinition = {
    parameters: { a: { type: 'int', low: 0, high: 14 }, b: { type: 'ordinal', values: [1, 2, 4, 8, 16, 32] } },
    forbidden: [],
  }
  const value = ({ a, b }: Configuration) => Math.abs(Number(a) - 9) + Math.abs(Math.log2(Number(b)) - 3)
  const { configurations } = course(cmaEs, { space, outcome: (c) => ({ curve: [value(c)] }), trials: 60 })
  const values = configurations.map(value)
  equal(Math.min(...values.slice(0, 40)), 0)
  // Of the whole space the mean is 5.4; the thirty nearest have 2.1.
  const middle = values.slice(10, 40).reduce((sum, one) => sum + one, 0) / 30
  ok(middle < 4, `${middle}`)
  equal(new Set(configurations.map((c) => JSON.stringify(c))).size, 60)
})
