import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nextDeadline } from './decide.ts'
import { aStory, ended, opened, report } from './story.laws.ts'

test('a study with one slot trains its trials one after the other and ends when all are settled', () => {
  const story = aStory({ budget: { trials: 2 }, epochs: { min: 1, max: 2, resource: 'epochs' } })
  assert.deepEqual(story.tell(opened()), ['CreateTrial 0', 'StartAttempt 0.1 0 -> 2'])
  assert.deepEqual(story.tell(report(0, 1, 0.5)), [])
  assert.deepEqual(story.tell(report(0, 2, 0.4)), [])
  assert.equal(story.study.state.trials[0]?.state, 'complete')
  assert.deepEqual(story.tell(ended(0)), ['CreateTrial 1', 'StartAttempt 1.1 0 -> 2'])
  assert.deepEqual(story.tell(report(1, 1, 0.5), report(1, 2, 0.3)), [])
  assert.deepEqual(story.tell(ended(1)), ['CloseSampling trial-budget', 'FinishStudy trial-budget'])
  assert.equal(story.study.state.epochsTrained, 4)
})

test('the epoch budget is exact: orders are cut to what is left, and what a trial gives back is used', () => {
  const story = aStory({ budget: { epochs: 12 } }, 2)
  assert.deepEqual(story.tell(opened(2)), [
    'CreateTrial 0',
    'StartAttempt 0.1 0 -> 9',
    'CreateTrial 1',
    'StartAttempt 1.1 0 -> 3',
  ])
  story.tell(report(0, 1, 0.5), report(0, 2, 0.5))
  // The program of trial 0 ends by itself after 2 of 9 epochs: 7 come back.
  assert.deepEqual(story.tell(ended(0)), ['CreateTrial 2', 'StartAttempt 2.1 0 -> 7'])
  for (let epoch = 1; epoch <= 7; epoch++) story.tell(report(2, epoch, 0.4))
  for (let epoch = 1; epoch <= 3; epoch++) story.tell(report(1, epoch, 0.4))
  story.tell(ended(1))
  assert.deepEqual(story.tell(ended(2)), ['FinishStudy epoch-budget'])
  assert.equal(story.study.state.epochsTrained, 12)
  assert.equal(story.study.state.epochsReserved, 0)
})

test('a failed attempt is tried again from where the trial stands, and the trial fails when its retries are spent', () => {
  const story = aStory({ budget: { trials: 1 } })
  story.tell(opened())
  story.tell(report(0, 1, 0.5), report(0, 2, 0.4))
  assert.deepEqual(story.tell(ended(0, { type: 'exited', code: 1 })), ['StartAttempt 0.2 2 -> 9'])
  assert.deepEqual(story.tell(ended(0, { type: 'killed', signal: 'SIGSEGV' }, 2)), [
    'FailTrial 0 killed',
    'CloseSampling trial-budget',
    'FinishStudy trial-budget',
  ])
  assert.equal(story.study.state.trials[0]?.why?.['attempts'], 2)
})

test('a trial that is not resumable starts from the beginning, and its repeated epochs count', () => {
  const story = aStory({ budget: { trials: 1 }, resumable: 'restart' })
  story.tell(opened())
  story.tell(report(0, 1, 0.5), report(0, 2, 0.4))
  assert.deepEqual(story.tell(ended(0, { type: 'exited', code: 1 })), ['StartAttempt 0.2 0 -> 9'])
  for (let epoch = 1; epoch <= 9; epoch++) story.tell(report(0, epoch, 1 / epoch, 2))
  assert.equal(story.study.state.epochsTrained, 11)
  assert.deepEqual(story.study.state.trials[0]?.epochs, [1, 2, 3, 4, 5, 6, 7, 8, 9])
  assert.equal(story.study.state.trials[0]?.values[0]?.[1], 0.4, 'the first word on an epoch stands')
})

