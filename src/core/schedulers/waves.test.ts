import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { shared } from '../../../test/shared.ts'
import type { RoundConclusion } from './bracket-verdicts.ts'
import { hyperbandBrackets, keepOf } from './brackets.ts'
import { hyperband } from './hyperband.ts'
import { runStudy } from './mini-study.laws.ts'
import { aDefinition, resolved, type Course, type World } from './mini-world.laws.ts'
import { mlpfLoss } from './mlpf-curves.laws.ts'
import { publishedHead } from './published-head.laws.ts'
import { aWorld, chance, schedulerLaws } from './scheduler.laws.ts'
import type { SchedulerKind } from './scheduler.ts'
import { swiftHyperband } from './swift-hyperband.ts'

const allowed = ({ size }: { readonly size: number | null }, options: { readonly [option: string]: unknown }): number =>
  keepOf(size ?? 0, Number(options['eta']))

schedulerLaws(hyperband, {
  options: { waves: true },
  varied: fc.record({ eta: fc.constantFrom(1.5, 2, 3), passes: fc.constantFrom(null, 1, 2) }),
  isSettling: true,
  allowed,
})

schedulerLaws(swiftHyperband, {
  options: { waves: true, predictor: 'last-value' },
  varied: fc.record({
    eta: fc.constantFrom(1.5, 2, 3),
    passes: fc.constantFrom(null, 1, 2),
    d: fc.constantFrom(2, 3, 6),
    k: fc.constantFrom(0, 0.5, 1),
    knownCurve: fc.constantFrom(0.25, 0.5, 1),
    threshold: fc.constantFrom(0, 0.25, 1),
  }),
  isSingle: true,
  isSettling: true,
  allowed,
})

/** Survivors of every round in published order. */
function survivorsOf({ conclusions }: Course): (readonly number[])[] {
  return conclusions
    .map(({ data }) => data as RoundConclusion)
    .filter(({ survivors }) => survivors !== undefined)
    .toSorted((a, b) => b.bracket - a.bracket || a.round - b.round)
    .map(({ survivors }) => survivors)
}

function fitsOf({ decisions }: Course): number {
  return decisions.filter((decision) => decision.startsWith('fit ')).length
}

function isAsTheHead(course: Course, head: ReturnType<typeof publishedHead>): void {
  const { epochs, makespan, fits, survivors } = head
  assert.deepEqual([course.epochs, fitsOf(course), survivorsOf(course)], [epochs, fits, survivors])
  assert.ok(Math.abs(course.makespan - makespan) < 1e-9 * makespan, `${course.makespan} instead of ${makespan}`)
}

test('Hyperband in waves trains, keeps and takes as long as the published head, failures or not', () => {
  const draws = fc.record({
    seed: fc.nat(),
    slots: fc.integer({ min: 1, max: 30 }),
    maxEpochs: fc.integer({ min: 1, max: 40 }),
    eta: fc.constantFrom(2, 3, 4),
    failing: fc.constantFrom(0, 0.1, 0.5, 0.9),
  })
  const property = fc.property(draws, ({ seed, slots, maxEpochs, eta, failing }) => {
    const failsAt = (trial: number): number | null =>
      chance(seed, trial, 3) < failing ? 1 + Math.floor(chance(seed, trial, 4) * maxEpochs) : null
    const world = aWorld(seed, { slots, maxEpochs, failsAt })
    const brackets = hyperbandBrackets({ maxEpochs, minEpochs: 1, eta })
    isAsTheHead(
      runStudy(hyperband, { eta, waves: true }, world),
      publishedHead(world, { brackets, eta, predictor: null, d: 0 }),
    )
  })
  fc.assert(property, { numRuns: 150 })
})

test('Swift-Hyperband in waves sends, selects, keeps and takes as long as the published head', () => {
  const draws = fc.record({
    seed: fc.nat(),
    slots: fc.integer({ min: 1, max: 30 }),
    maxEpochs: fc.integer({ min: 4, max: 40 }),
    eta: fc.constantFrom(2, 3),
    d: fc.integer({ min: 2, max: 8 }),
    spread: fc.constantFrom(0.2, 2, 8),
  })
  const property = fc.property(draws, ({ seed, slots, maxEpochs, eta, d, spread }) => {
    const duration = (trial: number): number => 1 + spread * chance(seed, trial, 8)
    const world = aWorld(seed, { slots, maxEpochs, duration })
    const brackets = hyperbandBrackets({ maxEpochs, minEpochs: 1, eta })
    const predictor = 'last-value'
    isAsTheHead(
      runStudy(swiftHyperband, { eta, d, predictor, waves: true }, world),
      publishedHead(world, { brackets, eta, predictor, d }),
    )
  })
  fc.assert(property, { numRuns: 150 })
})

test('in unit time the waves of Hyperband have their published makespans', () => {
  const { value } = aWorld(1, { slots: 1, maxEpochs: 100 })
  const makespans = [1, 4, 10, 50].map((slots) => {
    const { epochs, makespan } = runStudy(hyperband, { eta: 2, waves: true }, { slots, maxEpochs: 100, value })
    assert.equal(epochs, 3213)
    return makespan
  })
  assert.deepEqual(makespans, [3213, 1132, 760, 702])
})

