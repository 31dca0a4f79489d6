import { test } from 'node:test'
import { deepEqual, equal } from 'node:assert/strict'
import type { SpaceDefinition } from '../space/definition.ts'
import { encode } from '../space/space.ts'
import type { Configuration, TrialState } from '../trial.ts'
import { failureGuard } from './failure-guard.ts'
import { testStudy } from './study-view.laws.ts'

const definition: SpaceDefinition = {
  parameters: {
    x: { type: 'float', low: 0, high: 1 },
    kind: { type: 'categorical', choices: ['a', 'b'] },
    depth: { type: 'int', low: 1, high: 100, when: { kind: 'b' } },
  },
  forbidden: [],
}

function guarded(trials: readonly (readonly [Configuration, TrialState])[]) {
  const study = testStudy(definition)
  for (const [configuration, state] of trials) study.add({ configuration, state })
  const isBarred = failureGuard(study.space, study.history())
  return (configuration: Configuration) => isBarred(encode(study.space, configuration))
}

const at = (x: number): Configuration => ({ x, kind: 'a' })

test('next to three failures in a row nothing more is asked for; a little further away, it is', () => {
  const isBarred = guarded([
    [at(0.5), 'complete'],
    [at(0.31), 'failed'],
    [at(0.3), 'failed'],
    [at(0.29), 'failed'],
  ])
  deepEqual(
    [0.3, 0.305, 0.33, 0.2, 0.4].map((x) => isBarred(at(x))),
    [true, true, true, false, false],
  )
})

test('other categories and parameters that are absent there are another place', () => {
  const deep = (depth: number): Configuration => ({ x: 0.3, kind: 'b', depth })
  const isBarred = guarded([
    [deep(50), 'failed'],
    [deep(51), 'failed'],
    [deep(49), 'failed'],
  ])
  deepEqual([deep(50), deep(52), deep(10), at(0.3)].map(isBarred), [true, true, false, false])
})

test('a success next to them lifts the bar, however many failed before it', () => {
  const failures = Array.from({ length: 6 }, () => [at(0.3), 'failed'] as const)
  equal(guarded([...failures, [at(0.32), 'complete']])(at(0.3)), false)
  equal(guarded([[at(0.32), 'complete'], ...failures])(at(0.3)), true)
})

test('a barred place is tried again when so many other trials have settled as its failures warrant', () => {
  const failures = (n: number) => Array.from({ length: n }, () => [at(0.3), 'failed'] as const)
  const others = (n: number) => Array.from({ length: n }, () => [at(0.9), 'complete'] as const)
  const isBarredAfter = (failed: number, settled: number) => guarded([...failures(failed), ...others(settled)])(at(0.3))
  deepEqual([isBarredAfter(3, 7), isBarredAfter(3, 8)], [true, false])
  deepEqual([isBarredAfter(5, 31), isBarredAfter(5, 32)], [true, false])
})

test('each failure in a row beyond three doubles the distance that has to be kept', () => {
  const failures = (n: number) => Array.from({ length: n }, () => [at(0.3005), 'failed'] as const)
  const reach = (n: number) =>
    Array.from({ length: 100 }, (_, percent) => percent / 100).filter((x) => guarded(failures(n))(at(x))).length
  deepEqual([2, 3, 4].map(reach), [0, 20, 40])
  equal(guarded(failures(20))(at(0.95)), false, 'never the whole axis')
})

test('trials that still run say nothing', () => {
  const isBarred = guarded([
    [at(0.3), 'failed'],
    [at(0.3), 'running'],
    [at(0.3), 'failed'],
    [at(0.3), 'waiting'],
  ])
  equal(isBarred(at(0.3)), false)
})
