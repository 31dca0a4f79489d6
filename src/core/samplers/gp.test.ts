import { test } from 'node:test'
import { deepEqual, equal, ok } from 'node:assert/strict'
import { stream } from '../maths/stream.ts'
import type { SpaceDefinition } from '../space/definition.ts'
import { key } from '../space/space.ts'
import type { StudyDefinition } from '../study/definition.ts'
import type { Configuration } from '../trial.ts'
import { gp } from './gp.ts'
import { bowl, branches, branchLoss, course, plane, type Outcome } from './course.laws.ts'
import { driven, samplerLaws } from './sampler.laws.ts'

samplerLaws(gp, { trials: 24 })
samplerLaws(gp, { options: { deterministicObjective: true, trustRegion: false }, trials: 16 })

const distances = (configurations: readonly Configuration[], x: number, y: number) =>
  configurations.map((configuration) => Math.sqrt(bowl(x, y)(configuration)))

test('it closes in on a minimum within 25 trials, to a thousandth of the range', () => {
  for (const options of [{}, { deterministicObjective: true }, { trustRegion: false }, { initialDesign: 'random' }]) {
    const { configurations } = course(gp, { outcome: (c) => ({ curve: [bowl(0.3, 0.8)(c)] }), trials: 25, options })
    ok(Math.min(...distances(configurations, 0.3, 0.8)) < 1e-3, JSON.stringify(options))
  }
})

test('losses over many decades are no cliff: it finds the end of a valley whose walls are a million times as high', () => {
  const value = ({ x, y }: Configuration) => 10 ** (12 * bowl(0.3, 0.8)({ x: x!, y: y! }))
  const { configurations } = course(gp, { outcome: (c) => ({ curve: [value(c)] }), trials: 30 })
  ok(Math.min(...distances(configurations, 0.3, 0.8)) < 5e-3)
})

test('with noise it does not follow the luckiest loss', () => {
  const chance = stream(3)
  const outcome: Outcome = (c) => ({ curve: [bowl(0.3, 0.8)(c) + 0.05 * chance.normal()] })
  const { configurations } = course(gp, { outcome, trials: 45 })
  const late = distances(configurations.slice(30), 0.3, 0.8).toSorted((a, b) => a - b)
  ok(late[7]! < 0.25, `half of the late proposals are near: ${late[7]}`)
})

test('in a conditional space it learns which branch is good and what is good in it, together', () => {
  const value = branchLoss(0.2)
  const found = [1, 2, 3, 4, 5].map((seed) => {
    const outcome: Outcome = (c) => ({ curve: [value(c)] })
    const { configurations } = course(gp, { space: branches, outcome, trials: 45, changes: { seed } })
    const nets = configurations.slice(25).filter(({ model }) => model === 'net').length
    ok(nets > 10, `${nets} of 20 late proposals are in the good branch`)
    return Math.min(...configurations.map(value))
  })
  ok(found.filter((best) => best < 5e-3).length >= 4, found.join())
})

test('integers, steps and categories are settled one by one', () => {
  const space: SpaceDefinition = {
    parameters: {
      units: { type: 'int', low: 16, high: 1024, log: true },
      layers: { type: 'int', low: 1, high: 8 },
      rate: { type: 'float', low: 0, high: 0.5, step: 0.05 },
      kind: { type: 'categorical', choices: ['a', 'b', 'c', 'd', 'e', 'f'] },
    },
    forbidden: [{ layers: 5, kind: 'd' }],
  }
  const value = ({ units, layers, rate, kind }: Configuration) =>
    (Math.log2(Number(units)) - 8) ** 2 / 10 +
    (Number(layers) - 5) ** 2 / 10 +
    20 * (Number(rate) - 0.3) ** 2 +
    (kind === 'd' ? 0 : kind === 'b' ? 0.05 : 0.5)
  const { configurations } = course(gp, { space, outcome: (c) => ({ curve: [value(c)] }), trials: 45 })
  ok(
    configurations.every(({ layers, kind }) => layers !== 5 || kind !== 'd'),
    'what is forbidden is best, and left out',
  )
  ok(Math.min(...configurations.map(value)) < 0.0501)
})

test('trials in flight and the others of a batch push a proposal away', () => {
  // Rough enough that little is sure after eleven trials.
  const outcome: Outcome = (c) => ({
    curve: [bowl(0.5, 0.5)(c) + 0.1 * Math.sin(9 * Number(c['x'])) * Math.cos(7 * Number(c['y']))],
  })
  const { study, model } = course(gp, { outcome, trials: 11 })
  const history = study.history()
  const [alone] = model.search({ history, trial: 11, count: 1 })
  ok(alone && 'configuration' in alone)
  study.add({ configuration: alone.configuration, state: 'running' })
  const [next] = model.search({ history: study.history(), trial: 11, count: 1 })
  ok(next && 'configuration' in next)
  const apart = bowl(Number(alone.configuration['x']), Number(alone.configuration['y']))
  ok(Math.sqrt(apart(next.configuration)) > 0.01, 'where somebody is already, little is left to learn')
  const batch = model.search({ history, trial: 11, count: 30 })
  const places = batch.flatMap((proposal) => ('configuration' in proposal ? [proposal.configuration] : []))
  let near = 0
  for (const [index, one] of places.entries())
    for (const other of places.slice(index + 1)) if (bowl(Number(one['x']), Number(one['y']))(other) < 1e-4) near++
  ok(near < 10, `${near} of 435 pairs are next to each other`)
})

