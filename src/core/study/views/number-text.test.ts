import assert from 'node:assert/strict'
import { test } from 'node:test'
import { configurationText, countText, durationText, numberText } from './number-text.ts'

test('numbers keep their significant digits and lose the rest', () => {
  assert.deepEqual(
    [1 / 3, 1e-7 / 3, 123456789, 0.1 + 0.2, -2.5, NaN, -Infinity].map((value) => numberText(value)),
    ['0.333333', '3.33333e-8', '123456789', '0.3', '-2.5', 'NaN', '-infinity'],
  )
})

test('durations show their two largest units', () => {
  const s = 1000
  const expected: [number, string][] = [
    [0, '0s'],
    [449, '0.4s'],
    [9_949, '9.9s'],
    [9_960, '10s'],
    [59.4 * s, '59s'],
    [60 * s, '1m 00s'],
    [3599 * s, '59m 59s'],
    [3600 * s, '1h 00m'],
    [3_900 * s, '1h 05m'],
    [86_400 * s, '1d 0h'],
    [90_000 * s, '1d 1h'],
  ]
  for (const [ms, text] of expected) assert.equal(durationText(ms), text)
})

test('a configuration is told in the order of its parameters, absent ones left out', () => {
  assert.equal(configurationText({ b: 'adam', a: 0.00012345678 }, ['a', 'c', 'b']), 'a 0.0001235, b adam')
  assert.deepEqual([countText(1, 'trial'), countText(0, 'trial')], ['1 trial', '0 trials'])
})
