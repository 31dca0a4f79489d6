import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Event } from './events.ts'
import { isDecision } from './events.ts'
import { isWithinMargin, sameJson } from './same-numbers.ts'
import { newVerifier } from './verify.ts'
import { algorithms, aStudy, schedulerOf } from './views/small-study.laws.ts'
import type { SmallStudy } from './views/small-study.laws.ts'

const schedulers = ['none', 'median', 'asha', 'hyperband', 'successive-halving']
const studyOf = (type: string): SmallStudy =>
  aStudy({
    definition: { scheduler: schedulerOf(type), budget: { trials: 9 } },
    slots: 3,
    endsAt: (trial, epoch, attempt) =>
      trial === 1 && epoch === 0 && attempt === 1 ? { type: 'exited', code: 1 } : null,
    facts: [{ after: 30, fact: { type: 'TrialStopRequested', trial: 2, by: 'ada' } }],
  })

function verify(log: SmallStudy['log']) {
  const verifier = newVerifier(algorithms)
  for (const { seq, event } of log) verifier.take(seq, event)
  return verifier.end()
}

/** The same log with one event changed, or with what `change` makes of it. */
function altered(log: SmallStudy['log'], isIt: (event: Event) => boolean, change: (event: any) => Event | null) {
  let seq = 0
  let at = 0
  const list = log.flatMap(({ event }) => {
    const isThis = at === 0 && isIt(event)
    const next = isThis ? change(event) : event
    if (isThis) at = seq + 1
    return next ? [{ seq: ++seq, event: next }] : []
  })
  assert.ok(at > 0, 'the log has an event to alter')
  return { list, at }
}

for (const type of schedulers) {
  test(`every decision of a study with ${type} is found again`, () => {
    const { log } = studyOf(type)
    const { events, decisions, derived, notDerived, problems, undecidable } = verify(log)
    assert.deepEqual([problems, undecidable, notDerived], [[], [], 0])
    assert.equal(events, log.length)
    assert.equal(decisions, log.filter(({ event }) => isDecision(event)).length)
    assert.equal(derived, decisions)
  })
}

