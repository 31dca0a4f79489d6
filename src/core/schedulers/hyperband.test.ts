import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { shared } from '../../../test/shared.ts'
import { indexOf, roundsOf } from './bracket-course.laws.ts'
import { keepOf } from './brackets.ts'
import { hyperband } from './hyperband.ts'
import { runStudy } from './mini-study.laws.ts'
import { aDefinition, resolved, type Course, type World } from './mini-world.laws.ts'
import { chance, schedulerLaws } from './scheduler.laws.ts'

schedulerLaws(hyperband, {
  varied: fc.record({
    eta: fc.constantFrom(1.5, 2, 2.5, 3, 4),
    order: fc.constantFrom('published', 'path'),
    passes: fc.constantFrom(null, 1, 2),
  }),
  isSettling: true,
  allowed: ({ size }, options) => keepOf(size ?? 0, Number(options['eta'])),
})

interface ReferenceRun {
  readonly R: number
  readonly eta: number
  readonly epochs: number
  readonly best: number
  readonly finalists: readonly number[]
  readonly brackets: readonly {
    readonly s: number
    readonly rounds: readonly {
      readonly trials: number
      readonly r: number
      readonly survivors: readonly number[]
      readonly epochsSoFar: number
    }[]
  }[]
}

const reference = new URL('../../../test/golden/reference/hyperband.json', import.meta.url)
const { runs } = JSON.parse(readFileSync(reference, 'utf8')) as { readonly runs: readonly ReferenceRun[] }

function mlpfLoss(): (row: number, epoch: number) => number {
  const lines = readFileSync(shared.path('data/curves/mlpf.csv'), 'utf8').trim().split('\n')
  const first = (lines[0] ?? '').split(',').indexOf('METRIC_1')
  const rows = lines.slice(1).map((line) => line.split(',').slice(first).map(Number))
  return (row, epoch) => rows[row]?.[epoch - 1] ?? NaN
}

/** What the reference says of a run, in the order of the algorithm. */
function told(course: Course, isCounted: boolean): unknown[] {
  return roundsOf(course)
    .toSorted((a, b) => b.bracket - a.bracket || a.round - b.round)
    .map(({ bracket, round, size, epoch, survivors, epochsSoFar }) => ({
      bracket,
      round,
      size,
      epoch,
      survivors,
      ...(isCounted ? { epochsSoFar } : {}),
    }))
}

function toldBy(run: ReferenceRun, isCounted: boolean): unknown[] {
  return run.brackets.flatMap(({ s, rounds }) =>
    rounds.map(({ trials, r, survivors, epochsSoFar }, round) => ({
      bracket: s,
      round,
      size: trials,
      epoch: r,
      survivors,
      ...(isCounted ? { epochsSoFar } : {}),
    })),
  )
}

test(
  'with one worker the six reference runs on recorded curves are repeated round by round',
  { skip: shared.skip },
  () => {
    const value = mlpfLoss()
    assert.equal(runs.length, 6)
    for (const run of runs) {
      const course = runStudy(hyperband, { eta: run.eta }, { slots: 1, maxEpochs: run.R, value })
      assert.deepEqual(told(course, true), toldBy(run, true))
      assert.equal(course.epochs, run.epochs)
      assert.deepEqual(finalists(course, run.eta), run.finalists)
      assert.deepEqual(
        course.orders.filter(({ isNew }) => isNew).map(({ trial, order }) => [trial, indexOf(order.tag)]),
        course.states.map((_, trial) => [trial, trial]),
      )
    }
    assert.equal(runs[0]?.epochs, 3213)
  },
)

