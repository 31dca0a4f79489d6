import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FitOrder } from '../ports.ts'
import { fitter } from './fitter.ts'

const order = (predictor: { readonly type: string }): FitOrder => ({
  fit: 1,
  predictor,
  input: {
    known: 2,
    target: 4,
    curves: Array.from({ length: 5 }, (_, row) => Array.from({ length: 4 }, (__, i) => row + 1 / (i + 1))),
    hyperparameters: null,
    seed: 1,
  },
})

test('a fit is answered from the thread, and one that is closed answers no more', async () => {
  const its = fitter()
  assert.equal((await its.fit(order({ type: 'nu-svr' }))).type, 'fitted')
  const pending = its.fit(order({ type: 'nu-svr' }))
  await Promise.all([assert.rejects(pending, /has left/), its.close()])
})

test('an annealer that says at its closing that another is to stand in for it begins no thread', async () => {
  const closing = Promise.withResolvers<void>()
  const its = fitter({
    of: () => () => closing.promise.then(() => ({ type: 'fallback', note: null })),
    close: async () => closing.resolve(),
  })
  const pending = its.fit(order({ type: 'qsvr' }))
  await Promise.all([assert.rejects(pending, /has left/), its.close()])
})
