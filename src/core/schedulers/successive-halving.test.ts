import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { keepOf } from './brackets.ts'
import { runStudy } from './mini-study.laws.ts'
import { aDefinition, resolved } from './mini-world.laws.ts'
import { aWorld, schedulerLaws } from './scheduler.laws.ts'
import { successiveHalving } from './successive-halving.ts'

schedulerLaws(successiveHalving, {
  varied: fc.record({
    eta: fc.constantFrom(1.5, 2, 3),
    n: fc.constantFrom(null, 1, 4, 9),
    passes: fc.constantFrom(null, 1, 2),
  }),
  isSettling: true,
  allowed: ({ size }, options) => keepOf(size ?? 0, Number(options['eta'])),
})

test('one bracket: a third of the trials three times as far, until one is fully trained', () => {
  const course = runStudy(successiveHalving, { eta: 3, n: 9 }, { slots: 2, maxEpochs: 9, value: (trial) => 9 - trial })
  assert.deepEqual(
    course.rungs.map(({ group, epoch, size, promoted, cut }) => [group, epoch, size, promoted, cut]),
    [
      ['bracket 2', 1, 9, 3, 3],
      ['bracket 2', 3, 3, 1, 1],
      ['bracket 2', 9, 1, 1, 1],
    ],
  )
  assert.equal(course.epochs, 9 + 6 + 6)
  assert.equal(course.states[8], 'complete')
})

test('the smallest epoch says how often the bracket cuts', () => {
  const course = runStudy(successiveHalving, { eta: 3, n: 9 }, aWorld(1, { slots: 1, minEpochs: 3, maxEpochs: 9 }))
  assert.deepEqual(
    course.rungs.map(({ epoch, size }) => [epoch, size]),
    [
      [3, 9],
      [9, 3],
    ],
  )
})

test('a bracket that is given n trials is repeated until the budget ends', () => {
  const course = runStudy(successiveHalving, { eta: 2, n: 4 }, aWorld(1, { slots: 3, maxEpochs: 4, trials: 10 }))
  assert.deepEqual(
    course.rungs.filter(({ epoch }) => epoch === 1).map(({ group, size }) => [group, size]),
    [
      ['pass 0, bracket 2', 4],
      ['pass 1, bracket 2', 4],
      ['pass 2, bracket 2', 2],
    ],
  )
})

test('n is the budget of trials, or else as many as leave one for the last round', () => {
  const settle = (trials: number | undefined, options: { [option: string]: unknown }): unknown => {
    const definition = aDefinition({
      slots: 1,
      maxEpochs: 30,
      value: () => 0,
      ...(trials === undefined ? {} : { trials }),
    })
    return resolved(successiveHalving, definition, options, 1)
  }
  assert.deepEqual(settle(undefined, {}), { eta: 3, n: 27, passes: 1 })
  assert.deepEqual(settle(50, {}), { eta: 3, n: 50, passes: 1 })
  assert.deepEqual(settle(50, { n: 10 }), { eta: 3, n: 10, passes: null })
  assert.deepEqual(settle(undefined, { n: 10 }), { eta: 3, n: 10, passes: 1 })
})
