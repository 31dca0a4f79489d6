import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Outcome } from '../../trial.ts'
import { aStudy, schedulerOf } from './small-study.laws.ts'
import type { SmallStudy } from './small-study.laws.ts'
import { story } from './story.ts'

const bracket = { scheduler: schedulerOf('successive-halving', { eta: 3 }), budget: { trials: 9 } }
const toTheEnd = { scheduler: schedulerOf('none'), budget: { trials: 3 } }

function told({ study, log }: SmallStudy, trial: number, options = {}) {
  return story(
    study,
    trial,
    log.filter(({ event }) => 'trial' in event && event.trial === trial),
    options,
  )
}

test('the first line tells why a trial was stopped, with the numbers of the decision', () => {
  const small = aStudy({ definition: bracket })
  const stopped = small.study.state.trials.find((trial) => trial.state === 'stopped' && trial.epoch === 1)!
  const { headline, lines } = told(small, stopped.number)
  assert.match(
    headline,
    /^Trial \d was stopped at epoch 1: its loss 1\.\d+ was rank \d of 9 .*the best 3 went on \(cut 1\.\d+\)\.$/,
  )
  assert.deepEqual(
    lines.map((line) => line.type),
    ['CreateTrial', 'StartAttempt', 'TrialReported', 'AttemptEnded', 'StopTrial', 'DeleteCheckpoint'],
  )
})

test('a story is in the order of the log and has the number of each event', () => {
  const small = aStudy({ definition: bracket })
  const complete = small.study.state.trials.find((trial) => trial.state === 'complete')!
  const { lines, headline } = told(small, complete.number)
  assert.match(headline, /is complete: it reached epoch 9, the last one, with loss 0\.\d+\.$/)
  for (const [index, line] of lines.entries()) assert.ok(line.seq! > (lines[index - 1]?.seq ?? 0))
  assert.ok(lines.some((line) => /^Goes on to epoch 3|to epoch 3\./.test(line.text)))
})

test('reports between two decisions are told together, or each by itself', () => {
  const small = aStudy({ definition: toTheEnd, report: (_, epoch) => ({ loss: Math.abs(epoch - 6) }) })
  const together = told(small, 0).lines.filter((line) => line.type === 'TrialReported')
  assert.deepEqual(
    together.map((line) => line.text),
    ['Reported epochs 1 to 9, the limit it was ordered to: loss 5 to 3, best 0 at epoch 6.'],
  )
  const each = told(small, 0, { everyReport: true }).lines.filter((line) => line.type === 'TrialReported')
  assert.equal(each.length, 9)
  assert.equal(each[3]?.text, 'Reported epoch 4: loss 2.')
})

const ends: readonly (readonly [string, Outcome, RegExp])[] = [
  [
    'a failing program',
    { type: 'exited', code: 3 },
    /failed at epoch 2 of 9\. Its program ended with exit code 3 after epoch 2, at attempt 2, the last one allowed\.$/,
  ],
  ['a killed program', { type: 'killed', signal: 'SIGKILL' }, /was killed by SIGKILL after epoch 2/],
  [
    'a program out of memory',
    { type: 'killed', signal: 'SIGKILL', outOfMemory: true, detail: 'cgroup' },
    /ran out of memory after epoch 2.*\(cgroup\)\.$/,
  ],
]
for (const [what, outcome, expected] of ends) {
  test(`the story of ${what} tells how it ended and that it was tried again`, () => {
    const small = aStudy({
      definition: toTheEnd,
      endsAt: (trial, epoch) => (trial === 1 && epoch >= 2 ? outcome : null),
    })
    const { headline, lines } = told(small, 1)
    assert.match(headline, expected)
    assert.ok(
      lines.some((line) => line.text.startsWith('Attempt 2 goes on from epoch 2, to epoch 9. It is tried again')),
    )
  })
}

test('a metric that is not finite, a silent program and a lost one have words of their own', () => {
  const notFinite = aStudy({
    definition: toTheEnd,
    report: (_, epoch, trial) => ({ loss: trial === 0 && epoch === 3 ? NaN : 1 }),
  })
  assert.match(told(notFinite, 0).headline, /failed at epoch 3 of 9\. Its loss was NaN at epoch 3\.$/)
  const silent = aStudy({
    definition: toTheEnd,
    endsAt: (trial, epoch) => (trial === 0 && epoch === 0 ? { type: 'exited', code: 0 } : null),
  })
  assert.match(told(silent, 0).headline, /had reported nothing before the first epoch/)
  const lost = aStudy({
    definition: toTheEnd,
    endsAt: (trial, _, attempt) => (trial === 0 && attempt === 1 ? { type: 'lost' } : null),
  })
  assert.ok(told(lost, 0).lines.some((line) => line.text.includes('its process had been lost')))
})

test('what the user did is told by name', () => {
  const after = { after: 12, fact: { type: 'TrialStopRequested', trial: 0, by: 'ada' } } as const
  const { headline, lines } = told(aStudy({ definition: toTheEnd, facts: [after] }), 0)
  assert.match(headline, /was stopped at epoch \d of 9, with loss .*\. Ada asked to stop it\.$/)
  assert.ok(lines.some((line) => line.type === 'TrialStopRequested' && line.text === 'ada asked to stop it.'))
})

test('an imported trial tells where it came from', () => {
  const fact = {
    type: 'TrialImported',
    configuration: { x: 0.25, kind: 'a' },
    state: 'complete',
    reports: [{ epoch: 9, metrics: { loss: 0.5 } }],
    source: 'old.csv',
  } as const
  const small = aStudy({ definition: toTheEnd, facts: [{ after: 2, fact }] })
  const imported = small.study.state.trials.find((trial) => trial.imported)!
  assert.equal(told(small, imported.number).lines[0]?.text, 'Imported from old.csv with 1 report: x 0.25, kind a.')
})

test('trials that wait, run or are paused say so', () => {
  const running = aStudy({ definition: toTheEnd, events: 14 })
  assert.match(told(running, 0).headline, /is running: epoch \d of 9 ordered, 9 at most/)
  const asha = aStudy({ definition: { scheduler: schedulerOf('asha', { eta: 3 }), budget: { trials: 9 } } })
  const paused = asha.study.state.trials.find((trial) => trial.state === 'paused')!
  assert.match(
    told(asha, paused.number).headline,
    /is paused at epoch \d of 9, with loss .* The study ended before it was trained further\.$/,
  )
})
