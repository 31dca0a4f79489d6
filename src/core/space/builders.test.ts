import { test } from 'node:test'
import { deepEqual, equal } from 'node:assert/strict'
import type { Configuration } from '../trial.ts'
import { type ConfigurationOf, type SpaceParameters, categorical, float, int, ordinal } from './builders.ts'
import { decode, space } from './space.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const isTrue = <T extends true>(value: T) => value

const parameters = {
  lr: float(1e-5, 1e-1, { log: true }),
  width: int(16, 1024),
  batch: ordinal([16, 32, 64]),
  optimizer: categorical(['sgd', 'adam']),
  nesterov: categorical([true, false], { when: { optimizer: 'sgd' } }),
  momentum: float(0, 0.99, { when: { optimizer: 'sgd' } }),
}

test('builders make plain definitions', () => {
  deepEqual(parameters.lr, { type: 'float', low: 1e-5, high: 1e-1, log: true })
  deepEqual(parameters.width, { type: 'int', low: 16, high: 1024 })
  deepEqual(parameters.batch, { type: 'ordinal', values: [16, 32, 64] })
  deepEqual(parameters.nesterov, { type: 'categorical', choices: [true, false], when: { optimizer: 'sgd' } })
  equal(space({ parameters, forbidden: [] }).dimension, 6)
})

test('the type of a configuration keeps literals and makes conditional parameters optional', () => {
  type Expected = {
    readonly lr: number
    readonly width: number
    readonly batch: 16 | 32 | 64
    readonly optimizer: 'sgd' | 'adam'
    readonly nesterov?: boolean
    readonly momentum?: number
  }
  isTrue<Equal<ConfigurationOf<typeof parameters>, Expected>>(true)
  isTrue<ConfigurationOf<typeof parameters> extends Configuration ? true : false>(true)
  // What is only known to be a space gives configurations that may hold anything.
  isTrue<Configuration extends ConfigurationOf<SpaceParameters> ? true : false>(true)

  const drawn = decode(space({ parameters, forbidden: [] }), [0, 0, 0, 0, 0, 0])
  const typed = drawn as ConfigurationOf<typeof parameters>
  equal(typed.optimizer, 'sgd')
  // @ts-expect-error there is no such optimizer
  equal(typed.optimizer === 'rmsprop', false)
  // @ts-expect-error a conditional parameter may be absent
  const always: number = typed.momentum
  equal(always, 0)
  // @ts-expect-error there is no such parameter
  equal(typed.weightDecay, undefined)
})

test('builders refuse what no definition can hold', () => {
  // @ts-expect-error an ordinal value is a number or a string
  equal(ordinal([true]).values.length, 1)
  // @ts-expect-error there is no such option
  deepEqual(Object.keys(float(0, 1, { logarithmic: true })), ['type', 'low', 'high', 'logarithmic'])
})
