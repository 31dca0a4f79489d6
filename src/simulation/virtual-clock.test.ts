import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { virtualClock } from './virtual-clock.ts'

test('events fire in the order of their times, and those of one time in the order in which they were scheduled', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9), { maxLength: 200 }), (delays) => {
      const clock = virtualClock(1000)
      const fired: { time: number; index: number }[] = []
      for (const [index, delay] of delays.entries()) {
        clock.schedule(delay, (argument) => fired.push({ time: clock.now(), index: argument }), index)
      }
      let groups = 0
      while (clock.advance()) groups++
      const expected = delays
        .map((delay, index) => ({ time: 1000 + delay, index }))
        .sort((a, b) => a.time - b.time || a.index - b.index)
      assert.deepEqual(fired, expected)
      assert.equal(groups, new Set(delays).size)
    }),
  )
})

test('what a fired event schedules for the same time belongs to the next group', () => {
  const clock = virtualClock()
  const fired: string[] = []
  clock.after(5, () => {
    fired.push('first')
    clock.after(0, () => fired.push('third'))
  })
  clock.after(5, () => fired.push('second'))
  assert.equal(clock.advance(), true)
  assert.deepEqual(fired, ['first', 'second'])
  assert.equal(clock.next(), 5)
  assert.equal(clock.advance(), true)
  assert.deepEqual(fired, ['first', 'second', 'third'])
  assert.equal(clock.advance(), false)
})

test('a cancelled event neither fires nor moves the time, and does not pile up', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ delay: fc.nat(50), isCancelled: fc.boolean() }), { maxLength: 400 }), (events) => {
      const clock = virtualClock()
      const fired: number[] = []
      const cancels = events.map(({ delay }, index) => clock.after(delay, () => fired.push(index)))
      for (const [index, { isCancelled }] of events.entries()) if (isCancelled) cancels[index]?.()
      // Cancelling twice is cancelling once.
      for (const [index, { isCancelled }] of events.entries()) if (isCancelled) cancels[index]?.()
      const alive = events.filter(({ isCancelled }) => !isCancelled)
      assert.ok(clock.pending <= 2 * alive.length + 64)
      assert.equal(clock.next(), Math.min(...alive.map(({ delay }) => delay)))
      while (clock.advance());
      assert.deepEqual(
        [...fired].sort((a, b) => a - b),
        events.flatMap(({ isCancelled }, index) => (isCancelled ? [] : [index])),
      )
      for (const cancel of cancels) cancel()
      assert.equal(clock.now(), Math.max(0, ...alive.map(({ delay }) => delay)))
    }),
  )
})

test('an event may be cancelled by another one of its own time', () => {
  const clock = virtualClock()
  const fired: string[] = []
  const cancels: (() => void)[] = []
  clock.after(1, () => cancels[0]?.())
  cancels.push(clock.after(1, () => fired.push('cancelled')))
  clock.after(1, () => fired.push('kept'))
  clock.advance()
  assert.deepEqual(fired, ['kept'])
  assert.equal(clock.pending, 0)
})

test('times are whole milliseconds, and no timer fires early', () => {
  const clock = virtualClock()
  const due = clock.schedule(0.1 + 0.2, () => undefined, 0)
  assert.equal(due, 1)
  clock.advance()
  assert.equal(clock.now(), 1)
  // Setting a timer again for what is left of its time ends.
  const end = 1000 / 3
  let turns = 0
  while (clock.now() < end && turns++ < 3) {
    clock.after(end - clock.now(), () => undefined)
    clock.advance()
  }
  assert.equal(clock.now(), 334)
})