test('a region that fails is left', () => {
  // The best losses lie at the border of what fails.
  const outcome: Outcome = (c) =>
    Number(c['x']) < 0.4 ? { state: 'failed' } : { curve: [Number(c['x']) + 0.1 * Number(c['y'])] }
  const { configurations } = course(gp, { outcome, trials: 45 })
  const late = configurations.slice(15).map(({ x }) => Number(x))
  ok(late.filter((x) => x < 0.4).length <= 15, `${late.filter((x) => x < 0.4).length} of 30 late trials failed`)
  ok(Math.min(...configurations.map(({ x, y }) => (Number(x) < 0.4 ? 9 : Number(x) + 0.1 * Number(y)))) < 0.42)
})

test('the best that meets a constraint lies on its border, and is found there', () => {
  const changes = { constraints: [{ metric: 'size', atMost: 0.5 }] }
  const outcome: Outcome = (c) => ({
    curve: [bowl(0.9, 0.9)(c)],
    violations: [Number(c['x']) + Number(c['y']) - 1],
  })
  const { configurations } = course(gp, { outcome, trials: 30, changes })
  const met = configurations.filter(({ x, y }) => Number(x) + Number(y) <= 1)
  ok(Math.min(...met.map(bowl(0.9, 0.9))) < 0.325, 'the least is 0.32')
})

test('where nothing meets a constraint it looks for what does', () => {
  const changes = { constraints: [{ metric: 'size', atMost: 0.5 }] }
  const outcome: Outcome = (c) => ({ curve: [Number(c['x'])], violations: [bowl(0.7, 0.2)(c) - 0.003] })
  const { configurations } = course(gp, { outcome, trials: 30, changes })
  ok(configurations.filter((c) => bowl(0.7, 0.2)(c) <= 0.003).length >= 5)
})

test('two objectives: the front is found from end to end', () => {
  const objectives: StudyDefinition['objectives'] = ['near', 'far'].map((metric) => ({
    metric,
    direction: 'minimize',
    value: 'last',
  }))
  const outcome: Outcome = (c) => ({ curve: [[bowl(0.2, 0.5)(c), 1000 * bowl(0.8, 0.5)(c)]] })
  const { configurations } = course(gp, { outcome, trials: 50, changes: { objectives } })
  // The front is the line between the two minima.
  const front = configurations.filter(
    ({ x, y }) => Math.abs(Number(y) - 0.5) < 0.05 && Number(x) > 0.15 && Number(x) < 0.85,
  )
  ok(front.length > 15, `${front.length}`)
  for (const x of [0.25, 0.4, 0.6, 0.75])
    ok(
      front.some((c) => Math.abs(Number(c['x']) - x) < 0.1),
      `near ${x}`,
    )
})

test('what was stopped early teaches too', () => {
  const changes = { epochs: { min: 1, max: 9, resource: 'epochs' } }
  const value = bowl(0.3, 0.8)
  // Only every third trial is trained fully.
  const outcome: Outcome = (c, trial) => {
    const curve = Array.from({ length: trial % 3 === 0 ? 9 : 3 }, (_, epoch) => value(c) + 1 / (epoch + 1))
    return { curve, state: trial % 3 === 0 ? 'complete' : 'stopped' }
  }
  const { study, propose } = driven(gp, plane, {}, changes, [3])
  const configurations: Configuration[] = []
  for (let trial = 0; trial < 30; trial++) {
    const proposal = propose()
    ok('configuration' in proposal)
    configurations.push(proposal.configuration)
    study.add({ configuration: proposal.configuration, ...outcome(proposal.configuration, trial) })
  }
  ok(Math.min(...distances(configurations, 0.3, 0.8)) < 0.01)
})

test('what it kept from former searches changes nothing', () => {
  const outcome: Outcome = (c) => ({ curve: [bowl(0.3, 0.8)(c)] })
  const { study, model } = course(gp, { outcome, trials: 30 })
  const fresh = driven(gp, plane).model!()
  const input = { history: study.history(), trial: 30, count: 3 }
  deepEqual(fresh.search(input), model.search(input))
})

test('a long history costs no more: 30,000 trials, some of them infinitely bad', () => {
  const { study, model } = driven(gp, plane)
  for (let trial = 0; trial < 30_000; trial++) {
    const chance = stream(5, trial)
    const configuration = { x: chance.uniform(), y: chance.uniform() }
    const loss = trial % 10 === 0 ? Infinity : bowl(0.3, 0.8)(configuration)
    study.add({ configuration, curve: [loss] })
  }
  const history = study.history()
  const proposals = model!().search({ history, trial: 30_000, count: 20 })
  equal(new Set(proposals.map((p) => ('configuration' in p ? key(study.space, p.configuration) : ''))).size, 20)
  const best = proposals.map((p) => ('configuration' in p ? Math.sqrt(bowl(0.3, 0.8)(p.configuration)) : 9))
  ok(Math.min(...best) < 0.01)
})