test('an altered choice is named by its event, and the later ones stay right', () => {
  const { log } = studyOf('hyperband')
  const { list, at } = altered(
    log,
    (event) => event.type === 'CreateTrial' && event.trial === 4,
    (event) => ({ ...event, configuration: { ...event.configuration, x: 0.123 } }),
  )
  const { problems } = verify(list)
  assert.equal(problems[0]?.seq, at)
  assert.match(
    problems[0]?.problem ?? '',
    /^CreateTrial of trial 4 is recorded, but CreateTrial of trial 4 follows .*, with configuration \{"x":0\.123.*\} instead of \{/,
  )
})

test('a number may differ by a millionth and no more', () => {
  const { log } = studyOf('none')
  const moved = (factor: number) =>
    verify(
      altered(
        log,
        (event) => event.type === 'CreateTrial',
        (event) => ({ ...event, configuration: { ...event.configuration, x: event.configuration.x * factor } }),
      ).list,
    )
  assert.deepEqual(moved(1 + 5e-7).problems, [])
  assert.equal(moved(1 + 5e-6).problems.length, 1)
})

test('a decision that is missing, and one that follows from nothing, are named', () => {
  const { log } = studyOf('hyperband')
  const missing = altered(
    log,
    (event) => event.type === 'StopTrial',
    () => null,
  )
  const found = verify(missing.list).problems[0]
  assert.equal(found?.seq, missing.at)
  const extra = altered(
    log,
    (event) => event.type === 'ReleaseTrial',
    (event) => ({ ...event, type: 'StopAttempt', why: { rule: 'timeout' } }),
  )
  assert.equal(verify(extra.list).problems[0]?.seq, extra.at)
})

test('a tampered report makes a later decision wrong', () => {
  const { log } = studyOf('hyperband')
  const { list, at } = altered(
    log,
    (event) => event.type === 'TrialReported' && event.trial === 0,
    (event) => ({ ...event, metrics: { loss: event.metrics.loss * 10 } }),
  )
  const { problems } = verify(list)
  assert.ok(problems.length > 0 && problems[0]!.seq > at)
})

test('a choice between trials that are equal within the margin is undecidable', () => {
  const losses = [0.1, 0.1 * (1 + 1e-8), 0.5]
  const { log } = aStudy({
    definition: {
      scheduler: schedulerOf('asha', { eta: 3 }),
      budget: { trials: 3 },
      epochs: { min: 1, max: 3, resource: 'epochs' },
    },
    report: (_, __, trial) => ({ loss: losses[trial]! }),
  })
  const moved = (by: number) =>
    verify(
      log.map(({ seq, event }) => ({
        seq,
        event:
          event.type === 'TrialReported' && event.trial === 0 ? { ...event, metrics: { loss: 0.1 * (1 + by) } } : event,
      })),
    )
  assert.deepEqual([moved(0).undecidable, moved(0).problems], [[], []])
  // Another machine may rank these two the other way; beyond the margin the recorded choice is wrong.
  assert.match(moved(1e-7).undecidable[0]?.problem ?? '', /of trial 0 was as near as .* of trial 1/)
  assert.ok(moved(1e-3).problems.length > 0)
})

test('decisions of another version of an algorithm are not taken again', () => {
  const { log } = studyOf('asha')
  const { list } = altered(
    log,
    (event) => event.type === 'ControllerStarted',
    (event) => ({ ...event, schedulerVersion: 999 }),
  )
  const { derived, notDerived, problems } = verify(list)
  assert.deepEqual(problems, [])
  assert.equal(derived, 0)
  assert.ok(notDerived > 0)
})

test('facts are checked for time, for order of lines, and for attempts that live', () => {
  const { log } = studyOf('none')
  const isReport = (event: Event) => event.type === 'TrialReported' && event.epoch === 2
  const problem = (change: (event: any) => Event) =>
    verify(altered(log, isReport, change).list).problems[0]?.problem ?? ''
  assert.match(
    problem((event) => ({ ...event, at: event.at - 1_000_000 })),
    /lies \d+ ms before/,
  )
  assert.match(
    problem((event) => ({ ...event, line: 1 })),
    /is line 1, and 1 lines were read before/,
  )
  assert.match(
    problem((event) => ({ ...event, attempt: 7 })),
    /not under way/,
  )
  assert.match(
    problem((event) => ({ ...event, trial: 99 })),
    /not under way/,
  )
})

test('what the fold cannot take ends the checking and is named', () => {
  const { log } = studyOf('none')
  const { list, at } = altered(
    log,
    (event) => event.type === 'StartAttempt',
    (event) => ({ ...event, trial: 50 }),
  )
  const { problems } = verify(list)
  assert.equal(problems.at(-1)?.seq, at)
  assert.match(problems.at(-1)?.problem ?? '', /does not follow.*trial 50 exists/)
  assert.equal(verify(log.slice(1)).problems.length, 1)
})

test('whole numbers are equal exactly, others to a millionth of the larger', () => {
  assert.ok(!sameJson({ a: 10_000_000 }, { a: 10_000_001 }))
  assert.ok(sameJson({ a: [1e-7, 'x'], b: undefined }, { a: [1e-7 * (1 + 1e-7), 'x'] }))
  assert.ok(!sameJson({ a: 1e-7 }, { a: 1.1e-7 }))
  assert.ok(!sameJson({ a: 1 }, { a: 1, b: null }))
  assert.ok(!sameJson([1], { 0: 1 }))
  assert.ok(isWithinMargin(NaN, NaN) && !isWithinMargin(0, 1e-9))
})

test('a log that ends before its last batch does is found incomplete, wherever it was cut', () => {
  const { log } = studyOf('asha')
  const isBoundary = (at: number): boolean => {
    const [last, next] = [log[at - 1]?.event, log[at]?.event]
    return !last || !next || (!isDecision(next) && !('more' in last && last.more))
  }
  for (let at = 1; at < log.length; at++)
    assert.equal(verify(log.slice(0, at)).problems.length, isBoundary(at) ? 0 : 1, `cut after event ${at}`)
})
