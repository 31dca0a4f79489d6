import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AttemptOrder, Executor, Observation } from '../ports.ts'
import { executorLaws } from './executor.laws.ts'
import { type InProcessObjective, type InProcessTrial, inProcessExecutor } from './in-process.ts'

const anOrder = (order: Partial<AttemptOrder> = {}): AttemptOrder => ({
  trial: 0,
  attempt: 1,
  configuration: { lr: 0.5 },
  note: undefined,
  seed: 7,
  from: 0,
  until: 2,
  max: 4,
  ...order,
})

/** Collects until so many attempts have ended; `on` acts at what it sees. */
async function run(
  objective: InProcessObjective,
  act: (executor: Executor) => void,
  on: (observation: Observation, executor: Executor) => void = () => {},
  options: { readonly ends?: number; readonly slots?: number; readonly lingerMs?: number } = {},
): Promise<Observation[]> {
  const { ends = 1, slots = 4, lingerMs = 0 } = options
  const executor = inProcessExecutor(objective, { slots, lingerMs })
  const seen: Observation[] = []
  await new Promise<void>((resolve) => {
    void executor.open((observation) => {
      seen.push(observation)
      on(observation, executor)
      if (seen.filter((o) => o.type === 'ended').length === ends) resolve()
    })
    act(executor)
  })
  await executor.close()
  return seen
}

async function train(trial: InProcessTrial): Promise<void> {
  for await (const epoch of trial.epochs()) await trial.report({ loss: 1 / epoch })
}

const told = (seen: readonly Observation[]): unknown[] =>
  seen.flatMap((o): unknown[] => (o.type === 'report' ? [[o.line, o.epoch]] : o.type === 'ended' ? [o.outcome] : []))

executorLaws('in-process', () => inProcessExecutor(train, { slots: 2, lingerMs: 10_000 }), 40)

test('a function trains to its limit and its attempt ends when it returns', async () => {
  const seen = await run(train, (executor) => executor.start(anOrder()))
  assert.deepEqual(told(seen), [[1, 1], [2, 2], { type: 'exited', code: 0 }])
})

test('at its limit it waits, and goes on when the limit is raised', async () => {
  const seen = await run(
    train,
    (executor) => executor.start(anOrder()),
    (o, executor) => {
      if (o.type === 'report' && o.epoch === 2) setImmediate(() => executor.limit(0, 1, 3, false))
      if (o.type === 'report' && o.epoch === 3) setImmediate(() => executor.limit(0, 1, 3, true))
    },
    { lingerMs: 60_000 },
  )
  assert.deepEqual(told(seen), [[1, 1], [2, 2], [3, 3], { type: 'exited', code: 0 }])
})

test('what it throws is its failure, with the message and the place', async () => {
  const seen = await run(
    async () => {
      throw new RangeError('lr too large')
    },
    (executor) => executor.start(anOrder()),
  )
  const [outcome] = seen.flatMap((o) => (o.type === 'ended' ? [o.outcome] : []))
  assert.equal(outcome?.type === 'exited' && outcome.code, 1)
  assert.match(outcome?.detail ?? '', /^RangeError: lr too large \(at .*in-process\.test\.ts/)
})

test('a wrong report is thrown at the place that makes it', async () => {
  for (const [code, wrong] of [
    ['REPORT_NOT_A_NUMBER', (trial) => trial.report({ loss: '1' as never })],
    ['REPORT_CONTRADICTS', (trial) => trial.report(1, { loss: 1 }).then(() => trial.report(1, { loss: 2 }))],
    ['REPORT_CONTRADICTS', (trial) => trial.report(2, { loss: 1 }).then(() => trial.report(1, { loss: 1 }))],
    ['REPORT_WITHOUT_EPOCH', (trial) => trial.report({ loss: 1 })],
    ['REPORT_WITHOUT_METRIC', (trial) => trial.report(1, {})],
  ] as const satisfies readonly (readonly [string, InProcessObjective])[])
    await run(
      (trial) => assert.rejects(wrong(trial), { code }),
      (executor) => executor.start(anOrder()),
    )
})

test('an aborted function hands over, and the next attempt goes on from its checkpoint', async () => {
  const starts: unknown[] = []
  const objective: InProcessObjective = async (trial) => {
    starts.push([trial.resumed, trial.checkpoint.get()])
    for await (const epoch of trial.epochs()) {
      await trial.report({ loss: 1 / epoch })
      trial.checkpoint.set({ weights: epoch })
    }
  }
  const seen = await run(
    objective,
    (executor) => executor.start(anOrder({ until: 4 })),
    (o, executor) => {
      if (o.type === 'report' && o.epoch === 2) executor.stop(0, 1, 60_000)
      if (o.type === 'ended' && o.attempt === 1) executor.start(anOrder({ attempt: 2, from: 2, until: 4 }))
    },
    { ends: 2 },
  )
  assert.deepEqual(
    seen.flatMap((o) => (o.type === 'handedOver' ? [[o.attempt, o.line, o.epoch]] : [])),
    [[1, 3, 2]],
  )
  assert.deepEqual(told(seen), [
    [1, 1],
    [2, 2],
    { type: 'exited', code: 0 },
    [1, 3],
    [2, 4],
    { type: 'exited', code: 0 },
  ])
  assert.deepEqual(starts, [
    [false, undefined],
    [true, { weights: 2 }],
  ])
})

test('without a checkpoint, or with a deleted one, it begins anew', async () => {
  const seen = await run(
    train,
    (executor) => executor.start(anOrder()),
    (o, executor) => {
      if (o.type !== 'ended' || o.attempt !== 1) return
      executor.deleteCheckpoint(0)
      executor.start(anOrder({ attempt: 2, from: 2, until: 3 }))
    },
    { ends: 2 },
  )
  assert.deepEqual(told(seen).slice(3, -1), [
    [1, 1],
    [2, 2],
    [3, 3],
  ])
})

test('one that does not return is given up after the grace, and its later reports are refused', async () => {
  let later: Promise<void> = Promise.resolve()
  const seen = await run(
    (trial) => {
      later = new Promise((resolve, reject) => setTimeout(() => trial.report(1, { loss: 1 }).then(resolve, reject), 20))
      return later
    },
    (executor) => {
      executor.start(anOrder())
      setImmediate(() => setImmediate(() => executor.stop(0, 1, 1)))
    },
  )
  assert.equal(seen.at(-1)?.type === 'ended' && seen.filter((o) => o.type === 'report').length, 0)
  assert.deepEqual(
    seen.flatMap((o) => (o.type === 'ended' ? [o.outcome.type] : [])),
    ['killed'],
  )
  await assert.rejects(later, /the trial is over/)
})

test('after a restart an attempt that ran is lost, and one that was only ordered is started', async () => {
  const seen = await run(
    train,
    (executor) => {
      executor.adopt(anOrder(), 1, { pid: 1 })
      executor.adopt(anOrder({ trial: 1 }), 0, undefined)
    },
    undefined,
    { ends: 2 },
  )
  const outcomes = seen.flatMap((o) => (o.type === 'ended' ? [[o.trial, o.outcome.type]] : []))
  assert.deepEqual(outcomes, [
    [0, 'lost'],
    [1, 'exited'],
  ])
})
