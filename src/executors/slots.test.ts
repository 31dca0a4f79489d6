import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type SlotOptions, SlotPool, planSlots } from './slots.ts'

const machine = { gpus: ['0', '1'], cores: [0, 1, 2, 3, 8, 9] }
const plan = (options: SlotOptions): (readonly [string | null, readonly number[]])[] =>
  planSlots(options, machine).map(({ gpu, cores }) => [gpu, cores])

test('slots lie on different GPUs first, and no GPU gets more than its share', () => {
  assert.deepEqual(
    plan({}).map(([gpu]) => gpu),
    ['0', '1'],
  )
  assert.deepEqual(
    plan({ trialsPerGpu: 2, slots: 3 }).map(([gpu]) => gpu),
    ['0', '1', '0'],
  )
  assert.equal(plan({ slots: 9 }).length, 2)
  assert.deepEqual(
    plan({ gpus: [5] }).map(([gpu]) => gpu),
    ['5'],
  )
})

test('without GPUs the number is as said, else what the cores allow, else one', () => {
  assert.equal(plan({ gpus: 'none' }).length, 1)
  assert.equal(plan({ gpus: 'none', slots: 7 }).length, 7)
  assert.deepEqual(plan({ gpus: 'none', cores: 3 }), [
    [null, [0, 1, 2]],
    [null, [3, 8, 9]],
  ])
  // More slots than cores: those that would get less than the others are left to the system.
  assert.deepEqual(
    plan({ gpus: 'none', cores: 4, slots: 2 }).map(([, cores]) => cores.length),
    [4, 0],
  )
})

test('a slot is taken once, on the GPU with the fewest attempts, and can be had again when it is free', () => {
  const slots = planSlots({ trialsPerGpu: 2 }, machine)
  const pool = new SlotPool(slots)
  const taken = [pool.take(), pool.take(), pool.take(), pool.take()]
  assert.deepEqual(
    taken.map((slot) => slot?.gpu),
    ['0', '1', '0', '1'],
  )
  assert.equal(pool.take(), null)
  for (const slot of [taken[1], taken[3]]) if (slot) pool.release(slot)
  assert.equal(pool.take()?.gpu, '1')
  assert.equal(pool.retake(0), null)
  assert.equal(pool.retake(3)?.index, 3)
  assert.equal(pool.retake(99), null)
})
