import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nextDeadline } from './decide.ts'
import { aStory, ended, opened, report } from './story.laws.ts'

const asha = { type: 'asha', eta: 3, form: 'promotion' }

test('an attempt that is overdue but reaches its limit before it is gone has done what was wanted', () => {
  const story = aStory({
    scheduler: asha,
    budget: { trials: 1 },
    failures: { retries: 0, graceMs: 1000, stopStudyAfter: 20 },
  })
  story.tell(opened())
  assert.deepEqual(story.tell({ type: 'AttemptOverdue', trial: 0, attempt: 1, cause: 'silence' }), ['StopAttempt 0'])
  story.tell(report(0, 1, 0.5))
  assert.deepEqual(story.tell(ended(0)), ['CloseSampling trial-budget', 'StartAttempt 0.2 1 -> 3'])
})

test('a trial that leaves does not keep a free slot from the orders after it', () => {
  const story = aStory({ scheduler: asha, budget: { trials: 9 } }, 2)
  story.tell(opened(2))
  assert.deepEqual(story.tell(report(0, 1, 0.1)), ['ReleaseTrial 0'])
  story.tell(report(1, 1, 0.2))
  story.tell(ended(1))
  // Now trial 0 deserves to go on, and is still saving.
  assert.deepEqual(story.tell(report(2, 1, 0.3)), ['ReleaseTrial 2'])
  assert.deepEqual(story.tell(ended(2)), ['CreateTrial 3', 'StartAttempt 3.1 0 -> 1'])
  assert.deepEqual(story.tell(ended(0)), ['StartAttempt 0.2 1 -> 3'])
})

test('a trial that lingers makes room for one that is owed training', () => {
  const story = aStory({ scheduler: { type: 'successive-halving', eta: 3, n: 3, passes: 1 }, budget: { trials: 3 } }, 2)
  story.tell(opened(2))
  story.tell({ type: 'SlotsChanged', slots: 3 })
  story.tell(report(0, 1, 0.4), report(1, 1, 0.5), { type: 'SlotsChanged', slots: 2 })
  assert.deepEqual(story.tell(ended(2, { type: 'lost' })), ['ReleaseTrial 1'])
  assert.deepEqual(story.tell(ended(1)), ['StartAttempt 2.2 0 -> 1'])
})

test('what a lingering trial trained beyond its limit costs nothing of the budget that is left', () => {
  const story = aStory({ scheduler: { type: 'successive-halving', eta: 3, n: 3, passes: 1 }, budget: { epochs: 4 } }, 3)
  story.tell(opened(3))
  story.tell(report(0, 1, 0.5), report(0, 2, 0.4), report(1, 1, 0.6))
  assert.deepEqual(
    story.tell(report(2, 1, 0.7)).filter((text) => text.startsWith('Raise')),
    ['RaiseUntil 0 -> 3'],
  )
  const { state } = story.study
  assert.deepEqual([state.epochsTrained, state.epochsOverrun, state.epochsReserved], [3, 1, 1])
})

test('an order that a trial has met by training beyond its last one needs no other attempt', () => {
  const story = aStory({ scheduler: asha, budget: { trials: 3 } })
  story.tell(opened())
  story.tell(report(0, 1, 0.1), report(0, 9, 0.1, 1, 2))
  story.tell(ended(0))
  assert.equal(story.study.state.trials[0]?.state, 'paused')
  story.tell(report(1, 1, 0.2))
  story.tell(ended(1))
  assert.ok(story.tell(report(2, 1, 0.3)).includes('RaiseUntil 0 -> 9'))
  assert.equal(story.study.state.trials[0]?.state, 'complete')
})

test('an ask of a paused study gets nothing', () => {
  const story = aStory({}, 0)
  story.tell(opened(0))
  story.tell({ type: 'PauseRequested', by: 'me' })
  assert.deepEqual(story.tell({ type: 'TrialAsked', by: 'me' }), [])
  story.tell({ type: 'ResumeRequested', by: 'me' })
  assert.deepEqual(story.tell({ type: 'TrialAsked', by: 'me' }), ['CreateTrial 0', 'StartAttempt 0.1 0 -> 9'])
})

test('a trial that never reports the objective lingers for nothing and fails, saying what it reported instead', () => {
  const story = aStory({
    scheduler: asha,
    budget: { trials: 1 },
    failures: { retries: 0, graceMs: 1000, stopStudyAfter: 20 },
  })
  story.tell(opened())
  const misnamed = { type: 'TrialReported', trial: 0, attempt: 1, line: 1, epoch: 1, metrics: { los: 0.5 } } as const
  assert.deepEqual(story.tell(misnamed), [], 'the objective may come on a line of its own')
  assert.equal(nextDeadline(story.study.state), 1000)
  story.time = 1000
  assert.deepEqual(story.tell({ type: 'TimePassed' }), ['ReleaseTrial 0'])
  assert.equal(story.tell(ended(0))[0], 'FailTrial 0 no-objective')
  const { why } = story.study.state.trials[0] ?? {}
  assert.deepEqual([why?.['missing'], why?.['reported']], [['loss'], ['los']])
})

test('an objective that comes on a second line of the last epoch is in time', () => {
  const story = aStory({ scheduler: asha, budget: { trials: 1 } })
  story.tell(opened())
  story.tell({ type: 'TrialReported', trial: 0, attempt: 1, line: 1, epoch: 1, metrics: { other: 0.5 } })
  story.tell(report(0, 1, 0.4, 1, 2))
  story.tell(ended(0))
  assert.equal(story.study.view.loss(0), 0.4)
  assert.equal(story.study.state.trials[0]?.failures, 0)
})
