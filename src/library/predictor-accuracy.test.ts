import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evaluate, randomSplits, usableRows } from '../core/predictors/evaluate.ts'
import type { AlgorithmDefinition } from '../core/study/definition.ts'
import { predictorOf } from '../core/study/fit-input.ts'
import { curveTableFromCsv } from '../simulation/curve-table.ts'
import { curvesOfTable } from '../simulation/recorded-curves.ts'
import type { RecordedCurves } from '../simulation/recorded-curves.ts'
import { measureAccuracy, planAccuracy } from './predictor-accuracy.ts'
import type { AccuracyOptions, AccuracyPlan, CellAccuracy, OnProgress } from './predictor-accuracy.ts'

/** Falling curves of 10 epochs; every configuration `copies` times, and some curves that end early. */
function curves(configurations: number, copies = 1, short = 0): RecordedCurves {
  const header = ['x', ...Array.from({ length: 10 }, (_, index) => `loss_${index + 1}`)].join(',')
  const rows = Array.from({ length: configurations * copies + short }, (_, row) => {
    const x = (row % configurations) / configurations
    const isShort = row >= configurations * copies
    const losses = Array.from({ length: 10 }, (_value, index) =>
      isShort && index > 4 ? '' : String(x + (1 + 0.1 * Math.sin(row)) / (index + 1)),
    )
    return [x, ...losses].join(',')
  })
  return curvesOfTable(curveTableFromCsv([header, ...rows, ''].join('\n')), { direction: 'minimize' })
}

const options = (given: Partial<AccuracyOptions> = {}): AccuracyOptions => ({
  known: [0.1, 0.5],
  counts: null,
  target: 10,
  splits: 3,
  seed: 1,
  by: 'configurations',
  ...given,
})

async function all(
  plan: AccuracyPlan,
  definition: AlgorithmDefinition,
  onProgress?: OnProgress,
): Promise<CellAccuracy[]> {
  const cells: CellAccuracy[] = []
  for await (const cell of measureAccuracy(plan, [definition], onProgress)) cells.push(cell)
  return cells
}

async function measured(recorded: RecordedCurves, given: Partial<AccuracyOptions> = {}): Promise<CellAccuracy[]> {
  return all(planAccuracy(recorded, options(given)), { type: 'last-value' })
}

test('counts double as long as a fifth is left; fewer curves than that are halved', () => {
  const countsOf = (recorded: RecordedCurves, by: AccuracyOptions['by'] = 'configurations'): number[] => [
    ...new Set(planAccuracy(recorded, options({ by })).cells.map((cell) => cell.curves)),
  ]
  assert.deepEqual(countsOf(curves(60)), [15, 20, 40])
  assert.deepEqual(countsOf(curves(49)), [15, 20])
  assert.deepEqual(countsOf(curves(9, 1, 30)), [4])
  assert.deepEqual(countsOf(curves(30, 2)), [15, 20])
  assert.deepEqual(countsOf(curves(30, 2), 'rows'), [15, 20, 40])
})

test('known shares are epochs short of the target, rounded up, each once', () => {
  const { cells } = planAccuracy(curves(20), options({ known: [0.01, 0.1, 0.55, 0.99], counts: [5] }))
  assert.deepEqual(
    cells.map(({ known }) => known),
    [1, 6, 9],
  )
  // That is a little more than 0.7.
  const { cells: exact } = planAccuracy(curves(20), options({ known: [0.1 + 0.2 + 0.4], counts: [5] }))
  assert.equal(exact[0]?.known, 7)
})

test('each cell is what an evaluation on its own splits gives, and the progress goes from 0 to 1', async () => {
  const recorded = curves(40, 2)
  const plan = planAccuracy(recorded, options({ counts: [15, 20] }))
  const progress: number[] = []
  const definition = { type: 'nu-svr', C: 5 }
  const found = await all(plan, definition, (_, done) => void progress.push(done))
  const expected = [15, 20].flatMap((train) =>
    [1, 5].map((known) => {
      const question = { known, target: 10, seed: 1 }
      const splits = randomSplits(plan.set, usableRows(plan.set, question), { train, test: 1000, count: 3, seed: 1 })
      return [...evaluate(predictorOf(definition), plan.set, question, splits)]
    }),
  )
  assert.deepEqual(
    found.map(({ evaluations }) => evaluations),
    expected,
  )
  assert.equal(progress.length, 2 * 2 * 3)
  assert.ok(progress.every((done, index) => done > (progress[index - 1] ?? 0)))
  assert.ok(Math.abs((progress.at(-1) ?? 0) - 1) < 1e-9)
})

test('a configuration teaches once and is never asked about where it taught, unless rows are split', async () => {
  const recorded = curves(20, 3)
  const [grouped] = await measured(recorded, { known: [0.5], counts: [15] })
  assert.deepEqual(
    grouped?.evaluations.map(({ trained, tested }) => [trained, tested]),
    Array.from({ length: 3 }, () => [15, 15]),
  )
  const [rows] = await measured(recorded, { known: [0.5], counts: [15], by: 'rows' })
  assert.equal(rows?.evaluations[0]?.tested, 45)
})

test('too few curves are refused, with the numbers and the epochs that would do', () => {
  const rejects = (recorded: RecordedCurves, given: Partial<AccuracyOptions>, message: RegExp): void =>
    assert.throws(() => planAccuracy(recorded, options(given)), { code: 'TOO_FEW_CURVES', message })
  rejects(
    curves(20),
    { counts: [15, 40] },
    /at least 42 configurations .* at 10 epochs, got 20 .*at most --curves 18\.$/,
  )
  rejects(
    curves(3, 1, 9),
    {},
    /at least 4 configurations .*got 3 \(of 12 curves\)\. Give --target 5, which 4 curves reach\.$/,
  )
  rejects(curves(3, 1), { by: 'rows' }, /at least 4 curves .*Train more trials to the end\.$/)
  assert.equal(planAccuracy(curves(20), options({ counts: [18] })).cells.length, 2)
})
