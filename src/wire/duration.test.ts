import { test } from 'node:test'
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { formatDuration, parseDuration } from './duration.ts'

test('durations are read with their units', () => {
  const read: [string, number][] = [
    ['90s', 90_000],
    ['20m', 1_200_000],
    ['8h', 28_800_000],
    ['2d', 172_800_000],
    ['250ms', 250],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['0s', 0],
  ]
  for (const [text, ms] of read) assert.equal(parseDuration(text), ms, text)
  for (const text of ['', '5', 's', '5 s', '-5s', '5S', '1e3s', '.5h', '5sec', '9'.repeat(30) + 'd']) {
    assert.equal(parseDuration(text), null, text)
  }
})

test('a duration is written so that it reads back', () => {
  assert.equal(formatDuration(5_400_000), '1h30m')
  assert.equal(formatDuration(0), '0s')
  fc.assert(fc.property(fc.nat({ max: 1e12 }), (ms) => assert.equal(parseDuration(formatDuration(ms)), ms)))
})
