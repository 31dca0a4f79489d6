import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Failures } from '../core/study/definition.ts'
import type { LiveAttempt, StudyState } from '../core/study/state.ts'
import type { Study } from '../core/study/study.ts'
import { nextOverdue, overdueFacts } from './deadlines.ts'
import { smallWorld } from './small-world.laws.ts'

const failures: Failures = { retries: 0, graceMs: 0, stopStudyAfter: 9, timeoutMs: 60_000, noReportForMs: 5_000 }

/** A study with two attempts that began just now. */
async function running(given: Partial<Failures> = {}): Promise<{ study: Study; state: StudyState; begun: number }> {
  const world = smallWorld({ definition: { failures: { ...failures, ...given } }, world: { startupMs: 1e6 } })
  const { study } = await world.open()
  await world.pass(0)
  return { study, state: study.state, begun: study.state.now }
}

function live(state: StudyState, trial: number): LiveAttempt {
  const found = state.trials[trial]?.live
  assert.ok(found)
  return found
}

const due = (state: StudyState, at: number): string[] =>
  overdueFacts(state, at).map((fact) => (fact.type === 'AttemptOverdue' ? `${fact.trial} ${fact.cause}` : fact.type))

test('an attempt is overdue when it has been silent too long, or was long enough', async () => {
  const { state, begun } = await running()
  assert.equal(state.live.size, 2)
  assert.equal(nextOverdue(state), begun + 5_000)
  assert.deepEqual(due(state, begun + 4_999), [])
  assert.deepEqual(due(state, begun + 5_000), ['0 silence', '1 silence'])
  live(state, 0).lastSignAt = begun + 3_000
  assert.deepEqual(due(state, begun + 5_000), ['1 silence'])
  live(state, 1).lastSignAt = begun + 58_000
  live(state, 0).lastSignAt = begun + 58_000
  assert.equal(nextOverdue(state), begun + 60_000)
  assert.deepEqual(due(state, begun + 60_000), ['0 timeout', '1 timeout'])
})

test('one that lingers, is on its way out, was told already or is another loop has is left alone', async () => {
  const { state, begun } = await running()
  const first = live(state, 0)
  for (const change of [
    () => state.lingering.add(0),
    () => (first.stopping = { rule: 'study-stopped' }),
    () => (first.overdue = 'silence'),
  ] as const) {
    change()
    assert.deepEqual(due(state, begun + 6_000), ['1 silence'])
    state.lingering.delete(0)
    first.stopping = null
    first.overdue = null
  }
  assert.deepEqual(due(state, begun + 6_000), ['0 silence', '1 silence'])
  state.live.clear()
  assert.equal(nextOverdue(state), Infinity)
})

test('without limits nothing is ever due', async () => {
  const world = smallWorld({ world: { startupMs: 1e6 } })
  const { study } = await world.open()
  await world.pass(0)
  assert.equal(study.state.live.size, 2)
  assert.equal(nextOverdue(study.state), Infinity)
  assert.deepEqual(overdueFacts(study.state, Infinity), [])
})

test('an adopted attempt whose time is over gets a moment in which its end may be heard', async () => {
  const { state, begun } = await running()
  const since = begun + 100_000
  state.session = { fence: 2, host: 'here', pid: 2, since }
  for (const trial of [0, 1]) live(state, trial).lastSignAt = since + 9_000
  assert.equal(nextOverdue(state), since + 10_000)
  assert.deepEqual(due(state, since + 9_999), [])
  assert.deepEqual(due(state, since + 10_000), ['0 timeout', '1 timeout'])
})
