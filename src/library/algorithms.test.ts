import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OptionSpecs } from '../core/options.ts'
import { predictors } from '../core/predictors/index.ts'
import { samplers } from '../core/samplers/index.ts'
import { schedulers } from '../core/schedulers/index.ts'
import * as library from '../index.ts'
import type { FastHyperbandOptions, PredictorChoice, SwiftHyperbandOptions } from '../index.ts'

/** The name of the builder: `swift-hyperband` is `swiftHyperband`. */
const builderName = (name: string): string => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())

test('every sampler and every scheduler has a builder, which hands its options on', () => {
  for (const name of [...Object.keys(samplers), ...Object.keys(schedulers)]) {
    const builder = (library as { readonly [name: string]: unknown })[builderName(name)]
    assert.ok(typeof builder === 'function', name)
    assert.deepEqual(builder(), { type: name })
    assert.deepEqual(builder({ eta: 4 }), { type: name, eta: 4 })
  }
})

test('the types of the builders that predict know every option, and none that there is not', () => {
  const swift: Required<SwiftHyperbandOptions> = {
    eta: 2,
    predictor: { type: 'nu-svr', from: 'earlier' },
    d: 15,
    k: 0.5,
    knownCurve: 0.5,
    threshold: 0.25,
    audit: 0.05,
    sent: 'plan',
    speculate: 'idle',
    passes: 1,
    order: 'path',
    waves: false,
  }
  const fast: Required<FastHyperbandOptions> = {
    eta: 3,
    predictor: 'nu-svr',
    d: 15,
    delta: 0.95,
    needed: 'all',
    kappa: 0.5,
    passes: 1,
    order: 'path',
  }
  const optionsOf = (name: string): string[] => Object.keys(schedulers[name]?.options as OptionSpecs).sort()
  assert.deepEqual(optionsOf('swift-hyperband'), Object.keys(swift).sort())
  assert.deepEqual(optionsOf('quantum-swift-hyperband'), Object.keys(swift).sort())
  assert.deepEqual(optionsOf('fast-hyperband'), Object.keys(fast).sort())
})

test('a predictor that is named in a program may be each of those that there are', () => {
  const named: { readonly [Name in Extract<PredictorChoice, string>]: true } = {
    'nu-svr': true,
    'epsilon-svr': true,
    qsvr: true,
    'qsvr-combination': true,
    forest: true,
    'least-squares': true,
    'power-law': true,
    'last-value': true,
  }
  assert.deepEqual(Object.keys(named).sort(), Object.keys(predictors).sort())
})
