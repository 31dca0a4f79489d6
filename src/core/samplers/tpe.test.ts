import { test } from 'node:test'
import { deepEqual, equal, ok } from 'node:assert/strict'
import { stream } from '../maths/stream.ts'
import type { StudyDefinition } from '../study/definition.ts'
import type { Configuration } from '../trial.ts'
import { bowl, branches, branchLoss, course, plane, type Outcome } from './course.laws.ts'
import { driven, samplerLaws } from './sampler.laws.ts'
import { tpe } from './tpe.ts'

samplerLaws(tpe)
samplerLaws(tpe, {
  options: {
    multivariate: false,
    gamma: 'hyperopt',
    constantLiar: false,
    considerEndpoints: true,
    considerMagicClip: false,
  },
  trials: 20,
})

const meanOver = (seeds: number, of: (seed: number) => number) =>
  Array.from({ length: seeds }, (_, seed) => of(seed)).reduce((sum, value) => sum + value, 0) / seeds

test('it closes in on the minimum', () => {
  const value = bowl(0.3, 0.8)
  const best = (seed: number) => {
    const { configurations } = course(tpe, { outcome: (c) => ({ curve: [value(c)] }), trials: 60, changes: { seed } })
    return Math.sqrt(Math.min(...configurations.map(value)))
  }
  // Of 60 even draws the nearest is on average 0.065 away.
  ok(meanOver(5, best) < 0.01)
})

test('each option that the published sampler has leads there too', () => {
  const value = bowl(0.3, 0.8)
  for (const options of [
    { multivariate: false },
    { gamma: 'hyperopt' },
    { minBandwidthFactor: 1, initialDesign: 'random' },
    { considerEndpoints: true },
    { nEiCandidates: 100, priorWeight: 0.5 },
  ]) {
    const { configurations } = course(tpe, { outcome: (c) => ({ curve: [value(c)] }), trials: 60, options })
    const distance = Math.sqrt(Math.min(...configurations.map(value)))
    ok(distance < 0.06, `${JSON.stringify(options)}: ${distance}`)
  }
})

test('in a conditional space it learns which branch is good and what is good in it, together', () => {
  const value = branchLoss(0.2)
  const { configurations } = course(tpe, { space: branches, outcome: (c) => ({ curve: [value(c)] }), trials: 100 })
  const late = configurations.slice(60)
  ok(late.filter(({ model }) => model === 'net').length > 28, 'most proposals are in the good branch')
  ok(Math.min(...configurations.map(value)) < 0.01)
})

test('running trials and the others of a batch push a proposal away', () => {
  const outcome: Outcome = (c) => ({ curve: [bowl(0.5, 0.5)(c)] })
  const spread = (constantLiar: boolean) => {
    const { study, model } = course(tpe, { outcome, trials: 40, options: { constantLiar } })
    const batch = model.search({ history: study.history(), trial: 40, count: 30 })
    const distances = batch.map((proposal) =>
      'configuration' in proposal ? Math.sqrt(bowl(0.5, 0.5)(proposal.configuration)) : NaN,
    )
    return distances.reduce((sum, distance) => sum + distance, 0) / distances.length
  }
  ok(spread(true) > 0.05, `${spread(true)}`)
  const { study, model } = course(tpe, { outcome, trials: 40 })
  const history = study.history()
  const alone = model.search({ history, trial: 40, count: 1 })
  deepEqual(
    model.search({ history, trial: 40, count: 5 }).slice(0, 1),
    alone,
    'the first of a batch is as if it were alone',
  )
})

test('thirty near-identical trials cannot fail in a row', () => {
  // All is well until trial 30. From then on the region that it has found fails, and it cannot know why.
  const isBad = ({ x, y }: Configuration) => Math.abs(Number(x) - 0.3) < 0.2 && Math.abs(Number(y) - 0.3) < 0.2
  for (const seed of [1, 2, 3]) {
    const value = bowl(0.3, 0.3)
    const outcome: Outcome = (c, trial) => (trial >= 30 && isBad(c) ? { state: 'failed' } : { curve: [value(c)] })
    const { study, configurations } = course(tpe, { outcome, trials: 90, changes: { seed } })
    let inARow = 0
    let worst = 0
    for (const trial of configurations.keys()) {
      inARow = study.view.state(trial) === 'failed' ? inARow + 1 : 0
      worst = Math.max(worst, inARow)
    }
    ok(worst <= 8, `${worst} failures in a row`)
    // What is best now lies on the edge of the region, half in it: deep inside it knows better.
    const deep = configurations
      .slice(50)
      .filter(({ x, y }) => Math.max(Math.abs(Number(x) - 0.3), Math.abs(Number(y) - 0.3)) < 0.12)
    ok(deep.length <= 10, `${deep.length} of the last 40 deep in the region that fails`)
  }
})

test('where a whole region fails from the start, it is left alone', () => {
  const outcome: Outcome = (c) => (Number(c['x']) < 0.6 ? { state: 'failed' } : { curve: [bowl(0.5, 0.5)(c)] })
  const { configurations } = course(tpe, { outcome, trials: 80 })
  ok(configurations.slice(40).filter(({ x }) => Number(x) < 0.6).length < 16)
})

test('constraints are met, though what violates them has the smaller loss', () => {
  const outcome: Outcome = (c) => ({ curve: [bowl(0.1, 0.1)(c)], violations: [0.4 - Number(c['x'])] })
  const changes = { constraints: [{ metric: 'x', atLeast: 0.4 }] }
  const { configurations } = course(tpe, { outcome, trials: 80, changes })
  const feasible = configurations.filter(({ x }) => Number(x) >= 0.4)
  ok(Math.min(...feasible.map(bowl(0.4, 0.1))) < 0.001)
  ok(configurations.slice(40).filter(({ x }) => Number(x) >= 0.4).length > 20)
})

test('of several objectives it finds the front', () => {
  const losses = (c: Configuration) => [bowl(0.2, 0.5)(c), bowl(0.8, 0.5)(c)]
  const objectives: StudyDefinition['objectives'] = ['a', 'b'].map((metric) => ({
    metric,
    direction: 'minimize',
    value: 'last',
  }))
  const { configurations } = course(tpe, {
    outcome: (c) => ({ curve: [losses(c)] }),
    trials: 100,
    changes: { objectives },
  })
  // The front is the line from (0.2, 0.5) to (0.8, 0.5).
  const late = configurations.slice(50)
  const off = late.map(({ x, y }) => Math.hypot(Math.max(0, 0.2 - Number(x), Number(x) - 0.8), Number(y) - 0.5))
  ok(off.filter((distance) => distance < 0.1).length > 30)
  const tenths = new Set(late.map(({ x }) => Math.floor(10 * Number(x))))
  ok([2, 3, 4, 5, 6, 7].filter((tenth) => tenths.has(tenth)).length >= 5, 'all along')
})

test('tens of thousands of trials are learnt from in bounded time, and none of the best is lost', () => {
  const { study, model } = driven(tpe, plane)
  const chance = stream(3)
  for (let trial = 0; trial < 30_000; trial++) {
    const configuration = { x: chance.uniform(), y: chance.uniform() }
    study.add({
      configuration,
      ...(trial % 5 === 0 ? { state: 'failed' } : { curve: [bowl(0.6, 0.2)(configuration)] }),
    })
  }
  const [proposal] = model!().search({ history: study.history(), trial: 30_000, count: 1 })
  ok(proposal && 'configuration' in proposal && bowl(0.6, 0.2)(proposal.configuration) < 0.02)
  equal(model!().isQuick(30_000), false)
})
