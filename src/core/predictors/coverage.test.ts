import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shared } from '../../../test/shared.ts'
import { meanCoverage, recordedEvaluations } from './coverage.laws.ts'
import { predictors } from './index.ts'
import { predictorOf } from './predictor.laws.ts'

/** The heavy suite measures all, on all tables. */
const quick = ['nu-svr', 'forest', 'least-squares', 'power-law', 'last-value'] as const

for (const name of quick)
  test(`${name}: 80 % intervals hold about 80 % of the truth on one recorded table`, { skip: shared.skip }, () => {
    const found = recordedEvaluations(predictorOf(predictors[name]!), 'mlpf', { counts: [15], splits: 4 })
    const mean = meanCoverage(found)
    assert.ok(mean > 0.65 && mean < 0.92, `${mean}`)
    assert.ok(found.every(({ width80 }) => width80 > 0 && Number.isFinite(width80)))
  })
