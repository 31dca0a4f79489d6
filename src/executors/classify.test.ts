import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Ending, lastLine, outcomeOf } from './classify.ts'

const anEnding = (ending: Partial<Ending>): Ending => ({
  status: 1,
  program: 'python',
  stderr: '',
  hadMemoryKill: false,
  isOurs: false,
  ...ending,
})

test('want of memory is known by what frameworks say last, and by the kernel that killed', () => {
  for (const stderr of [
    'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB',
    'RuntimeError: HIP out of memory',
    'MemoryError',
    "terminate called after throwing an instance of 'std::bad_alloc'",
    'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
    'java.lang.OutOfMemoryError: Java heap space',
    'jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory while trying to allocate',
    'OSError: [Errno 12] Cannot allocate memory',
    'RuntimeError: DataLoader worker (pid 12) is killed by signal: Killed.',
  ])
    assert.equal(
      outcomeOf(anEnding({ stderr })).type === 'exited' && 'outOfMemory' in outcomeOf(anEnding({ stderr })),
      true,
      stderr,
    )
  assert.deepEqual(outcomeOf(anEnding({ status: 137, hadMemoryKill: true })), {
    type: 'killed',
    signal: 'SIGKILL',
    outOfMemory: true,
  })
})

test('a kill of ours, or an ordinary failure beside a memory kill, is no want of memory', () => {
  assert.deepEqual(outcomeOf(anEnding({ status: 137, hadMemoryKill: true, isOurs: true })), {
    type: 'killed',
    signal: 'SIGKILL',
  })
  assert.deepEqual(outcomeOf(anEnding({ status: 2, hadMemoryKill: true })), { type: 'exited', code: 2 })
  assert.deepEqual(outcomeOf(anEnding({ status: 0, stderr: 'warning: out of memory once' })), {
    type: 'exited',
    code: 0,
  })
})

test('statuses above 128 that are no signal stay statuses', () => {
  assert.deepEqual(outcomeOf(anEnding({ status: 255 })), { type: 'exited', code: 255 })
  assert.deepEqual(outcomeOf(anEnding({ status: 143 })), { type: 'killed', signal: 'SIGTERM' })
})

test("a program's own status 127 keeps its own words", () => {
  assert.deepEqual(outcomeOf(anEnding({ status: 127, stderr: 'no model named x' })), {
    type: 'exited',
    code: 127,
    detail: 'no model named x',
  })
})

test('the last line is the last one that says something', () => {
  assert.equal(lastLine('Traceback:\n  x\nValueError: no\n\n  \n'), 'ValueError: no')
  assert.equal(lastLine('10%\r20%\r30%'), '30%')
  assert.equal(lastLine('x'.repeat(600)).length, 503)
  assert.equal(lastLine(''), '')
})
