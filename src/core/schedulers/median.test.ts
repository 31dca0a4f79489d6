import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { median } from './median.ts'
import { runStudy } from './mini-study.laws.ts'
import type { World } from './mini-world.laws.ts'
import { aWorld, schedulerLaws } from './scheduler.laws.ts'

schedulerLaws(median, {
  varied: fc.record({ minTrials: fc.integer({ min: 1, max: 6 }), compare: fc.constantFrom('average', 'best') }),
  isSettling: true,
  allowed: () => 0,
})

/** The rule by its words, one worker: up to which epoch each trial trains. */
function reachedBy(
  world: World,
  settings: { trials: number; graceEpochs: number; minTrials: number; compare: string },
): number[] {
  const { trials, graceEpochs, minTrials, compare } = settings
  const reached: number[] = []
  const upTo = (trial: number, epoch: number): number[] =>
    Array.from({ length: epoch }, (_, i) => world.value(trial, i + 1, 0))
  for (let trial = 0; trial < trials; trial++) {
    let epoch = 1
    for (; epoch < world.maxEpochs; epoch++) {
      const others = reached.flatMap((end, other) => (end >= epoch ? [upTo(other, epoch)] : []))
      const values = others
        .map((losses) =>
          compare === 'best' ? Math.min(...losses) : losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
        )
        .sort((a, b) => a - b)
      const half = values.length >> 1
      const middle = values.length % 2 === 1 ? (values[half] ?? 0) : ((values[half - 1] ?? 0) + (values[half] ?? 0)) / 2
      if (epoch >= graceEpochs && others.length >= minTrials && Math.min(...upTo(trial, epoch)) > middle) break
    }
    reached.push(epoch)
  }
  return reached
}

test('trials are stopped by the rule as it is worded', () => {
  const draws = fc.record({
    seed: fc.nat(),
    maxEpochs: fc.integer({ min: 1, max: 12 }),
    graceEpochs: fc.integer({ min: 1, max: 4 }),
    minTrials: fc.integer({ min: 1, max: 6 }),
    compare: fc.constantFrom('average', 'best'),
  })
  const property = fc.property(draws, ({ seed, maxEpochs, ...options }) => {
    const world = aWorld(seed, { slots: 1, maxEpochs, trials: 30 })
    assert.deepEqual(runStudy(median, options, world).reached, reachedBy(world, { trials: 30, ...options }))
  })
  fc.assert(property, { numRuns: 150 })
})

test('a stopped trial is told with the median that it missed', () => {
  const course = runStudy(
    median,
    { minTrials: 3 },
    { slots: 1, maxEpochs: 4, trials: 4, value: (trial) => [0.2, 0.4, 0.6, 0.5][trial] ?? 0 },
  )
  assert.deepEqual(course.verdicts, [
    { type: 'stop', trial: 3, why: { rule: 'median', epoch: 1, value: 0.5, median: 0.4, of: 3, compare: 'average' } },
  ])
  const [verdict] = course.verdicts
  assert.equal(
    verdict?.type === 'stop' && median.explain(verdict.why, 'val_loss'),
    'stopped at epoch 1: its best val_loss so far, 0.5, was worse than 0.4, the median of the running averages of 3 other trials',
  )
})

test('with equal speeds four workers decide as one, but for the trials that have not come so far', () => {
  const world = (slots: number): World => ({
    slots,
    maxEpochs: 8,
    trials: 40,
    value: (trial, epoch) => ((trial * 7919) % 41) + 1 / epoch,
  })
  const [one, four] = [1, 4].map((slots) => runStudy(median, { minTrials: 5 }, world(slots)).epochs)
  assert.ok(Math.abs((four ?? 0) / (one ?? 1) - 1) < 0.1, `${four} epochs with four workers, ${one} with one`)
})

test('several objectives: only a trial that is worse than the median in all of them is stopped', () => {
  const values = [
    [1, 9],
    [2, 8],
    [3, 7],
    [9, 1],
    [9, 9],
  ]
  const value = (trial: number, _epoch: number, objective: number): number => values[trial]?.[objective] ?? 0
  const course = runStudy(
    median,
    { minTrials: 3 },
    { slots: 1, maxEpochs: 3, trials: 5, directions: ['minimize', 'minimize'], value },
  )
  assert.deepEqual(course.states, ['complete', 'complete', 'complete', 'complete', 'stopped'])
})
