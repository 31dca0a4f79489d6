import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  normalCdf,
  normalHazard,
  normalLogCdf,
  normalLogPdf,
  normalPdf,
  normalPpf,
  normalPpfOfLog,
  normalSurvival,
} from './normal.ts'

type Column = readonly number[]
const file = new URL('../../../test/golden/reference/normal.json', import.meta.url)
const stored = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly normal: { readonly [name in 'x' | 'logPdf' | 'cdf' | 'logCdf' | 'hazard']: Column }
  readonly normalPpf: { readonly p: Column; readonly z: Column }
  readonly normalPpfOfLog: { readonly logP: Column; readonly z: Column }
}

function matches(f: (x: number) => number, inputs: Column, wants: Column, tolerance: (want: number) => number): void {
  assert.ok(inputs.length > 10)
  for (const [index, input] of inputs.entries()) {
    const want = wants[index] ?? NaN
    assert.ok(Math.abs(f(input) - want) <= tolerance(want), `${f.name}(${input}) = ${f(input)}, stored ${want}`)
  }
}

test('density, probabilities and their logarithms are the true ones from -37 to 37', () => {
  const { x, logPdf, cdf, logCdf, hazard } = stored.normal
  const close = (want: number): number => 1e-12 * Math.abs(want)
  const closeCdf = (want: number): number => (want < 1e-100 ? 1e-11 : 1e-12) * want
  matches(normalLogPdf, x, logPdf, close)
  matches(normalCdf, x, cdf, closeCdf)
  const mirrored = x.map((at) => -at)
  matches(normalSurvival, mirrored, cdf, closeCdf)
  matches(normalLogCdf, x, logCdf, close)
  matches(normalHazard, x, hazard, (want) => (want < 1e-100 ? 1e-11 : 1e-12) * want)
  for (const at of x) assert.ok(Math.abs(Math.log(normalPdf(at)) - normalLogPdf(at)) <= 1e-12 * -normalLogPdf(at))
})

test('quantiles are the true ones, of probabilities and of their logarithms', () => {
  matches(normalPpf, stored.normalPpf.p, stored.normalPpf.z, (want) => 1e-12 * Math.abs(want))
  matches(normalPpfOfLog, stored.normalPpfOfLog.logP, stored.normalPpfOfLog.z, (want) =>
    Math.abs(want) > 0.01 ? 1e-10 * Math.abs(want) : 1e-11,
  )
})

test('a quantile leads back to its probability, and a probability rises where its number does', () => {
  const anywhere = fc.double({ min: -37, max: 37, noNaN: true })
  const property = fc.property(anywhere, anywhere, (a, b) => {
    assert.ok(Math.abs(normalPpfOfLog(normalLogCdf(-Math.abs(a))) + Math.abs(a)) <= 1e-11 * Math.max(1, Math.abs(a)))
    const [low, high] = [Math.min(a, b), Math.max(a, b)]
    assert.ok(normalLogCdf(low) <= normalLogCdf(high) + 1e-13 * Math.abs(normalLogCdf(high)))
    assert.ok(Math.abs(normalCdf(a) + normalSurvival(a) - 1) <= 1e-15)
  })
  fc.assert(property)
})

test('the ends are the ends', () => {
  assert.deepEqual([normalCdf(-Infinity), normalCdf(Infinity), normalSurvival(Infinity)], [0, 1, 0])
  assert.deepEqual([normalLogCdf(-Infinity), normalLogCdf(Infinity), normalPdf(Infinity)], [-Infinity, 0, 0])
  assert.deepEqual([normalPpf(0), normalPpf(1), normalPpf(-0.1), normalPpf(1.1)], [-Infinity, Infinity, NaN, NaN])
  assert.deepEqual([normalPpfOfLog(-Infinity), normalPpfOfLog(0), normalPpfOfLog(1)], [-Infinity, Infinity, NaN])
  for (const f of [normalCdf, normalLogCdf, normalSurvival, normalHazard, normalPpf]) assert.ok(Number.isNaN(f(NaN)))
})