test('an objective that is not finite fails the trial at once, without a retry', () => {
  const story = aStory({ budget: { trials: 2 } })
  story.tell(opened())
  assert.deepEqual(story.tell(report(0, 1, NaN)), ['FailTrial 0 non-finite'])
  assert.deepEqual(story.tell(ended(0, { type: 'killed', signal: 'SIGTERM' })), [
    'CreateTrial 1',
    'StartAttempt 1.1 0 -> 9',
  ])
})

test('exit 0 without a report is a failure of its own', () => {
  const story = aStory({ budget: { trials: 1 }, failures: { retries: 0, graceMs: 1, stopStudyAfter: 20 } })
  story.tell(opened())
  assert.equal(story.tell(ended(0))[0], 'FailTrial 0 no-report')
})

test('so many failed trials in a row end the study, and a new controller goes on', () => {
  const story = aStory({ budget: { trials: 9 }, failures: { retries: 0, graceMs: 1, stopStudyAfter: 2 } })
  story.tell(opened())
  story.tell(ended(0, { type: 'exited', code: 1 }))
  assert.deepEqual(story.tell(ended(1, { type: 'exited', code: 1 })), [
    'FailTrial 1 exit',
    'FinishStudy failures-in-a-row',
  ])
  story.tell({ type: 'ControllerLeft', why: 'failures-in-a-row' })
  assert.deepEqual(story.tell(opened()), ['CreateTrial 2', 'StartAttempt 2.1 0 -> 9'])
})

test('a lost attempt is no failure of the trial: it is tried again, with pauses, five times', () => {
  const story = aStory({ budget: { trials: 1 }, failures: { retries: 0, graceMs: 1, stopStudyAfter: 20 } })
  story.tell(opened())
  assert.deepEqual(story.tell(ended(0, { type: 'lost' })), ['StartAttempt 0.2 0 -> 9'])
  assert.deepEqual(
    story.tell(ended(0, { type: 'lost' }, 2)),
    ['CloseSampling trial-budget'],
    'the second time it waits',
  )
  story.time = 999
  assert.deepEqual(story.tell({ type: 'TimePassed' }), [])
  story.time = 1000
  assert.deepEqual(story.tell({ type: 'TimePassed' }), ['StartAttempt 0.3 0 -> 9'])
  for (let attempt = 3; attempt <= 5; attempt++) {
    story.tell(ended(0, { type: 'lost' }, attempt))
    story.time += 60_000
    story.tell({ type: 'TimePassed' })
  }
  assert.equal(story.tell(ended(0, { type: 'lost' }, 6))[0], 'FailTrial 0 lost')
})

test('asked to stop, every trial saves; the next controller continues each from its epoch', () => {
  const story = aStory({}, 2)
  story.tell(opened(2))
  story.tell(report(0, 3, 0.5), report(1, 2, 0.4))
  assert.deepEqual(story.tell({ type: 'StopRequested', by: 'SIGINT' }), ['StopAttempt 0', 'StopAttempt 1'])
  assert.deepEqual(story.tell(ended(0), ended(1)), [], 'nothing more is started')
  assert.equal(story.study.state.trials[0]?.state, 'paused')
  story.tell({ type: 'ControllerLeft', why: 'study-stopped' })
  assert.deepEqual(story.tell(opened(2)), ['StartAttempt 0.2 3 -> 9', 'StartAttempt 1.2 2 -> 9'])
})

test('a paused study starts nothing more until it is resumed', () => {
  const story = aStory({})
  story.tell(opened())
  story.tell({ type: 'PauseRequested', by: 'me' })
  story.tell(report(0, 9, 0.1))
  assert.deepEqual(story.tell(ended(0)), [])
  assert.deepEqual(story.tell({ type: 'ResumeRequested', by: 'me' }), ['CreateTrial 1', 'StartAttempt 1.1 0 -> 9'])
})

test('a met target ends the study; the others are asked to save', () => {
  const story = aStory({ budget: { trials: 4, target: 0.1 } }, 2)
  story.tell(opened(2))
  assert.deepEqual(story.tell(report(1, 1, 0.05)), ['StopAttempt 0', 'StopAttempt 1'])
  assert.deepEqual(story.tell(ended(0), ended(1)), ['FinishStudy target'])
})

