import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createStudy } from '../study.ts'
import { evolve } from '../evolve.ts'
import { curves, followCourse, newCourse } from './curves.ts'
import { algorithms, aStudy, schedulerOf } from './small-study.laws.ts'
import type { SmallStudy } from './small-study.laws.ts'

const definition = {
  scheduler: schedulerOf('none'),
  budget: { trials: 3 },
  epochs: { min: 1, max: 4, resource: 'epochs' },
}
const every = {
  report: (_: unknown, epoch: number, trial: number) =>
    epoch % 2 === 0 ? { loss: trial - epoch, aux: 1 } : { loss: trial - epoch },
}

test('a curve has the epochs at which the metric was reported', () => {
  const { study } = aStudy({ definition, ...every })
  assert.deepEqual(curves(study, 'aux').curves[0]?.epochs, [2, 4])
  const all = curves(study)
  assert.deepEqual([all.metric, all.direction], ['loss', 'minimize'])
  assert.deepEqual(
    all.curves.map((curve) => curve.values),
    [
      [-1, -2, -3, -4],
      [0, -1, -2, -3],
      [1, 0, -1, -2],
    ],
  )
  assert.deepEqual(
    curves(study, 'loss', [2]).curves.map((curve) => curve.trial),
    [2],
  )
  assert.deepEqual(curves(study, 'nothing').curves, [])
})

function courseOf(log: SmallStudy['log']) {
  const [first, ...rest] = log
  const course = newCourse()
  if (first?.event.type !== 'StudyCreated') throw new Error('a log begins with StudyCreated')
  const study = createStudy(first.event, algorithms)
  for (const { event } of rest) {
    evolve(study, event)
    followCourse(course, study, event)
  }
  return course
}

test('the course improves with every step and counts epochs of all trials', () => {
  const { study, log } = aStudy({ definition, ...every })
  const { reported, complete } = courseOf(log)
  for (const [index, step] of reported.entries()) {
    const before = reported[index - 1]
    if (before) assert.ok(step.value < before.value && step.epochs > before.epochs)
  }
  assert.equal(reported.at(-1)?.value, -4)
  assert.deepEqual(
    complete.map(({ trial, value, epoch }) => [trial, value, epoch]),
    [[0, -4, 4]],
  )
  assert.ok((complete[0]?.epochs ?? 0) <= study.state.epochsTrained)
})

test('the course of a maximised metric rises', () => {
  const objectives = [{ metric: 'acc', direction: 'maximize', value: 'last' } as const]
  const { log } = aStudy({
    definition: { ...definition, objectives },
    report: (_, epoch, trial) => ({ acc: epoch + trial }),
  })
  assert.equal(courseOf(log).reported.at(-1)?.value, 6)
  assert.deepEqual(
    courseOf(log).complete.map(({ value }) => value),
    [4, 5, 6],
  )
})