test(
  'rows 0 to 162 in unit time: the golden 2846 epochs and 11 predictors, for any number of workers',
  { skip: shared.skip },
  () => {
    const value = mlpfLoss()
    const brackets = hyperbandBrackets({ maxEpochs: 100, minEpochs: 1, eta: 2 })
    for (const slots of [1, 4, 10, 50]) {
      const world: World = { slots, maxEpochs: 100, value }
      const course = runStudy(swiftHyperband, { eta: 2, waves: true }, world)
      assert.deepEqual([course.epochs, fitsOf(course)], [2846, 11])
      isAsTheHead(course, publishedHead(world, { brackets, eta: 2, predictor: 'nu-svr', d: 15 }))
    }
  },
)

test('nothing is ordered while a predictor is trained', () => {
  let fits = 0
  const watched: SchedulerKind = {
    ...swiftHyperband,
    create(setup) {
      const scheduler = swiftHyperband.create(setup)
      return {
        ...scheduler,
        evolve(memory, notice, study) {
          scheduler.evolve(memory, notice, study)
          if (notice.type !== 'fitting') return
          fits++
          assert.deepEqual(scheduler.next(memory, study, study.slots), [])
        },
      }
    },
  }
  for (const slots of [1, 3, 20])
    runStudy(watched, { eta: 2, d: 3, predictor: 'last-value', waves: true }, aWorld(slots, { slots, maxEpochs: 16 }))
  assert.ok(fits > 3)
})

test('slots that come and go leave no wave stuck, and change no survivor of Hyperband', () => {
  const property = fc.property(fc.nat(), fc.integer({ min: 1, max: 12 }), fc.boolean(), (seed, most, predicts) => {
    let reports = 0
    const world = aWorld(seed, { slots: most, maxEpochs: 16 })
    const changing: World = {
      ...world,
      get slots() {
        return 1 + Math.floor(chance(seed, Math.floor(reports / 5)) * most)
      },
      value(...at) {
        reports++
        return world.value(...at)
      },
    }
    const options = { eta: 2, waves: true, ...(predicts ? { d: 3, predictor: 'last-value' } : {}) }
    const course = runStudy(predicts ? swiftHyperband : hyperband, options, changing)
    assert.ok(course.isDone)
    if (!predicts) assert.deepEqual(survivorsOf(course), survivorsOf(runStudy(hyperband, { eta: 2 }, world)))
  })
  fc.assert(property, { numRuns: 60 })
})

test('trials that trained beyond their orders hold up no wave, also when the budget is spent just then', () => {
  const draws = fc.record({
    seed: fc.nat(),
    slots: fc.integer({ min: 1, max: 2 }),
    epochs: fc.integer({ min: 10, max: 40 }),
    share: fc.constantFrom(0.3, 0.6, 1),
  })
  const property = fc.property(draws, ({ seed, slots, epochs, share }) => {
    const overrun = (trial: number): number => (chance(seed, trial, 6) < share ? 1 : 0)
    const world = aWorld(seed, { slots, trials: 16, maxEpochs: 21, overrun })
    const options = { eta: 2, k: 0, d: 6, knownCurve: 0.25, predictor: 'last-value', waves: true }
    runStudy(swiftHyperband, options, { ...world, epochs })
    assert.ok(runStudy(swiftHyperband, options, world).isDone)
  })
  fc.assert(property, { numRuns: 120 })
})

test('waves leave no choice of what they fix, and say so where the study file wants it', () => {
  const definition = aDefinition({ slots: 50, maxEpochs: 27, value: () => 0 })
  assert.equal(resolved(hyperband, definition, { waves: true }, 50)['order'], 'published')
  const { order, sent, speculate, audit } = resolved(swiftHyperband, definition, { waves: true }, 50)
  assert.deepEqual(
    { order, sent, speculate, audit },
    { order: 'published', sent: 'arrival', speculate: 'never', audit: 0 },
  )
  const problems = (kind: typeof hyperband, options: { readonly [option: string]: unknown }): readonly string[] => {
    const defaults = Object.fromEntries(Object.entries(kind.options).map(([name, spec]) => [name, spec.default]))
    return kind.resolve({ definition, options: { ...defaults, ...options, waves: true }, slots: 4 }).problems
  }
  assert.match(
    problems(hyperband, { order: 'path' }).join(),
    /^waves: true .* without order: path: leave one of them out$/,
  )
  assert.deepEqual(problems(swiftHyperband, { order: 'published', sent: 'arrival', speculate: 'never' }), [])
  assert.equal(problems(swiftHyperband, { order: 'path', audit: 0.1 }).length, 2)
})

test('a trial that a wave waits for is ordered on, also where those who trained too far are in a later round already', () => {
  for (let seed = 0; seed < 12; seed++)
    for (let epochs = 84; epochs < 120; epochs += 3) {
      const world: World = { ...aWorld(seed, { slots: 2, maxEpochs: 9, epochs }), overrun: () => 1 }
      runStudy(swiftHyperband, { waves: true, predictor: 'last-value', eta: 1.5, d: 2, k: 1 }, world)
    }
})
