/**
 * What holds for every executor whose attempts report epoch by epoch up to their limit and then end.
 *
 * - Starting, stopping and limiting may be repeated: nothing starts or ends twice.
 * - Every attempt ends exactly once, after everything else that is told of it, whatever was asked of it when.
 * - Lines count from 1 without gaps; nothing is told from within a call.
 * - No more attempts run at once than there are slots.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { AttemptOrder, Executor, Observation } from '../ports.ts'

interface Step {
  readonly call: 'start' | 'stop' | 'kill' | 'leave' | 'raise' | 'turn'
  readonly trial: number
}

const steps = fc.array(
  fc.record<Step>({
    call: fc.constantFrom('start', 'start', 'start', 'stop', 'kill', 'leave', 'raise', 'turn'),
    trial: fc.nat(4),
  }),
  { maxLength: 30 },
)

export function executorLaws(name: string, make: () => Executor, runs: number): void {
  test(`${name}: every attempt ends exactly once, whatever is asked of it when`, async () => {
    await fc.assert(
      fc.asyncProperty(steps, (asked) => live(make(), asked)),
      { numRuns: runs },
    )
  })
}

async function live(executor: Executor, asked: readonly Step[]): Promise<void> {
  const seen: Observation[] = []
  let isCalling = false
  let wake = (): void => {}
  await executor.open((observation) => {
    assert.ok(!isCalling, `nothing is told from within a call, got ${observation.type}`)
    seen.push(observation)
    wake()
  })
  const started = new Set<number>()
  for (const { call, trial } of asked) {
    isCalling = true
    if (call === 'start') {
      executor.start(anOrder(trial))
      started.add(trial)
    } else if (call === 'stop') executor.stop(trial, 1, 50)
    else if (call === 'kill') executor.stop(trial, 1, 0)
    else if (call === 'leave') executor.limit(trial, 1, 3, true)
    else if (call === 'raise') executor.limit(trial, 1, 3, false)
    isCalling = false
    if (call === 'turn') await new Promise((resolve) => setTimeout(resolve, 3))
  }
  // What was never told to leave would wait for more.
  for (const trial of started) executor.limit(trial, 1, 3, true)
  while (seen.filter((o) => o.type === 'ended').length < started.size)
    await new Promise<void>((resolve) => (wake = resolve))
  await executor.close()
  checkTold(seen, started, executor.slots)
}

function checkTold(seen: readonly Observation[], started: ReadonlySet<number>, slots: number): void {
  for (const trial of started) {
    const told = seen.filter((o) => 'trial' in o && o.trial === trial)
    assert.equal(told.filter((o) => o.type === 'ended').length, 1)
    assert.equal(told.at(-1)?.type, 'ended')
    assert.ok(told.filter((o) => o.type === 'started').length <= 1)
    const lines = told.flatMap((o) => ('line' in o ? [o.line] : []))
    assert.deepEqual(
      lines,
      lines.map((_, index) => index + 1),
    )
    if (lines.length > 0) assert.equal(told[0]?.type, 'started')
  }
  let running = 0
  const begun = new Set<number>()
  for (const observation of seen) {
    if (observation.type === 'started') begun.add(observation.trial)
    if (observation.type === 'ended') begun.delete(observation.trial)
    running = Math.max(running, begun.size)
  }
  assert.ok(running <= slots, `${running} attempts at once in ${slots} slots`)
}

function anOrder(trial: number): AttemptOrder {
  return { trial, attempt: 1, configuration: { lr: 1 }, note: undefined, seed: trial, from: 0, until: 2, max: 9 }
}
