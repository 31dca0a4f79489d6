import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lowerLimit, upperLimit } from './proportion.ts'

/** From scipy.stats 1.17, beta.ppf(alpha, k, n - k + 1) and beta.isf(alpha, k + 1, n - k): k, n, alpha, lower, upper. */
const reference: readonly (readonly [number, number, number, number, number])[] = [
  [0, 10, 0.025, 0, 0.30849710781876083],
  [0, 10, 0.05, 0, 0.2588655508930523],
  [10, 10, 0.025, 0.6915028921812392, 1],
  [5, 10, 0.025, 0.18708602844739855, 0.8129139715526015],
  [1, 20, 0.025, 0.0012650894979498038, 0.24873276277202783],
  [4, 20, 0.05, 0.0713538843086182, 0.40102811733197463],
  [13, 98, 0.025, 0.07256431247814978, 0.2161540028714131],
  [1, 1, 0.05, 0.05, 1],
  [0, 1, 0.025, 0, 0.975],
  [3, 1000, 0.025, 0.0006190999316495713, 0.008742023238478305],
  [500, 1000, 0.025, 0.46854917299640086, 0.5314508270282081],
]

test('exact limits are those of the beta distribution', () => {
  for (const [successes, n, alpha, lower, upper] of reference) {
    assert.ok(Math.abs(lowerLimit(successes, n, alpha) - lower) < 1e-9, `lower limit of ${successes} in ${n}`)
    assert.ok(Math.abs(upperLimit(successes, n, alpha) - upper) < 1e-9, `upper limit of ${successes} in ${n}`)
  }
})

test('nothing was seen: nothing is known', () => {
  assert.deepEqual([lowerLimit(0, 0, 0.025), upperLimit(0, 0, 0.025)], [0, 1])
})

test('what is counted as failures instead has the mirrored limits', () => {
  for (const [successes, n] of [
    [0, 7],
    [3, 11],
    [40, 41],
  ] as const)
    assert.ok(Math.abs(lowerLimit(successes, n, 0.025) - (1 - upperLimit(n - successes, n, 0.025))) < 1e-12)
})

test('a thousand times as many audits change no limit into nonsense', () => {
  const [low, high] = [lowerLimit(25_000, 100_000, 0.025), upperLimit(25_000, 100_000, 0.025)]
  assert.ok(low > 0.247 && low < 0.25 && high > 0.25 && high < 0.253, `${low} ${high}`)
})