test(
  'with any number of workers, speeds and either queue order the reference runs train and keep the same',
  { skip: shared.skip },
  () => {
    const value = mlpfLoss()
    const settings = fc.record({
      slots: fc.integer({ min: 1, max: 200 }),
      seed: fc.nat(),
      order: fc.constantFrom('published', 'path'),
      batch: fc.integer({ min: 1, max: 9 }),
    })
    const property = fc.property(fc.constantFrom(...runs), settings, (run, { slots, seed, order, batch }) => {
      const duration = (trial: number, epoch: number): number => 0.2 + chance(seed, trial, epoch)
      const course = runStudy(hyperband, { eta: run.eta, order }, { slots, maxEpochs: run.R, value, duration, batch })
      assert.deepEqual(told(course, false), toldBy(run, false))
      assert.equal(course.epochs, run.epochs)
    })
    fc.assert(property, { numRuns: 15 })
  },
)

function finalists(course: Course, eta: number): number[] {
  return roundsOf(course)
    .filter(({ bracket, round }) => round === bracket)
    .flatMap(({ survivors, size }) => {
      assert.equal(survivors.length, keepOf(size, eta))
      return survivors
    })
}

test('the options that depend on the study are settled once', () => {
  const settle = (world: Partial<World>, slots: number): unknown =>
    resolved(hyperband, aDefinition({ slots, maxEpochs: 27, value: () => 0, ...world }), {}, slots)
  assert.deepEqual(settle({}, 8), { eta: 3, passes: 1, order: 'published', waves: false })
  assert.deepEqual(settle({}, 9), { eta: 3, passes: 1, order: 'path', waves: false })
  assert.deepEqual(settle({ trials: 20 }, 0), { eta: 3, passes: null, order: 'published', waves: false })
  const definition = aDefinition({ slots: 1, maxEpochs: 100, value: () => 0 })
  const { problems } = hyperband.resolve({ definition, options: { eta: 1.01 }, slots: 1 })
  assert.match(problems[0] ?? '', /eta 1.01 would make 463 brackets/)
})

test('the preview sums all passes, and a budget of trials cuts the last bracket', () => {
  const preview = (options: { [option: string]: unknown }, trials?: number): unknown => {
    const definition = aDefinition({
      slots: 1,
      maxEpochs: 9,
      value: () => 0,
      ...(trials === undefined ? {} : { trials }),
    })
    return hyperband
      .preview({ definition, options: resolved(hyperband, definition, options, 1) })
      .map((row) => `${row.group}: ${row.trials}@${row.epoch}`)
  }
  assert.deepEqual(preview({}), [
    'bracket 2: 9@1',
    'bracket 2: 3@3',
    'bracket 2: 1@9',
    'bracket 1: 5@3',
    'bracket 1: 1@9',
    'bracket 0: 3@9',
  ])
  assert.deepEqual(
    preview({ passes: 2 })?.toString(),
    'bracket 2: 18@1,bracket 2: 6@3,bracket 2: 2@9,bracket 1: 10@3,bracket 1: 2@9,bracket 0: 6@9',
  )
  assert.deepEqual(
    preview({}, 21)?.toString(),
    'bracket 2: 13@1,bracket 2: 4@3,bracket 2: 2@9,bracket 1: 5@3,bracket 1: 1@9,bracket 0: 3@9',
  )
})

test('reasons are told in plain words with their numbers', () => {
  const explain = (why: { rule: string; [number: string]: string | number | null }): string =>
    hyperband.explain(why, 'val_loss')
  const at = { pass: 0, bracket: 4, round: 1, epoch: 3 }
  assert.equal(
    explain({ rule: 'round-cut', ...at, value: 0.71, cut: 0.66, rank: 20, of: 27, kept: 9 }),
    'stopped at epoch 3: its val_loss 0.71 was rank 20 of 27 in round 1 of bracket 4, the best 9 went on (cut 0.66)',
  )
  assert.equal(
    explain({ rule: 'round-survivor', ...at, until: 9, value: 0.612345, kept: 9, of: 27 }),
    'goes on to epoch 9: its val_loss 0.6123 at epoch 3 was among the best 9 of 27 in round 1 of bracket 4',
  )
  assert.equal(
    explain({ rule: 'bracket-start', ...at, place: 0, of: 27 }),
    'first trained to epoch 3: trial 1 of 27 in bracket 4',
  )
})
