import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { keepOf } from './brackets.ts'
import { runStudy } from './mini-study.laws.ts'
import type { Course, World } from './mini-world.laws.ts'
import { aWorld, chance, schedulerLaws } from './scheduler.laws.ts'
import { quantumSwiftHyperband, swiftHyperband } from './swift-hyperband.ts'
import type { SelectionConclusion } from './swift/conclusions.ts'

/** Six curves that fall to levels of their own, of this study's scale or of another. */
const earlier = (scale: number) => ({
  source: 'before',
  curves: Array.from({ length: 6 }, (_, row) => Array.from({ length: 30 }, (__, i) => scale * (row / 5 + 1 / (i + 1)))),
  hyperparameters: null,
})

const allowed = ({ size }: { readonly size: number | null }, options: { readonly [option: string]: unknown }): number =>
  keepOf(size ?? 0, Number(options['eta']))

schedulerLaws(swiftHyperband, {
  varied: fc.record({
    eta: fc.constantFrom(1.5, 2, 3),
    predictor: fc.constantFrom(
      'last-value',
      { type: 'nu-svr' },
      { type: 'last-value', earlier: earlier(1) },
      { type: 'last-value', earlier: earlier(100) },
    ),
    order: fc.constantFrom('published', 'path'),
    passes: fc.constantFrom(null, 1, 2),
    d: fc.constantFrom(2, 3, 6),
    k: fc.constantFrom(0, 0.5, 1),
    knownCurve: fc.constantFrom(0.25, 0.5, 1),
    threshold: fc.constantFrom(0, 0.25, 1),
    sent: fc.constantFrom('plan', 'arrival'),
    speculate: fc.constantFrom('idle', 'never'),
    audit: fc.constantFrom(0, 0.5),
  }),
  isSingle: true,
  isSettling: true,
  allowed,
})

const fixed = { eta: 2, d: 4, predictor: 'last-value' }

function selections(world: World, options: { readonly [option: string]: unknown } = {}): unknown[] {
  const { conclusions } = runStudy(swiftHyperband, { ...fixed, ...options }, world)
  return conclusions
    .map(({ data }) => data as SelectionConclusion & { readonly survivors?: unknown })
    .map(({ pass, bracket, round, sent, predictions, selected, dropped, survivors }) => ({
      place: [pass, bracket, round],
      ...(survivors === undefined ? { sent, predictions, selected, dropped } : { survivors, dropped }),
    }))
    .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

test('with the fixed plan any number of slots and any timing sends, selects and keeps the same trials', () => {
  const property = fc.property(
    fc.nat(),
    fc.integer({ min: 2, max: 60 }),
    fc.integer({ min: 4, max: 24 }),
    fc.constantFrom('idle', 'never'),
    fc.constantFrom('published', 'path'),
    fc.integer({ min: 0, max: 30 }),
    (seed, slots, maxEpochs, speculate, order, fitTakes) => {
      const { value } = aWorld(seed, { slots: 1, maxEpochs })
      const one = selections({ slots: 1, maxEpochs, value })
      const duration = (trial: number, epoch: number): number => 0.2 + 2 * chance(seed, trial, epoch, 7)
      assert.deepEqual(selections({ slots, maxEpochs, value, duration, fitTakes }, { speculate, order }), one)
    },
  )
  fc.assert(property, { numRuns: 100 })
})

test('a predictor that cannot be had costs epochs, never a trial', () => {
  const property = fc.property(fc.nat(), fc.integer({ min: 1, max: 12 }), fc.boolean(), (seed, slots, arrives) => {
    const world = aWorld(seed, { slots, maxEpochs: 16 })
    const options = { ...fixed, sent: arrives ? 'arrival' : 'plan' }
    const course = runStudy(swiftHyperband, options, { ...world, fitFails: () => true })
    assert.equal(course.epochs, 278, 'the whole of Hyperband')
    assert.ok(course.isDone)
  })
  fc.assert(property, { numRuns: 40 })
})

test('a predictor that cannot be had is asked for again by a round that needs it, and by nobody who waits for another', () => {
  for (const slots of [10, 100]) {
    const world = aWorld(1, { slots, maxEpochs: 81 })
    const { verdicts, rungs } = runStudy(
      swiftHyperband,
      { predictor: 'last-value', passes: 2 },
      { ...world, fitFails: () => true },
    )
    const fits = verdicts.filter(({ type }) => type === 'fit').length
    assert.ok(fits > 0 && fits <= rungs.length, `${fits} fits`)
  }
})

test('audited trials reach the target of their round and are judged', () => {
  const world = aWorld(3, { slots: 4, maxEpochs: 27 })
  const course = runStudy(swiftHyperband, { ...fixed, audit: 1 }, world)
  const judged = course.conclusions.filter(({ data }) => 'isFalseDrop' in (data as object))
  const dropped = course.conclusions
    .map(({ data }) => data as SelectionConclusion)
    .filter((data) => 'isFree' in data && !data.isFree)
    .reduce((sum, data) => sum + data.dropped.length, 0)
  assert.ok(judged.length > 0)
  assert.equal(judged.length, dropped)
})

test('idle slots train nobody ahead who would have to begin anew', () => {
  const speculative = (resumable: boolean | 'restart'): number => {
    const world = { ...aWorld(3, { slots: 20, maxEpochs: 27 }), resumable }
    const { orders } = runStudy(swiftHyperband, fixed, world)
    return orders.filter(({ order }) => order.type === 'resume' && order.speculative).length
  }
  assert.ok(speculative(true) > 0)
  assert.equal(speculative('restart'), 0)
})

test('Quantum-Swift-Hyperband is Swift-Hyperband with another predictor', () => {
  assert.equal(quantumSwiftHyperband.options['predictor']?.default, 'qsvr')
  const world = aWorld(5, { slots: 2, maxEpochs: 9 })
  const options = { eta: 3, predictor: 'last-value' }
  assert.deepEqual(runStudy(quantumSwiftHyperband, options, world), runStudy(swiftHyperband, options, world))
})

test('curves of an earlier study teach from the first trial on, unless they are of another scale', () => {
  const world = aWorld(8, { slots: 2, maxEpochs: 16 })
  const course = (predictor: unknown): Course => runStudy(swiftHyperband, { eta: 2, d: 5, predictor }, world)
  const isRefused = ({ conclusions }: Course): boolean => conclusions.some(({ data }) => 'spreads' in (data as object))
  const taught = course({ type: 'last-value', earlier: earlier(1) })
  assert.ok(taught.epochs < course('last-value').epochs)
  assert.equal(isRefused(taught), false)
  assert.equal(isRefused(course({ type: 'last-value', earlier: earlier(100) })), true)
})

test('a trial that was dropped, and is audited, before the earlier curves were refused holds no place of those who teach instead', () => {
  const options = { eta: 3, d: 2, k: 0, audit: 1, predictor: { type: 'last-value', earlier: earlier(100) } }
  for (let seed = 0; seed < 10; seed++) {
    const world = aWorld(seed, { slots: 2, maxEpochs: 27, minEpochs: 4, trials: 5 })
    assert.ok(runStudy(swiftHyperband, options, world).isDone)
  }
})
