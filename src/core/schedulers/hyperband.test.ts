import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { shared } from '../../../test/shared.ts'
import type { RoundConclusion } from './bracket-verdicts.ts'
import { hyperbandBrackets, keepOf, type Bracket } from './brackets.ts'
import { hyperband } from './hyperband.ts'
import { aDefinition, openStudy, resolved, runStudy, type Course, type World } from './mini-study.laws.ts'
import { aWorld, chance, schedulerLaws } from './scheduler.laws.ts'

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

function roundsOf(course: Course): (RoundConclusion & { readonly epochsSoFar: number })[] {
  return course.conclusions.map(({ data, epochsSoFar }) => ({ ...(data as RoundConclusion), epochsSoFar }))
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

function indexOf(tag: unknown): unknown {
  return (tag as { readonly index?: number } | undefined)?.index
}

/** The published loop: one bracket and one round after the other; failed trials count with infinite loss and never go on. */
function sequential(
  brackets: readonly Bracket[],
  eta: number,
  world: World,
): { survivors: number[][]; epochs: number } {
  const survivors: number[][] = []
  let epochs = 0
  let given = 0
  for (const { rounds } of brackets) {
    let living = Array.from({ length: rounds[0]?.trials ?? 0 }, () => given++)
    let before = 0
    for (const { trials, epoch } of rounds) {
      const failing = living.filter((trial) => (world.failsAt?.(trial) ?? Infinity) <= epoch)
      epochs += living.reduce((sum, trial) => sum + Math.min(world.failsAt?.(trial) ?? Infinity, epoch) - before, 0)
      living = living
        .filter((trial) => !failing.includes(trial))
        .sort((a, b) => world.value(a, epoch, 0) - world.value(b, epoch, 0) || a - b)
        .slice(0, keepOf(trials, eta))
      if (before === 0 || survivors.at(-1)?.length !== 0) survivors.push(living)
      before = epoch
    }
  }
  return { survivors, epochs }
}

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

test('the options that depend on the study are settled once', () => {
  const settle = (world: Partial<World>, slots: number): unknown =>
    resolved(hyperband, aDefinition({ slots, maxEpochs: 27, value: () => 0, ...world }), {}, slots)
  assert.deepEqual(settle({}, 8), { eta: 3, passes: 1, order: 'published' })
  assert.deepEqual(settle({}, 9), { eta: 3, passes: 1, order: 'path' })
  assert.deepEqual(settle({ trials: 20 }, 0), { eta: 3, passes: null, order: 'published' })
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

test('checkpoints of dropped trials may go, those of trials in the race and of finalists may not', () => {
  const study = openStudy(hyperband, { eta: 2 }, { slots: 1, maxEpochs: 1, value: () => 0 })
  const { scheduler, memory, view } = study
  assert.equal(scheduler.isHopeless?.(memory, view, 0), true)
  scheduler.evolve(memory, { type: 'ordered', trial: 0, until: 1, isNew: true, tag: undefined }, view)
  assert.equal(scheduler.isHopeless?.(memory, view, 0), false)
  scheduler.evolve(memory, { type: 'arrived', trial: 0, epoch: 1, complete: true }, view)
  assert.equal(scheduler.isHopeless?.(memory, view, 0), false)
})
