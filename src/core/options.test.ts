import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isOptionValue } from './options.ts'
import type { OptionSpec } from './options.ts'

test('an option has the values of its kind within its bounds, and null where the algorithm decides', () => {
  const doc = 'Any.'
  const half: OptionSpec = { type: 'number', default: 1, above: 0, atMost: 1, doc }
  const whole: OptionSpec = { type: 'integer', default: null, atLeast: 2, doc }
  const named: OptionSpec = { type: 'text', default: 'a', choices: ['a', 'b'], doc }
  const mixed: OptionSpec = { type: 'any', default: 'mean', choices: ['mean', 0, 1], doc }
  const predictor: OptionSpec = { type: 'predictor', default: 'nu-svr', doc }
  const takes = (spec: OptionSpec, right: readonly unknown[], wrong: readonly unknown[]): void => {
    for (const value of right) assert.ok(isOptionValue(spec, value), `${spec.type} ${JSON.stringify(value)}`)
    for (const value of wrong) assert.ok(!isOptionValue(spec, value), `${spec.type} ${JSON.stringify(value)}`)
  }
  takes(half, [1, 0.5], [0, 1.1, NaN, '0.5', null, true])
  takes({ ...half, atMost: Infinity }, [7], [Infinity])
  takes(whole, [2, 9, null], [1, 2.5, '2', NaN])
  takes(named, ['a', 'b'], ['c', null, 1])
  takes(mixed, ['mean', 0], ['0', 2])
  takes({ type: 'text', default: '', doc }, ['', 'x'], [1])
  takes({ type: 'boolean', default: true, doc }, [true, false], ['true', 0, null])
  takes(predictor, ['forest', { type: 'qsvr', chunk: 3 }], [{ kind: 'qsvr' }, 1, null, []])
})
