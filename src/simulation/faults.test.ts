import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ForetuneError } from '../errors.ts'
import { attemptFaults, crashAt, noFaults, nonFiniteFrom, parseFaults } from './faults.ts'
import { parseSeconds, secondsOfRow } from './seconds.ts'

test('faults are read from their short form', () => {
  assert.deepEqual(parseFaults('loss=0.01, late=0.05,crash=1e-3'), {
    ...noFaults,
    loss: 0.01,
    late: 0.05,
    crash: 0.001,
  })
  assert.deepEqual(parseFaults(''), noFaults)
})

test('a fault that does not exist, or is no probability, is named', () => {
  for (const [text, got] of [
    ['lost=0.1', '`lost`'],
    ['loss', '`loss`'],
    ['loss=2', '`loss=2`'],
    ['loss=a', '`loss=a`'],
    ['loss=0.1=0.2', '`loss=0.1=0.2`'],
    ['loss=0.1,loss=0.2', 'it twice'],
  ] as const) {
    assert.throws(
      () => parseFaults(text),
      (error) => error instanceof ForetuneError && error.code === 'FAULTS_INVALID' && error.details['got'] === got,
      text,
    )
  }
})

test('faults come as often as their probability says, and the same for the same address', () => {
  const faults = { ...noFaults, loss: 0.2, crash: 0.1, nan: 0.3 }
  const orders = Array.from({ length: 4000 }, (_, trial) => ({ trial, attempt: 1, from: 3, until: 9 }))
  const lost = orders.filter((order) => attemptFaults(faults, 1, order)?.lostAfter !== Infinity)
  assert.ok(Math.abs(lost.length - 800) < 120, `${lost.length} of 4000 were lost`)
  for (const order of lost) {
    const { lostAfter, lostPart } = attemptFaults(faults, 1, order) ?? { lostAfter: -1, lostPart: -1 }
    assert.ok(lostAfter >= 0 && lostAfter < 6 && lostPart >= 0 && lostPart < 1)
    assert.equal(lostAfter, attemptFaults(faults, 1, order)?.lostAfter)
  }
  const crashes = orders.filter(({ trial }) => crashAt(faults, 1, trial) !== null).length
  assert.ok(Math.abs(crashes - 400) < 90, `${crashes} crashes at 4000 appends`)
  const diverged = orders.filter(({ trial }) => nonFiniteFrom(faults, 1, trial, 10) <= 10).length
  assert.ok(Math.abs(diverged - 1200) < 140, `${diverged} of 4000 trials diverged`)
  assert.equal(attemptFaults(noFaults, 1, orders[0] as (typeof orders)[0]), null)
})

test('seconds per epoch are a number, or a factor of mean 1 for each row', () => {
  assert.deepEqual(parseSeconds('2.5'), { type: 'fixed', seconds: 2.5 })
  const spec = parseSeconds('lognormal:0.35')
  const draws = Array.from({ length: 20_000 }, (_, row) => secondsOfRow(spec, 3, row))
  const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length
  assert.ok(Math.abs(mean - 1) < 0.01, `the mean is ${mean}`)
  assert.equal(secondsOfRow(spec, 3, 17), draws[17])
  for (const text of ['', '0', '-1', 'x', 'lognormal:', 'lognormal:-1', 'inf']) {
    assert.throws(() => parseSeconds(text), { code: 'SECONDS_INVALID' }, text)
  }
})
