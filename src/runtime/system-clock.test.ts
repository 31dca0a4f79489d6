import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock } from '../ports.ts'
import { sessionClock } from './session-clock.ts'
import { systemClock } from './system-clock.ts'

test('a wall clock that is set while a controller runs does not disturb it', () => {
  const clock = systemClock()
  const before = clock.now()
  assert.ok(Math.abs(before - Date.now()) < 1000)
  const { now } = Date
  Date.now = () => before - 3_600_000
  const after = clock.now()
  Date.now = now
  assert.ok(after >= before && after < before + 60_000)
})

test('a timer calls back once, a cancelled one never, and one beyond the limits of setTimeout not at once', async () => {
  const clock = systemClock()
  const calls: string[] = []
  const cancelFar = clock.after(2 ** 40, () => calls.push('far'))
  clock.after(1, () => calls.push('cancelled'))()
  await new Promise<void>((resolve) => {
    const alive = setTimeout(() => undefined, 1000)
    clock.after(-5, () => calls.push('past'))
    clock.after(20, () => {
      clearTimeout(alive)
      resolve()
    })
  })
  cancelFar()
  assert.deepEqual(calls, ['past'])
})

test('a session begins no earlier than its log ends, and its time goes on from there', () => {
  let now = 1000
  const clock: Clock = { now: () => now, after: () => () => undefined }
  assert.equal(sessionClock(clock, 900), clock)
  const ahead = sessionClock(clock, 5000)
  assert.equal(ahead.now(), 5000)
  now += 250
  assert.equal(ahead.now(), 5250)
})
