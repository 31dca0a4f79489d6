import { deepEqual, ok } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { testStudy } from './study-view.laws.ts'
import { targetsOf } from './targets.ts'

const space = { parameters: { x: { type: 'float', low: 0, high: 1 } }, forbidden: [] } as const
const nine = { epochs: { min: 1, max: 9, resource: 'epochs' } }

/** Loss `final` at epoch 9, 2 more at epoch 3, 5 more at epoch 1. */
function curveOf(final: number, epochs: number): number[] {
  const at = [5, 4, 2, 1.5, 1, 0.8, 0.5, 0.2, 0]
  return at.slice(0, epochs).map((more) => final + more)
}

function aStudy(trials: readonly (readonly [final: number, epochs: number])[]) {
  const study = testStudy(space, nine, [1, 3])
  for (const [index, [final, epochs]] of trials.entries())
    study.add({
      configuration: { x: index / 100 },
      curve: curveOf(final, epochs),
      state: epochs === 9 ? 'complete' : 'paused',
    })
  return study
}

test('trials that were stopped early are lifted to the full length', () => {
  const study = aStudy([
    [1, 9],
    [2, 9],
    [4, 9],
    [3, 3],
    [7, 1],
  ])
  const { y, sd, known, epoch } = targetsOf(study.history())
  for (const [trial, want] of [1, 2, 4, 3, 7].entries())
    ok(Math.abs(y[trial]! - want) < 1e-9, `trial ${trial}: ${y[trial]}`)
  deepEqual([known, epoch], [[0, 1, 2, 3, 4], 9])
  deepEqual([...sd.slice(0, 3)], [0, 0, 0])
})

test('the less it has trained, the less sure', () => {
  const study = testStudy(space, nine, [1, 3])
  const noise = [0.3, -0.2, 0.1, -0.4, 0.2, 0.05]
  for (const [index, more] of noise.entries())
    study.add({
      configuration: { x: index / 10 },
      curve: curveOf(index, 9).map((loss, epoch) => loss + (epoch < 3 ? more * (3 - epoch) : 0)),
    })
  study.add({ configuration: { x: 0.8 }, curve: curveOf(3, 3), state: 'paused' })
  study.add({ configuration: { x: 0.9 }, curve: curveOf(3, 1), state: 'paused' })
  const { sd } = targetsOf(study.history())
  ok(sd[6]! > 0 && sd[7]! > sd[6]!)
})

test('before a few trials have come to the end, a lower level stands for it', () => {
  const study = aStudy([
    [1, 9],
    [2, 3],
    [4, 3],
    [7, 1],
  ])
  const { y, epoch } = targetsOf(study.history())
  deepEqual([epoch, y[0], y[1], y[2]], [3, 3, 4, 6])
  const { y: highest } = targetsOf(study.history(), { fidelity: 'highest' })
  deepEqual([...highest], [3, 4, 6, NaN])
})

test('failed is worst, running is pending, and a trial that ended by itself has said its last word', () => {
  const study = aStudy([
    [1, 9],
    [2, 9],
    [4, 9],
  ])
  study.add({ configuration: { x: 0.5 }, state: 'failed', curve: [1] })
  study.add({ configuration: { x: 0.6 }, state: 'running' })
  study.add({ configuration: { x: 0.7 }, state: 'complete', curve: [0.5] })
  const { y, known, pending, failed } = targetsOf(study.history())
  deepEqual([...y.slice(3)], [Infinity, NaN, 0.5])
  deepEqual([known, pending, failed], [[0, 1, 2, 5], [4], [3]])
})

test('at equal levels the order of losses is kept', () => {
  const final = fc.double({ min: -100, max: 100, noNaN: true })
  fc.assert(
    fc.property(fc.array(fc.tuple(final, fc.constantFrom(1, 3, 9)), { minLength: 1, maxLength: 30 }), (trials) => {
      const { y } = targetsOf(aStudy(trials).history())
      for (const [a, [finalA, epochsA]] of trials.entries())
        for (const [b, [finalB, epochsB]] of trials.entries())
          if (epochsA === epochsB && finalA < finalB) ok(y[a]! <= y[b]!)
    }),
  )
})
