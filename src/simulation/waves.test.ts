/** The published dispatch of Hyperband and Swift-Hyperband, with the whole controller around it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { shared } from '../../test/shared.ts'
import { newVerifier } from '../core/study/verify.ts'
import { readCurveTable } from './curve-file.ts'
import { builtInProblem } from './problems.ts'
import type { SimulationResult } from './simulation-result.ts'
import { eventsOf, simulate } from './simulate.ts'
import type { SimulateOptions } from './simulation-setup.ts'
import { tableProblem } from './table-problem.ts'

type Given = Omit<SimulateOptions, 'problem' | 'scheduler'>

async function onCurves(): Promise<(type: string, given: Given, waves?: boolean) => Promise<SimulationResult>> {
  const problem = tableProblem(await readCurveTable(shared.path('data/curves/mlpf.csv')), { direction: 'minimize' })
  return async (type, given, waves = true) =>
    (await simulate({ problem, scheduler: { type, eta: 2, waves }, ...given })).result
}

test('in unit time the waves of Hyperband have their published makespans', { skip: shared.skip }, async () => {
  const run = await onCurves()
  for (const [workers, makespan] of [
    [1, 3213],
    [4, 1132],
    [10, 760],
    [50, 702],
  ] as const)
    // Whether a program waits at its limit or is started again, a wave is as long.
    for (const lingerMs of [0, 20_000]) {
      const result = await run('hyperband', { workers, lingerMs, seed: workers })
      assert.deepEqual([result.epochs, result.makespan], [3213, makespan], `${workers} workers, ${lingerMs} ms`)
    }
})

test(
  'rows 0 to 162 in unit time: Swift-Hyperband in waves trains 2846 epochs for any number of workers',
  { skip: shared.skip },
  async () => {
    const run = await onCurves()
    const makespans: number[] = []
    for (const workers of [1, 4, 10, 50]) {
      const { epochs, makespan, predictors, best } = await run('swift-hyperband', { workers, order: 'rows' })
      assert.deepEqual([epochs, predictors.trained, best?.row], [2846, 11, 11])
      makespans.push(makespan)
    }
    assert.deepEqual(makespans, [2846, 1080, 784, 758])
  },
)

test(
  'speeds that differ: the published means of makespans and epochs, within the spread of five seeds',
  { skip: shared.skip },
  async () => {
    const run = await onCurves()
    const published = {
      hyperband: { 4: 1416, 10: 987, 50: 909 },
      'swift-hyperband': { 4: 1333, 10: 940, 50: 880 },
    } as const
    for (const type of ['hyperband', 'swift-hyperband'] as const)
      for (const workers of [4, 10, 50] as const) {
        const results: SimulationResult[] = []
        for (const seed of [1, 2, 3, 4, 5])
          results.push(await run(type, { workers, seed, seconds: { type: 'lognormal', sigma: 0.35 } }))
        const mean = (of: (result: SimulationResult) => number): number =>
          results.reduce((sum, result) => sum + of(result) / results.length, 0)
        const makespan = mean((result) => result.makespan)
        // One study's makespan has an sd of about 95.
        assert.ok(Math.abs(makespan - published[type][workers]) < 130, `${type}, ${workers} workers: ${makespan}`)
        const epochs = mean((result) => result.epochs)
        if (type === 'hyperband') assert.equal(epochs, 3213)
        else assert.ok(epochs > 2850 && epochs < 3010, `${workers} workers: ${epochs}`)
      }
  },
)

test('waiting for whole waves costs most of the time of many workers', { skip: shared.skip }, async () => {
  const run = await onCurves()
  const waves = await run('hyperband', { workers: 50 })
  const events = await run('hyperband', { workers: 50 }, false)
  assert.equal(waves.epochs, events.epochs)
  assert.ok(waves.makespan > 5 * events.makespan)
})

test('whatever goes wrong, waves end, and their decisions can be derived again', async () => {
  const chance = (max: number) => fc.double({ min: 0, max, noNaN: true })
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        seed: fc.nat(1_000_000),
        workers: fc.integer({ min: 1, max: 7 }),
        type: fc.constantFrom('hyperband', 'swift-hyperband'),
        lingerMs: fc.constantFrom(0, 2000, 20_000),
        budget: fc.constantFrom({}, { trials: 20 }, { trials: 20, epochs: 50 }, { trials: 20, timeMs: 30_000 }),
        saveMs: fc.constantFrom(0, 400),
        faults: fc.record({
          loss: chance(0.1),
          late: chance(0.3),
          reorder: chance(0.3),
          double: chance(0.3),
          slow: chance(0.5),
          refuse: chance(0.1),
          nan: chance(0.2),
          fit: chance(0.5),
          crash: chance(0.05),
        }),
      }),
      async ({ type, ...given }) => {
        const predicting = type === 'hyperband' ? {} : { d: 3, predictor: 'last-value' }
        const simulation = await simulate({
          ...given,
          problem: builtInProblem('conditional', 9),
          scheduler: { type, waves: true, ...predicting },
          startupMs: 300,
          seconds: { type: 'lognormal', sigma: 0.4 },
        })
        const { state } = simulation.study
        assert.ok(state.finished !== null && state.finished.rule !== 'stalled', JSON.stringify(state.finished))
        const verifier = newVerifier(simulation.algorithms)
        for (const [index, event] of (await eventsOf(simulation)).entries()) verifier.take(index + 1, event)
        const { problems, undecidable, derived, decisions } = verifier.end()
        assert.deepEqual([problems, undecidable, derived], [[], [], decisions])
      },
    ),
    { numRuns: 60 },
  )
})
