import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plannedEpochs, progress } from './progress.ts'
import { rungs } from './rungs.ts'
import { aStudy, schedulerOf } from './small-study.laws.ts'

const oneBracket = { scheduler: schedulerOf('successive-halving', { eta: 3 }), budget: { trials: 9 } }

test('epochs spent and saved add up to what training every trial to the end would have cost', () => {
  const { study } = aStudy({ definition: oneBracket })
  const { epochs, counts, trials } = progress(study)
  assert.equal(counts.complete + counts.stopped, 9)
  assert.deepEqual(trials, { created: 9, imported: 0, planned: 9, left: 0 })
  assert.equal(epochs.spent + epochs.saved, 9 * 9)
  assert.equal(epochs.spent, 9 + 3 * 2 + 1 * 6)
  assert.equal(epochs.reserved, 0)
})

test('what is still on order is not saved', () => {
  const { study } = aStudy({ definition: { scheduler: schedulerOf('none'), budget: { trials: 4 } }, events: 20 })
  const { epochs } = progress(study)
  assert.ok(epochs.reserved > 0)
  assert.equal(epochs.saved, 0)
})

test('a trial whose program ended by itself, or that failed, saves nothing', () => {
  const { study } = aStudy({
    definition: {
      scheduler: schedulerOf('none'),
      budget: { trials: 3 },
      failures: { retries: 0, graceMs: 1, stopStudyAfter: 9 },
    },
    endsAt: (trial, epoch) =>
      trial === 0 && epoch === 4
        ? { type: 'exited', code: 0 }
        : trial === 1 && epoch === 2
          ? { type: 'exited', code: 1 }
          : null,
  })
  const { counts, epochs } = progress(study)
  assert.deepEqual([counts.complete, counts.failed], [2, 1])
  assert.equal(epochs.saved, 0)
})

test('time left follows the schedule, the budgets, or the trials so far, and says which', () => {
  const method = (definition: object, events: number) => progress(aStudy({ definition, events }).study).time.method
  assert.equal(method(oneBracket, 5), 'unknown')
  assert.equal(method(oneBracket, 40), 'schedule')
  assert.equal(method(oneBracket, 5_000), 'finished')
  const open = { scheduler: schedulerOf('none') }
  assert.equal(method({ ...open, budget: { epochs: 40 } }, 30), 'epoch-budget')
  assert.equal(method({ ...open, budget: { timeMs: 60_000 } }, 30), 'time-budget')
  assert.equal(method({ ...open, budget: {} }, 30), 'unknown')
})

test('with a budget of epochs the time left is the rest at the rate so far', () => {
  const { study } = aStudy({ definition: { scheduler: schedulerOf('none'), budget: { epochs: 40 } }, events: 40 })
  const { epochs, time } = progress(study)
  assert.equal(time.leftMs, Math.round(((40 - epochs.spent) * time.elapsedMs) / epochs.spent))
})

test('while a controller is at work the elapsed time goes on; afterwards it stands', () => {
  const { study } = aStudy({ definition: oneBracket, events: 30 })
  const then = progress(study).time.elapsedMs
  assert.equal(progress(study, study.state.now + 5000).time.elapsedMs, then + 5000)
  const { study: over } = aStudy({ definition: oneBracket })
  assert.equal(progress(over, over.state.now + 5000).time.elapsedMs, progress(over).time.elapsedMs)
})

test('a trial that reaches a row of the plan has trained through the rows before it', () => {
  const row = (group: string, epoch: number, trials: number) => ({ group, epoch, trials })
  assert.equal(plannedEpochs([row('a', 1, 9), row('a', 3, 3), row('a', 9, 1), row('b', 9, 2)]), 9 + 6 + 6 + 18)
  assert.equal(plannedEpochs([]), 0)
})

test('rungs are those of the scheduler, and none where it has none', () => {
  const { study } = aStudy({ definition: oneBracket })
  assert.deepEqual(
    rungs(study)
      .map(({ epoch, arrived, promoted }) => [epoch, arrived, promoted])
      .slice(0, 2),
    [
      [1, 9, 3],
      [3, 3, 1],
    ],
  )
  assert.deepEqual(rungs(aStudy({ definition: { scheduler: schedulerOf('none') } }).study), [])
})
