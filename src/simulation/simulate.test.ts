import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { shared } from '../../test/shared.ts'
import { newVerifier } from '../core/study/verify.ts'
import { readCurveTable } from './curve-file.ts'
import { curveTableFromCsv } from './curve-table.ts'
import { parseFaults } from './faults.ts'
import { builtInProblem } from './problems.ts'
import { eventsOf, simulate } from './simulate.ts'
import type { Simulation } from './simulate.ts'
import type { SimulateOptions } from './simulation-setup.ts'
import { tableProblem } from './table-problem.ts'

const hyperband = { type: 'hyperband', eta: 2 }

async function mlpf(): Promise<SimulateOptions> {
  const table = await readCurveTable(shared.path('data/curves/mlpf.csv'))
  return { problem: tableProblem(table, { direction: 'minimize' }), scheduler: hyperband, order: 'rows' }
}

test('Hyperband on mlpf.csv spends its published 3213 epochs and finds row 11', { skip: shared.skip }, async () => {
  const { result } = await simulate(await mlpf())
  const { wallMs, decisions, ...rest } = result
  assert.ok(wallMs > 0 && decisions > 163)
  assert.deepEqual(rest, {
    scheduler: 'hyperband',
    sampler: 'table',
    seed: 0,
    workers: 1,
    trials: 163,
    epochs: 3213,
    speculativeEpochs: 0,
    makespan: 3213,
    utilisation: 1,
    best: { trial: 11, row: 11, value: 442.2677, epoch: 100 },
    predictors: { trained: 0 },
  })
})

test(
  'the number of workers and their speed change neither the epochs nor the answer',
  { skip: shared.skip },
  async () => {
    const options = await mlpf()
    for (const workers of [4, 50]) {
      const { result } = await simulate({ ...options, workers, seconds: { type: 'lognormal', sigma: 0.5 } })
      assert.equal(result.epochs, 3213)
      assert.equal(result.best?.row, 11)
      assert.ok(result.makespan < 3213 / 2 && result.utilisation <= 1)
    }
  },
)

test('a simulation with the same seed is the same to the last event', async () => {
  const options: SimulateOptions = {
    problem: builtInProblem('curves', 9),
    scheduler: { type: 'asha', eta: 3 },
    workers: 5,
    budget: { trials: 30 },
    seconds: { type: 'lognormal', sigma: 0.3 },
    faults: parseFaults('loss=0.1,late=0.1,double=0.1,reorder=0.1,slow=0.2,refuse=0.05,nan=0.05,crash=0.08'),
    seed: 3,
  }
  const [first, second] = [await simulate(options), await simulate(options)]
  assert.deepEqual(await eventsOf(first), await eventsOf(second))
  assert.ok(first.crashes > 0, 'the faults did strike')
})

test('a table with too few rows is refused, with the need and the largest number of epochs that fits', async () => {
  const epochs = Array.from({ length: 27 }, (_, index) => `l_${index + 1}`)
  const rows = Array.from({ length: 20 }, (_, row) =>
    [row / 7, ...epochs.map((_, epoch) => row + 1 / (epoch + 1))].join(','),
  )
  const table = curveTableFromCsv([['x', ...epochs].join(','), ...rows].join('\n'))
  const options = (maxEpochs: number): SimulateOptions => ({
    problem: tableProblem(table, { direction: 'minimize', maxEpochs }),
    scheduler: { type: 'hyperband', eta: 3 },
  })
  const error = await simulate(options(27)).then(
    () => assert.fail('20 rows are too few'),
    (reason: unknown) => reason as { code: string; details: { need: number; rows: number; largest: number } },
  )
  assert.equal(error.code, 'TOO_FEW_ROWS')
  assert.equal(error.details.rows, 20)
  assert.ok(error.details.need > 20)
  const { result } = await simulate(options(error.details.largest))
  assert.ok(result.trials <= 20)
  await assert.rejects(simulate(options(error.details.largest + 1)), { code: 'TOO_FEW_ROWS' })
})

test('what does not end by itself needs a budget, and what is not known is named', async () => {
  const problem = builtInProblem('branin', 9)
  await assert.rejects(simulate({ problem, scheduler: { type: 'asha' } }), { code: 'SIMULATION_ENDLESS' })
  await assert.rejects(simulate({ problem, scheduler: { type: 'toString' } }), { code: 'UNKNOWN_SCHEDULER' })
  await assert.rejects(simulate({ problem, scheduler: hyperband, sampler: { type: 'table' } }), {
    code: 'UNKNOWN_SAMPLER',
  })
})

