import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  expectedImprovement,
  logExpectedImprovement,
  logImprovement,
  logProbabilityBelow,
} from './expected-improvement.ts'

interface Stored {
  readonly mu: number
  readonly sigma: number
  readonly best: number
  readonly z: number
  readonly ei: number
  readonly logEi: number
  readonly dLogEiByMu: number
  readonly dLogEiBySigma: number
  readonly logPi: number
}

const file = new URL('../../../test/golden/reference/gaussian-process.json', import.meta.url)
const { expectedImprovement: stored } = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly expectedImprovement: readonly Stored[]
}

test('expected improvement, its logarithm and derivatives are the stored ones, from 10,000 deviations above the best to below it', () => {
  assert.ok(stored.length > 30)
  const found = { value: 0, byMu: 0, bySigma: 0 }
  for (const { mu, sigma, best, z, ...want } of stored) {
    const tolerance = z < -1000 ? 1e-8 : 1e-10
    logImprovement(mu, sigma, best, found)
    const got = [
      expectedImprovement(mu, sigma, best),
      found.value,
      logExpectedImprovement(mu, sigma, best),
      found.byMu,
      found.bySigma,
      logProbabilityBelow(mu, sigma, best),
    ]
    const wanted = [want.ei, want.logEi, want.logEi, want.dLogEiByMu, want.dLogEiBySigma, want.logPi]
    for (const [index, value] of got.entries())
      assert.ok(
        Math.abs(value - wanted[index]!) <= tolerance * Math.abs(wanted[index]!),
        `z = ${z}: ${value}, ${wanted[index]}`,
      )
  }
})

test('a better mean always promises more, and so does more spread', () => {
  const number = fc.double({ min: -50, max: 50, noNaN: true })
  fc.assert(
    fc.property(number, fc.double({ min: 1e-3, max: 50, noNaN: true }), number, (mu, sigma, best) => {
      const value = logExpectedImprovement(mu, sigma, best)
      assert.ok(logExpectedImprovement(mu - 0.1, sigma, best) > value)
      // Far below the best the spread adds less than the last digit.
      assert.ok(logExpectedImprovement(mu, sigma * 1.1, best) >= value - 1e-12)
    }),
  )
})
