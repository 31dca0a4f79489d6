import { test } from 'node:test'
import { ok } from 'node:assert/strict'
import { random } from './random.ts'
import { driven, samplerLaws } from './sampler.laws.ts'

samplerLaws(random)

test('a huge category is gone through to its end', () => {
  const { step } = driven(random, {
    parameters: { a: { type: 'int', low: 1, high: 20 }, b: { type: 'int', low: 1, high: 20 } },
    forbidden: [{ a: { above: 10 }, b: { atMost: 10 } }],
  })
  for (let trial = 0; trial < 300; trial++) ok('configuration' in step(), `trial ${trial}`)
  ok('exhausted' in step())
})

test('draws are even on the scale of the parameter', () => {
  const { step } = driven(random, {
    parameters: { lr: { type: 'float', low: 1e-4, high: 1, log: true } },
    forbidden: [],
  })
  const decades = [0, 0, 0, 0]
  for (let trial = 0; trial < 2000; trial++) {
    const proposal = step()
    if ('configuration' in proposal) decades[Math.floor(Math.log10(Number(proposal.configuration['lr'])) + 4)]! += 1
  }
  // Four standard deviations of a binomial count.
  for (const count of decades) ok(Math.abs(count - 500) < 4 * Math.sqrt(2000 * 0.25 * 0.75), decades.join())
})
