import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StudyDefinition } from '../definition.ts'
import { importance, isNoMoreThanChance, type ImportanceOptions, type ImportanceReport } from './importance.ts'
import { aStudy, schedulerOf, type SmallWorld } from './small-study.laws.ts'

const none = { scheduler: schedulerOf('none'), budget: { trials: 40 } }

function reportOf(world: SmallWorld, options?: ImportanceOptions): ImportanceReport {
  const found = importance(aStudy(world).study, options)
  assert.ok(!('problem' in found), JSON.stringify(found))
  return found
}

test('a minimised loss and its negative, maximised, have the same importances', () => {
  const loss = reportOf({ definition: none })
  const objectives = [{ metric: 'loss', direction: 'maximize', value: 'last' }] as const
  const gain = reportOf({
    definition: { ...none, objectives },
    report: ({ x }, epoch) => ({ loss: -(Number(x) + 1 / epoch) }),
  })
  assert.deepEqual(gain.parameters, loss.parameters)
  assert.equal(gain.metrics[0]?.direction, 'maximize')
  assert.equal(loss.parameters[0]?.parameter, 'x')
})

test('failed trials are left out', () => {
  const report = reportOf({
    definition: none,
    report: ({ x }, epoch, trial) => ({ loss: trial % 4 === 0 ? NaN : Number(x) + 1 / epoch }),
  })
  assert.deepEqual([report.trials, report.among], [30, 'complete'])
})

test('a constraint tells what is good of its metric', () => {
  const report = (constraints: StudyDefinition['constraints']): ImportanceReport =>
    reportOf(
      { definition: { ...none, constraints }, report: ({ x }) => ({ loss: 1, speed: Number(x) }) },
      { metric: 'speed' },
    )
  assert.equal(report([{ metric: 'speed', atLeast: 0.5 }]).metrics[0]?.direction, 'maximize')
  assert.equal(report([{ metric: 'speed', atMost: 0.5 }]).metrics[0]?.direction, 'minimize')
})

test('half of the trials are enough where there are few, fifty where there are many', () => {
  const epochOf = (trials: number, slots: number): number | null => {
    const found = reportOf({
      slots,
      definition: { scheduler: schedulerOf('asha', { eta: 3 }), budget: { trials } },
    })
    assert.equal(found.trials >= Math.min(50, trials / 2), true)
    return found.epoch
  }
  assert.equal(epochOf(20, 1), 1)
  assert.equal(epochOf(240, 4), 3)
})

test('what chance gives is no more than chance', () => {
  const { parameters } = reportOf({ definition: { ...none, budget: { trials: 100 } } })
  const told = parameters.filter(({ share, byChance }) => !isNoMoreThanChance(share, byChance ?? 0))
  assert.deepEqual(
    told.map(({ parameter }) => parameter),
    ['x'],
  )
})
