import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openStudy, runStudy } from './mini-study.laws.ts'
import { none } from './none.ts'
import { aWorld, schedulerLaws } from './scheduler.laws.ts'

schedulerLaws(none, { isSettling: true, allowed: () => 0 })

test('every trial is ordered once, to the last epoch', () => {
  const course = runStudy(none, {}, aWorld(1, { slots: 3, maxEpochs: 5, trials: 7 }))
  assert.deepEqual(
    course.orders.map(({ trial, from, until }) => [trial, from, until]),
    [0, 1, 2, 3, 4, 5, 6].map((trial) => [trial, 0, 5]),
  )
  assert.equal(course.epochs, 35)
})

test('a trial whose order the budget cut short is owed the rest', () => {
  const study = openStudy(none, {}, aWorld(1, { slots: 1, maxEpochs: 5 }))
  const { scheduler, memory, view } = study
  scheduler.evolve(memory, { type: 'ordered', trial: 0, until: 2, isNew: true, tag: undefined }, view)
  scheduler.evolve(memory, { type: 'arrived', trial: 0, epoch: 2, complete: false }, view)
  const orders = scheduler.next(memory, view, 2)
  assert.deepEqual(
    orders.map(({ type, until }) => [type, until]),
    [
      ['resume', 5],
      ['start', 5],
    ],
  )
})
