import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { indexOf, roundsOf, sequential } from './bracket-course.laws.ts'
import type { RoundConclusion } from './bracket-verdicts.ts'
import { hyperbandBrackets } from './brackets.ts'
import { hyperband } from './hyperband.ts'
import { openStudy, runStudy } from './mini-study.laws.ts'
import type { World } from './mini-world.laws.ts'
import { aWorld, chance } from './scheduler.laws.ts'

test('failures or not, the event-driven brackets keep and cost what the sequential loop does', () => {
  const draws = fc.record({
    seed: fc.nat(),
    slots: fc.integer({ min: 1, max: 40 }),
    maxEpochs: fc.integer({ min: 1, max: 40 }),
    eta: fc.constantFrom(2, 3, 4),
    order: fc.constantFrom('published', 'path'),
    failing: fc.constantFrom(0, 0.1, 0.5, 0.9),
  })
  const property = fc.property(draws, ({ seed, slots, maxEpochs, eta, order, failing }) => {
    const failsAt = (trial: number): number | null =>
      chance(seed, trial, 3) < failing ? 1 + Math.floor(chance(seed, trial, 4) * maxEpochs) : null
    const world = aWorld(seed, { slots, maxEpochs, failsAt })
    const expected = sequential(hyperbandBrackets({ maxEpochs, minEpochs: 1, eta }), eta, world)
    const course = runStudy(hyperband, { eta, order }, world)
    const rounds = roundsOf(course).toSorted((a, b) => b.bracket - a.bracket || a.round - b.round)
    assert.deepEqual(
      rounds.map(({ survivors }) => survivors),
      expected.survivors,
    )
    assert.equal(course.epochs, expected.epochs)
  })
  fc.assert(property, { numRuns: 200 })
})

test('new trials are created in published order, whatever the queue order, and say their index', () => {
  const world = aWorld(3, { slots: 7, maxEpochs: 9 })
  for (const order of ['published', 'path']) {
    const starts = runStudy(hyperband, { eta: 3, order, passes: 2 }, world).orders.filter(({ isNew }) => isNew)
    assert.deepEqual(
      starts.map(({ order: { tag } }) => indexOf(tag)),
      starts.map((_, index) => index),
    )
    assert.deepEqual(starts[0]?.order.tag, { pass: 0, bracket: 2, round: 0, index: 0 })
    assert.deepEqual(starts[33]?.order.tag, { pass: 1, bracket: 0, round: 0, index: 33 })
  }
})

test('in path order all brackets start before any trial goes on; in published order a bracket comes first', () => {
  const world = aWorld(3, { slots: 1, maxEpochs: 9 })
  const kinds = (order: string): string =>
    runStudy(hyperband, { eta: 3, order }, world)
      .orders.map(({ isNew }) => (isNew ? 's' : 'r'))
      .join('')
  assert.equal(kinds('path'), 's'.repeat(17) + 'r'.repeat(5))
  assert.equal(kinds('published'), `${'s'.repeat(9)}rrrr${'s'.repeat(5)}r${'s'.repeat(3)}`)
})

test('a later pass starts trials only when the earlier ones have no ready order', () => {
  const course = runStudy(hyperband, { eta: 3, order: 'path', passes: 2 }, aWorld(5, { slots: 1, maxEpochs: 9 }))
  const passes = course.orders.map(({ order: { tag } }) => (tag as { readonly pass: number }).pass)
  assert.deepEqual(
    passes,
    passes.toSorted((a, b) => a - b),
  )
})

test('when no more trials are created the bracket that is being filled goes on with what it has', () => {
  const course = runStudy(hyperband, { eta: 3 }, aWorld(5, { slots: 2, maxEpochs: 9, trials: 5 }))
  assert.deepEqual(
    roundsOf(course).map(({ bracket, round, size, survivors }) => [bracket, round, size, survivors.length]),
    [
      [2, 0, 5, 1],
      [2, 1, 1, 1],
      [2, 2, 1, 1],
    ],
  )
  assert.deepEqual(course.states.toSorted(), ['complete', 'stopped', 'stopped', 'stopped', 'stopped'])
})

