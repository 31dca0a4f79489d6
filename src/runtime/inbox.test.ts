import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Fact } from '../core/study/events.ts'
import type { Observation } from '../ports.ts'
import { newInbox } from './inbox.ts'

const report = (line: number, attempt = 1, trial = 0): Observation => ({
  type: 'report',
  trial,
  attempt,
  line,
  epoch: line,
  metrics: { loss: line },
})
const ended = (attempt = 1, trial = 0): Observation => ({
  type: 'ended',
  trial,
  attempt,
  outcome: { type: 'exited', code: 0 },
})

function told(observations: readonly Observation[], expect: readonly (readonly [number, number, number])[]): string[] {
  const inbox = newInbox()
  for (const [trial, attempt, next] of expect) inbox.expect(trial, attempt, next)
  const facts: Fact[] = []
  for (const observation of observations) inbox.take(observation, 5, facts)
  return facts.map((fact) => ('line' in fact ? `${fact.trial}.${fact.attempt}:${fact.line}` : fact.type))
}

test('lines that come again, early or from a forgotten attempt do no harm', () => {
  assert.deepEqual(told([report(1), report(1), report(2)], [[0, 1, 1]]), ['0.1:1', '0.1:2'])
  assert.deepEqual(told([report(2), report(3), report(1)], [[0, 1, 1]]), ['0.1:1', '0.1:2', '0.1:3'])
  assert.deepEqual(told([report(1, 1), report(1, 2)], [[0, 2, 1]]), ['0.2:1'])
  assert.deepEqual(told([report(3), report(4)], [[0, 1, 4]]), ['0.1:4'], 'the log has the first three')
  assert.deepEqual(told([report(1, 1, 7)], [[0, 1, 1]]), [], 'nobody ordered trial 7')
})

test('an attempt ends once, after all that it said, and says nothing after its end', () => {
  assert.deepEqual(told([report(1), ended(), ended(), report(2)], [[0, 1, 1]]), ['0.1:1', 'AttemptEnded'])
  assert.deepEqual(
    told([report(3), ended()], [[0, 1, 1]]),
    ['0.1:3', 'AttemptEnded'],
    'what never came is not waited for',
  )
})

test('a change of slots is always let in', () => {
  assert.deepEqual(told([{ type: 'slots', slots: 3 }], []), ['SlotsChanged'])
})

test('in whatever order and how often lines come, each becomes one fact, in the order of its number', () => {
  const lines = Array.from({ length: 8 }, (_, index) => index + 1)
  fc.assert(
    fc.property(
      fc.shuffledSubarray(lines, { minLength: 8 }),
      fc.array(fc.constantFrom(...lines)),
      fc.integer({ min: 1, max: 9 }),
      (order, again, next) => {
        const said = [...order, ...again].map((line) => report(line))
        const expected = lines.filter((line) => line >= next).map((line) => `0.1:${line}`)
        assert.deepEqual(told([...said, ended()], [[0, 1, next]]), [...expected, 'AttemptEnded'])
      },
    ),
  )
})
