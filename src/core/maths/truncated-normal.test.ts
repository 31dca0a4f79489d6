import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { normalLogMass, truncatedLogMass, truncatedLogPdf, truncatedPpf, type Cut } from './truncated-normal.ts'

interface Stored {
  readonly mu: number
  readonly sigma: number
  readonly low: number | string
  readonly high: number | string
  readonly logMass: number
  readonly x: readonly number[]
  readonly logPdf: readonly number[]
  readonly q: readonly number[]
  readonly ppf: readonly number[]
}
const file = new URL('../../../test/golden/reference/truncated-normal.json', import.meta.url)
const { truncatedNormal } = JSON.parse(readFileSync(file, 'utf8')) as { readonly truncatedNormal: readonly Stored[] }

for (const { mu, sigma, low, high, ...stored } of truncatedNormal) {
  const cut: Cut = { mu, sigma, low: Number(low), high: Number(high) }
  test(`normal(${mu}, ${sigma}) cut to ${low} .. ${high}: mass, densities and quantiles are the true ones`, () => {
    const near = (got: number, want: number, tolerance: number, what: string) =>
      assert.ok(Math.abs(got - want) <= tolerance, `${what}: ${got}, stored ${want}`)
    near(truncatedLogMass(cut), stored.logMass, 1e-10 * Math.abs(stored.logMass), 'logMass')
    for (const [index, x] of stored.x.entries()) {
      const want = stored.logPdf[index]!
      near(truncatedLogPdf(x, cut), want, 1e-10 * Math.max(Math.abs(want), 1e-3), `logPdf(${x})`)
    }
    for (const [index, p] of stored.q.entries()) {
      const want = stored.ppf[index]!
      near(truncatedPpf(p, cut), want, 1e-10 * (sigma + Math.abs(want)), `ppf(${p})`)
    }
  })
}

const anyCut = fc
  .record({
    mu: fc.double({ min: -1, max: 2, noNaN: true }),
    sigma: fc.double({ min: 1e-3, max: 3, noNaN: true }),
    low: fc.double({ min: 0, max: 0.5, noNaN: true }),
    width: fc.double({ min: 1e-6, max: 0.5, noNaN: true }),
  })
  .map(({ mu, sigma, low, width }): Cut => ({ mu, sigma, low, high: low + width }))

test('a quantile lies within the interval and leads back to its probability', () => {
  const property = fc.property(anyCut, fc.double({ min: 0, max: 1, noNaN: true }), (cut, p) => {
    const { mu, sigma, low, high } = cut
    const x = truncatedPpf(p, cut)
    assert.ok(x >= low && x <= high)
    // Far out nearly all of the mass lies within a digit of the bound.
    if (Math.abs((low - mu) / sigma) > 50 || (high - low) / sigma < 1e-4) return
    const share = Math.exp(truncatedLogMass({ ...cut, high: x }) - truncatedLogMass(cut))
    assert.ok(Math.abs(share - p) < 1e-6, `P(X <= ${x}) = ${share}, wanted ${p}`)
  })
  fc.assert(property)
})

test('the masses of the parts of an interval make up the whole, however narrow they are', () => {
  for (const [from, to, parts] of [
    [-3, 3, 10_000],
    [-40, -30, 5000],
    [2, 2.04, 7],
    [-0.5, 7, 3],
  ] as const) {
    const step = (to - from) / parts
    let sum = 0
    const whole = normalLogMass(from, to)
    for (let part = 0; part < parts; part++)
      sum += Math.exp(normalLogMass(from + part * step, from + (part + 1) * step) - whole)
    assert.ok(Math.abs(sum - 1) < 1e-10, `${from} .. ${to}: ${sum}`)
  }
})

test('outside there is no density, and the ends of probability are the ends of the interval', () => {
  const cut: Cut = { mu: 0.2, sigma: 0.1, low: 0, high: 1 }
  assert.deepEqual([truncatedLogPdf(-1e-9, cut), truncatedLogPdf(1 + 1e-9, cut)], [-Infinity, -Infinity])
  assert.ok(truncatedPpf(0, cut) < 1e-14 && truncatedPpf(1, cut) > 1 - 1e-14)
})