test('a dropped trial is told its rank and the cut, in the sign of the user', () => {
  const value = (trial: number): number => -trial / 10
  const course = runStudy(hyperband, { eta: 3 }, { slots: 1, maxEpochs: 9, directions: ['maximize'], value })
  const where = { pass: 0, bracket: 2, round: 0, epoch: 1 }
  const stops = course.verdicts.filter(({ type }) => type === 'stop')
  assert.deepEqual(
    stops.slice(0, 6),
    [3, 4, 5, 6, 7, 8].map((trial) => ({
      type: 'stop',
      trial,
      why: { rule: 'round-cut', ...where, value: -trial / 10, cut: -0.2, rank: trial + 1, of: 9, kept: 3 },
    })),
  )
  assert.deepEqual(
    roundsOf(course)
      .slice(0, 3)
      .map(({ cut }) => cut),
    [-0.2, 0, 0],
  )
})

test('a trial that ended by itself competes with its last value and goes through later rounds untrained', () => {
  const world: World = { slots: 3, maxEpochs: 9, value: (trial) => trial, endsAt: (trial) => (trial === 0 ? 1 : null) }
  const course = runStudy(hyperband, { eta: 3 }, world)
  assert.deepEqual(
    roundsOf(course)
      .filter(({ bracket }) => bracket === 2)
      .map(({ survivors }) => survivors),
    [[0, 1, 2], [0], [0]],
  )
  assert.equal(course.reached[0], 1)
})

test('a trial that was never finite goes on only where nothing else is left', () => {
  const world = (bad: readonly number[]): World => ({
    slots: 1,
    maxEpochs: 9,
    value: (trial) => (bad.includes(trial) ? Infinity : trial),
  })
  const firstRound = (bad: readonly number[]): unknown => roundsOf(runStudy(hyperband, { eta: 3 }, world(bad)))[0]
  assert.deepEqual(firstRound([0, 1, 2, 3, 4, 5, 6, 7]), {
    pass: 0,
    bracket: 2,
    round: 0,
    epoch: 1,
    size: 9,
    keep: 3,
    survivors: [8],
    dropped: [0, 1, 2, 3, 4, 5, 6, 7],
    cut: 8,
    epochsSoFar: 9,
  })
  assert.deepEqual((firstRound([0, 1, 2, 3, 4, 5, 6, 7, 8]) as RoundConclusion).survivors, [0, 1, 2])
})

test('an order that the budget cut short is ordered again once there is more', () => {
  const { scheduler, memory, view } = openStudy(
    hyperband,
    { eta: 3 },
    { slots: 1, maxEpochs: 27, minEpochs: 3, value: () => 0 },
  )
  scheduler.evolve(memory, { type: 'ordered', trial: 0, until: 2, isNew: true, tag: undefined }, view)
  scheduler.evolve(memory, { type: 'arrived', trial: 0, epoch: 2, complete: false }, view)
  const order = scheduler.next(memory, view, 50).find(({ type }) => type === 'resume')
  assert.deepEqual(order, {
    type: 'resume',
    trial: 0,
    until: 3,
    tag: { pass: 0, bracket: 2, round: 0 },
    why: { rule: 'cut-short', until: 3 },
  })
})

test('several objectives are ranked by the study when all of a round are there', () => {
  const value = (trial: number, _epoch: number, objective: number): number => (objective === 0 ? trial : -trial % 5)
  const course = runStudy(
    hyperband,
    { eta: 3 },
    { slots: 4, maxEpochs: 9, directions: ['minimize', 'minimize'], value },
  )
  const [first] = roundsOf(course)
  assert.deepEqual([first?.survivors, first?.cut], [[0, 1, 2], null])
  const why = course.verdicts.find(({ type }) => type === 'stop')
  assert.ok(why?.type === 'stop' && why.why['cut'] === null)
})
