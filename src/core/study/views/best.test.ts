import assert from 'node:assert/strict'
import { test } from 'node:test'
import { best } from './best.ts'
import { aStudy, schedulerOf } from './small-study.laws.ts'

const toTheEnd = {
  scheduler: schedulerOf('none'),
  budget: { trials: 4 },
  epochs: { min: 1, max: 3, resource: 'epochs' },
}

test('the best is the complete trial with the least loss, in the user’s sign', () => {
  const { study } = aStudy({
    definition: toTheEnd,
    report: (_, epoch, trial) => ({ loss: [4, 2, 3, 5][trial]! / epoch }),
  })
  const found = best(study)
  assert.equal(found.among, 'complete')
  assert.deepEqual(
    found.trials.map(({ trial, value, epoch }) => ({ trial, value, epoch })),
    [{ trial: 1, value: 2 / 3, epoch: 3 }],
  )
  assert.deepEqual(found.objectives, [{ metric: 'loss', direction: 'minimize' }])
})

test('a maximised metric is compared and shown as it is', () => {
  const { study } = aStudy({
    definition: { ...toTheEnd, objectives: [{ metric: 'acc', direction: 'maximize', value: 'last' }] },
    report: (_, epoch, trial) => ({ acc: [0.4, 0.2, 0.9, 0.5][trial]! + epoch / 100 }),
  })
  const found = best(study)
  assert.equal(found.trials[0]?.trial, 2)
  assert.equal(found.trials[0]?.value, 0.93)
})

test('with `value: best` a trial counts by its best report', () => {
  const report = (_: unknown, epoch: number, trial: number) => ({
    loss: trial === 3 && epoch === 2 ? 0.1 : trial + epoch,
  })
  const last = aStudy({ definition: toTheEnd, report })
  assert.equal(best(last.study).trials[0]?.trial, 0)
  const objectives = [{ metric: 'loss', direction: 'minimize', value: 'best' } as const]
  const found = best(aStudy({ definition: { ...toTheEnd, objectives }, report }).study)
  assert.deepEqual([found.trials[0]?.trial, found.trials[0]?.value], [3, 0.1])
})

test('a complete trial that misses a constraint is not the best, and is counted', () => {
  const { study } = aStudy({
    definition: { ...toTheEnd, constraints: [{ metric: 'ms', atMost: 20 }] },
    report: (_, epoch, trial) => ({ loss: trial, ms: trial < 2 ? 30 : 10 + epoch }),
  })
  const found = best(study)
  assert.equal(found.trials[0]?.trial, 2)
  assert.equal(found.infeasible, 2)
})

test('without a complete trial the furthest rung is looked at, all judged there', () => {
  const { study } = aStudy({
    definition: { scheduler: schedulerOf('hyperband', { eta: 3 }), budget: { trials: 9 } },
    slots: 3,
    events: 72,
  })
  assert.equal(study.state.counts.complete, 0)
  const found = best(study)
  assert.equal(found.among, 'furthest-rung')
  assert.equal(found.epoch, 3)
  assert.equal(found.trials[0]?.epoch, 3)
  const values = study.state.trials.filter((trial) => trial.epoch >= 3).map((trial) => trial.values[0]![2]!)
  assert.equal(found.trials[0]?.value, Math.min(...values))
})

test('before any rung is reached the last reports are compared, and before any report there is none', () => {
  assert.equal(best(aStudy({ definition: toTheEnd, events: 4 }).study).among, 'none')
  const found = best(aStudy({ definition: toTheEnd, events: 8 }).study)
  assert.equal(found.among, 'last-reports')
  assert.equal(found.trials.length, 1)
})

test('failed trials are never the best', () => {
  const { study } = aStudy({
    definition: toTheEnd,
    report: (_, epoch, trial) => ({ loss: trial === 0 && epoch === 2 ? NaN : trial }),
  })
  assert.equal(study.state.trials[0]?.state, 'failed')
  assert.equal(best(study).trials[0]?.trial, 1)
})

test('several objectives give the front, ordered by the first one', () => {
  const pairs = [
    [1, 5],
    [2, 6],
    [3, 1],
    [0.5, 7],
  ] as const
  const { study } = aStudy({
    definition: {
      ...toTheEnd,
      objectives: [
        { metric: 'loss', direction: 'minimize', value: 'last' },
        { metric: 'speed', direction: 'maximize', value: 'last' },
      ],
    },
    report: (_, __, trial) => ({ loss: pairs[trial]![0], speed: -pairs[trial]![1] }),
  })
  const found = best(study)
  assert.deepEqual(
    found.trials.map((trial) => trial.trial),
    [3, 0, 2],
  )
  assert.deepEqual(found.trials[0]?.values, { loss: 0.5, speed: -7 })
})