test('a proposal that costs virtual time delays the trial that it is for', async () => {
  const options: SimulateOptions = {
    problem: builtInProblem('branin', 1),
    scheduler: { type: 'none' },
    budget: { trials: 10 },
  }
  assert.equal((await simulate(options)).result.makespan, 10)
  assert.equal((await simulate({ ...options, fitSeconds: 2 })).result.makespan, 30)
  assert.ok((await simulate({ ...options, fitSeconds: 'measured' })).result.makespan >= 10)
  // One controller serves all workers, one proposal after the other.
  assert.equal((await simulate({ ...options, fitSeconds: 2, workers: 10 })).result.makespan, 21)
})

test('any sampler may speak in rows of a table, each at most once', async () => {
  const rows = Array.from({ length: 25 }, (_, row) => `${row % 5},${Math.floor(row / 5) / 3},${row}`)
  const problem = tableProblem(curveTableFromCsv(['x,y,l_1', ...rows].join('\n')), { direction: 'minimize' })
  for (const type of ['table', 'random', 'sobol']) {
    const { study, result } = await simulate({ problem, scheduler: { type: 'none' }, sampler: { type } })
    const used = study.state.trials.map((trial) => (trial.note as { row: number }).row)
    assert.equal(new Set(used).size, used.length, type)
    assert.equal(used.length, 25, type)
    assert.deepEqual(result.best, { trial: used.indexOf(0), row: 0, value: 0, epoch: 1 })
  }
})

test('a diverged row fails its trial, and the others are not disturbed', async () => {
  const problem = tableProblem(curveTableFromCsv('x,l_1,l_2\n1,nan,nan\n2,1,2\n3,1,inf\n'), { direction: 'minimize' })
  const { study, result } = await simulate({ problem, scheduler: { type: 'none' }, order: 'rows' })
  assert.deepEqual(
    study.state.trials.map((trial) => trial.state),
    ['failed', 'complete', 'failed'],
  )
  assert.equal(result.best?.row, 1)
})

/** What must hold of any finished simulation. */
function checkLaws({ study, result }: Simulation, workers: number): void {
  const { state } = study
  assert.ok(state.finished, 'the study is finished')
  assert.equal(state.live.size, 0)
  assert.notEqual(state.finished.rule, 'stalled')
  const { epochsTrained, epochsRepeated, epochsOverrun } = state
  assert.equal(epochsTrained + epochsRepeated + epochsOverrun, result.epochs, 'every epoch is accounted for')
  assert.ok(epochsTrained + epochsRepeated <= (state.budget.epochs ?? Infinity), 'the budget of epochs is kept')
  for (const trial of state.trials) {
    for (const [index, epoch] of trial.epochs.entries()) assert.equal(epoch, index + 1, 'no report was lost')
    const numbers = trial.attempts.map((attempt) => attempt.attempt)
    assert.deepEqual(
      numbers,
      [...numbers].sort((a, b) => a - b),
    )
    if (trial.state === 'complete') assert.equal(trial.epoch, state.definition.epochs.max)
  }
  assert.equal(state.counts.running, 0)
  // Only a budget of time or epochs leaves a trial behind that was owed more training.
  if (!/^(time|epoch)-budget$/.test(state.finished.rule)) assert.equal(state.counts.waiting, 0)
  assert.ok(result.utilisation > 0 && result.utilisation <= 1 + 1e-9, `${workers} workers: ${result.utilisation}`)
}

test('whatever goes wrong, a study ends, its log has every line once and in order, and its decisions can be derived again', async () => {
  const chance = (max: number) => fc.double({ min: 0, max, noNaN: true })
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        seed: fc.nat(1_000_000),
        workers: fc.integer({ min: 1, max: 7 }),
        scheduler: fc.constantFrom('hyperband', 'asha', 'successive-halving', 'median', 'none'),
        lingerMs: fc.constantFrom(0, 2000, 20_000),
        budget: fc.constantFrom(
          { trials: 20 },
          { trials: 20, epochs: 50 },
          { trials: 20, timeMs: 30_000 },
          { epochs: 70 },
        ),
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
      async ({ scheduler, ...given }) => {
        const simulation = await simulate({
          ...given,
          problem: builtInProblem('conditional', 9),
          scheduler: { type: scheduler },
          startupMs: 300,
          seconds: { type: 'lognormal', sigma: 0.4 },
        })
        checkLaws(simulation, given.workers)
        const lines = new Map<string, number>()
        const events = await eventsOf(simulation)
        const verifier = newVerifier(simulation.algorithms)
        for (const [index, event] of events.entries()) verifier.take(index + 1, event)
        const { problems, undecidable, derived, decisions } = verifier.end()
        assert.deepEqual([problems, undecidable], [[], []])
        assert.equal(derived, decisions)
        for (const event of events) {
          if (!('line' in event)) continue
          const key = `${event.trial}/${event.attempt}`
          assert.equal(event.line, (lines.get(key) ?? 0) + 1, `line ${event.line} of ${key} comes in its turn`)
          lines.set(key, event.line)
        }
      },
    ),
    { numRuns: 60 },
  )
})
