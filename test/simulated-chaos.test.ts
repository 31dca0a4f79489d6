/**
 * A thousand simulated studies, each with its own scheduler, workers and faults: lost and slow workers, refused starts, late, doubled and
 * reordered reports, diverging curves, and a controller that crashes at appends. What must hold is checked on the log itself.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSettled } from '../src/core/trial.ts'
import { stream } from '../src/core/maths/stream.ts'
import type { Event } from '../src/core/study/events.ts'
import { newVerifier } from '../src/core/study/verify.ts'
import { builtInProblem } from '../src/simulation/problems.ts'
import { eventsOf, simulate } from '../src/simulation/simulate.ts'
import type { SimulateOptions } from '../src/simulation/simulation-setup.ts'

const seeds = Number(process.env['CHAOS_SEEDS'] ?? 1000)
const schedulers = [
  { type: 'hyperband', eta: 3 },
  { type: 'asha', eta: 3, form: 'promotion' },
  { type: 'asha', eta: 2, form: 'stopping' },
  { type: 'successive-halving', eta: 3 },
  { type: 'swift-hyperband', eta: 3, predictor: 'last-value', d: 3 },
  { type: 'swift-hyperband', eta: 2, predictor: 'nu-svr', d: 4, sent: 'arrival', audit: 0.3 },
  { type: 'fast-hyperband', eta: 3, predictor: 'nu-svr', d: 3 },
  { type: 'median' },
  { type: 'none' },
]

function settingOf(
  seed: number,
): SimulateOptions & { readonly budget: { readonly trials?: number; readonly epochs?: number } } {
  const chance = stream(seed, 'chaos')
  const upTo = (most: number): number => chance.uniform() * most
  const scheduler = schedulers[chance.integer(schedulers.length)] as (typeof schedulers)[number]
  const budget = chance.uniform() < 0.5 ? { trials: 5 + chance.integer(20) } : { epochs: 20 + chance.integer(120) }
  return {
    problem: builtInProblem('curves', 1 + chance.integer(12)),
    scheduler,
    budget,
    seed,
    workers: 1 + chance.integer(chance.uniform() < 0.3 ? 30 : 4),
    seconds: { type: 'lognormal', sigma: upTo(0.8) },
    lingerMs: chance.uniform() < 0.5 ? 0 : upTo(20_000),
    startupMs: chance.uniform() < 0.5 ? 0 : upTo(3000),
    saveMs: upTo(500),
    faults: {
      loss: upTo(0.2),
      late: upTo(0.3),
      reorder: upTo(0.3),
      double: upTo(0.3),
      slow: upTo(0.3),
      refuse: upTo(0.1),
      nan: upTo(0.1),
      fit: upTo(0.5),
      crash: upTo(0.05),
    },
  }
}

/** Lines come in order, once each; a trial trains once at a time; nothing is ordered of a settled trial. */
function checkLog(events: readonly Event[]): void {
  const live = new Map<number, { attempt: number; lines: number }>()
  const settled = new Set<number>()
  let created = 0
  for (const event of events) {
    switch (event.type) {
      case 'CreateTrial':
        assert.equal(event.trial, created++)
        break
      case 'StartAttempt':
        assert.ok(!live.has(event.trial), `trial ${event.trial} trains once at a time`)
        assert.ok(!settled.has(event.trial), `settled trial ${event.trial} is not started`)
        live.set(event.trial, { attempt: event.attempt, lines: 0 })
        break
      case 'TrialReported': {
        const attempt = live.get(event.trial)
        assert.equal(attempt?.attempt, event.attempt)
        if (attempt) assert.equal(event.line, ++attempt.lines, `lines of trial ${event.trial} come in order, once`)
        break
      }
      case 'AttemptEnded':
        assert.equal(live.get(event.trial)?.attempt, event.attempt)
        live.delete(event.trial)
        break
      case 'StopTrial':
      case 'FailTrial':
        assert.ok(!settled.has(event.trial), `trial ${event.trial} is settled once`)
        settled.add(event.trial)
        break
      default:
        break
    }
  }
  assert.equal(live.size, 0, 'every attempt has ended')
}

test(
  `${seeds} simulated studies with all faults end, lose nothing, and keep their budgets`,
  { timeout: 600_000 },
  async () => {
    let crashes = 0
    for (let seed = 0; seed < seeds; seed++) {
      const setting = settingOf(seed)
      const told = `seed ${seed}, ${setting.scheduler.type}, ${setting.workers} workers`
      try {
        const simulation = await simulate(setting)
        const { state } = simulation.study
        crashes += simulation.crashes
        const events = await eventsOf(simulation)
        checkLog(events)
        const verifier = newVerifier(simulation.algorithms)
        events.forEach((event, index) => verifier.take(index + 1, event))
        assert.deepEqual(verifier.end().problems, [])
        assert.ok(state.finished, 'it ends')
        assert.notEqual(state.finished.rule, 'stalled', 'it never waits for nothing')
        const { trials = Infinity, epochs = Infinity } = setting.budget
        assert.ok(state.trials.length <= trials, `${state.trials.length} of ${trials} trials`)
        // Repeated epochs are trained before anybody knows that they repeat: they may be counted beyond the budget, ordered ones never.
        assert.ok(state.epochsTrained <= epochs, `${state.epochsTrained} of ${epochs} epochs`)
        assert.equal(
          state.epochsReserved,
          state.trials.reduce((sum, trial) => sum + trial.reserved, 0),
        )
        if (state.finished.rule === 'trial-budget')
          assert.ok(state.trials.every((trial) => isSettled(trial.state) || trial.state === 'paused'))
        assert.deepEqual(await simulation.store.check('simulation'), [])
      } catch (error) {
        throw new Error(told, { cause: error })
      }
    }
    assert.ok(crashes > seeds / 10, `the controller did crash: ${crashes} times`)
  },
)

/**
 * A trial that is stopped while it runs trains on until it hears of it: how far depends on the faults. One that pauses does not. Nor does who is sent
 * by plan; what an idle slot trains ahead does.
 */
const pausing = schedulers
  .filter(
    ({ type, form, sent }) =>
      type !== 'median' && type !== 'fast-hyperband' && form !== 'stopping' && sent !== 'arrival',
  )
  .map((scheduler) => (scheduler.type === 'swift-hyperband' ? { ...scheduler, speculate: 'never' } : scheduler))

test(
  'with one worker and trials that pause at their limit, faults change nothing of the answer',
  { timeout: 300_000 },
  async () => {
    for (let seed = 0; seed < Math.min(seeds, 100); seed++) {
      const chance = stream(seed, 'faults-only')
      const calm: SimulateOptions = {
        problem: builtInProblem('curves', 9),
        scheduler: pausing[chance.integer(pausing.length)] as (typeof schedulers)[number],
        budget: { trials: 12 },
        seed,
      }
      const faults = {
        loss: 0.05,
        late: 0.2,
        reorder: 0.2,
        double: 0.2,
        slow: 0,
        refuse: 0.02,
        nan: 0,
        fit: 0,
        crash: 0.03,
      }
      const outcome = async (options: SimulateOptions): Promise<unknown> => {
        const { study } = await simulate(options)
        return study.state.trials.map(({ number, state, epoch, configuration, values }) => ({
          number,
          state,
          epoch,
          configuration,
          values,
        }))
      }
      assert.deepEqual(await outcome({ ...calm, faults }), await outcome(calm), `seed ${seed}`)
    }
  },
)