test('the time budget counts running time only', () => {
  const story = aStory({ budget: { timeMs: 1000 } })
  story.tell(opened())
  story.time = 600
  story.tell(report(0, 1, 0.5))
  story.tell({ type: 'StopRequested', by: 'me' })
  story.tell(ended(0))
  story.tell({ type: 'ControllerLeft', why: 'study-stopped' })
  story.time = 10_000
  story.tell(opened())
  story.time = 10_300
  assert.deepEqual(story.tell({ type: 'TimePassed' }), [])
  story.time = 10_400
  assert.deepEqual(story.tell({ type: 'TimePassed' }), ['StopAttempt 0'])
  assert.deepEqual(story.tell(ended(0, { type: 'exited', code: 0 }, 2)), ['FinishStudy time-budget'])
})

test('an overdue attempt is stopped and counts as a failure', () => {
  const story = aStory({ budget: { trials: 1 }, failures: { retries: 0, graceMs: 1, stopStudyAfter: 20 } })
  story.tell(opened())
  story.tell(report(0, 1, 0.5))
  assert.deepEqual(story.tell({ type: 'AttemptOverdue', trial: 0, attempt: 1, cause: 'silence' }), ['StopAttempt 0'])
  assert.equal(story.tell(ended(0, { type: 'killed', signal: 'SIGTERM' }))[0], 'FailTrial 0 silence')
})

test('asha: a promoted trial that lingers goes on without a restart; an unpromoted one is released for the next', () => {
  const story = aStory({ scheduler: { type: 'asha', eta: 3 }, budget: { trials: 3 } })
  assert.deepEqual(story.tell(opened()), ['CreateTrial 0', 'StartAttempt 0.1 0 -> 1'])
  assert.deepEqual(story.tell(report(0, 1, 0.5)), ['ReleaseTrial 0'], 'its slot is wanted for trial 1')
  assert.deepEqual(story.tell(ended(0)), ['CreateTrial 1', 'StartAttempt 1.1 0 -> 1'])
  assert.deepEqual(story.tell(report(1, 1, 0.4)), ['ReleaseTrial 1'])
  assert.deepEqual(story.tell(ended(1)), ['CreateTrial 2', 'StartAttempt 2.1 0 -> 1'])
  assert.deepEqual(story.tell(report(2, 1, 0.3)), ['RaiseUntil 2 -> 3'])
})

test('exit 0 below a just-raised limit is a hand-over: a new attempt continues', () => {
  const story = aStory({ scheduler: { type: 'asha', eta: 3 }, budget: { trials: 3 } })
  story.tell(opened())
  for (const trial of [0, 1]) {
    story.tell(report(trial, 1, 1 - trial / 10))
    story.tell(ended(trial))
  }
  assert.deepEqual(story.tell(report(2, 1, 0.3)), ['RaiseUntil 2 -> 3'])
  assert.deepEqual(story.tell(ended(2)), ['StartAttempt 2.2 1 -> 3'])
  assert.equal(story.study.state.trials[2]?.failures, 0)
})

test('the user may stop one trial', () => {
  const story = aStory({})
  story.tell(opened())
  story.tell(report(0, 1, 0.5))
  assert.deepEqual(story.tell({ type: 'TrialStopRequested', trial: 0, by: 'me' }), ['StopTrial 0 asked-to-stop'])
})

test('user-given configurations come first', () => {
  const story = aStory({ initial: [{ x: 0.25 }] })
  story.tell(opened())
  assert.deepEqual(story.study.state.trials[0]?.configuration, { x: 0.25 })
  assert.equal(story.study.state.trials[0]?.by, 'initial')
})

test('an asked trial holds no slot and ends when its asker says so', () => {
  const story = aStory({ budget: { trials: 2 } }, 0)
  story.tell(opened(0))
  assert.deepEqual(story.tell({ type: 'TrialAsked', by: 'me' }), ['CreateTrial 0', 'StartAttempt 0.1 0 -> 9'])
  assert.deepEqual(story.tell(report(0, 1, 0.5)), [])
  story.tell(ended(0))
  assert.equal(story.study.state.trials[0]?.state, 'complete')
})

test('checkpoints: those of the best settled trials are kept, those of others deleted', () => {
  const story = aStory({ checkpoints: { keep: 1 }, budget: { trials: 3 } })
  story.tell(opened())
  for (const [trial, loss] of [0.3, 0.5, 0.1].entries()) {
    story.tell(report(trial, 9, loss))
    story.tell(ended(trial))
  }
  const deleted = story.decisions().filter((decision) => decision.type === 'DeleteCheckpoint')
  assert.deepEqual(
    deleted.map((decision) => decision.trial),
    [1, 0],
  )
})

test('a known result takes a number, teaches, and counts in no budget', () => {
  const story = aStory({ budget: { trials: 1 } })
  story.tell({
    type: 'TrialImported',
    configuration: { x: 0.5 },
    state: 'complete',
    reports: [{ epoch: 9, metrics: { loss: 0.2 } }],
    source: 'elsewhere',
  })
  assert.deepEqual(story.tell(opened()), ['CreateTrial 1', 'StartAttempt 1.1 0 -> 9'])
  assert.equal(story.study.view.loss(0), 0.2)
})

for (const scheduler of [{ type: 'none' }, { type: 'hyperband', eta: 3 }, { type: 'asha', eta: 3 }]) {
  test(`${scheduler.type}: a raised budget of trials opens an ended study again`, () => {
    const story = aStory({ scheduler, budget: { trials: 1 } })
    story.tell(opened())
    story.tell(report(0, 9, 0.5))
    story.tell(ended(0))
    assert.equal(story.study.state.finished?.rule, 'trial-budget')
    story.tell({ type: 'ControllerLeft', why: 'trial-budget' })
    story.tell(opened())
    const decisions = story.tell({ type: 'StudyChanged', budget: { trials: 2 } })
    assert.equal(decisions[0], 'CreateTrial 1')
  })
}

test('the downtime after a crash counts in no budget of time', () => {
  const story = aStory({ budget: { timeMs: 1000 } })
  story.tell(opened())
  story.time = 600
  story.tell(report(0, 1, 0.5))
  story.time = 100_000
  story.tell(opened())
  assert.equal(story.study.state.elapsedMs, 600)
})

test('a spent budget of time sets no further deadline while trials save', () => {
  const story = aStory({ budget: { timeMs: 1000 } })
  story.tell(opened())
  assert.equal(nextDeadline(story.study.state), 1000)
  story.time = 1000
  assert.deepEqual(story.tell({ type: 'TimePassed' }), ['StopAttempt 0'])
  assert.equal(nextDeadline(story.study.state), null)
})

test('a trial that prediction wants further, for which no epochs are left, may end by itself meanwhile', () => {
  const scheduler = { type: 'swift-hyperband', eta: 3, d: 2, predictor: 'last-value', passes: 1 }
  const epochs = { min: 2, max: 9, resource: 'epochs' }
  const story = aStory({ epochs, scheduler, budget: { epochs: 12 } }, 6)
  // Trials 0 and 1 are sent to epoch 3, the others to epoch 2: all that the budget has.
  story.tell(opened(6))
  story.tell(report(0, 1, 0.1), report(0, 2, 0.1), report(2, 1, 0.5), report(3, 1, 0.6), report(4, 1, 0.7))
  assert.deepEqual(story.tell(report(0, 3, NaN)), ['FailTrial 0 non-finite'])
  // Trial 2 is sent in the place of trial 0. It ends, and the round is cut without it.
  for (const trial of [2, 3, 4]) story.tell(ended(trial))
  story.tell(report(1, 1, 0.4), report(1, 2, 0.3), report(1, 3, 0.2))
  assert.deepEqual(
    story.study.state.trials.slice(0, 5).map(({ state }) => state),
    ['failed', 'running', 'complete', 'complete', 'complete'],
  )
})
