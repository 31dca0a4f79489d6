/** The promise of `sd` on recorded curves. The full table of accuracy and calibration is what `npm run reproduce` writes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shared } from '../../../test/shared.ts'
import { recordedCurves, tableNames } from './curve-tables.laws.ts'
import { accuracyTable, type Evaluation } from './evaluate.ts'
import { predictors } from './index.ts'
import { predictorOf } from './predictor.laws.ts'

/** Those whose fits take a second are measured elsewhere. */
const dear = ['qsvr', 'qsvr-combination']

for (const kind of Object.values(predictors).filter(({ name }) => !dear.includes(name)))
  test(
    `${kind.name}: 80 % intervals hold about 80 % of the truth on the recorded curves`,
    { skip: shared.skip },
    () => {
      const found: Evaluation[] = []
      for (const name of tableNames) {
        const set = recordedCurves(name)
        const known = [0.1, 0.25, 0.5].map((share) => Math.ceil(share * set.horizon))
        const settings = { known, train: [15, 40], target: set.horizon, test: 60, splits: 6, seed: 4 }
        for (const { evaluations } of accuracyTable(predictorOf(kind), set, settings)) found.push(...evaluations)
      }
      const mean = found.reduce((sum, { coverage80 }) => sum + coverage80 / found.length, 0)
      assert.ok(mean > 0.74 && mean < 0.86, `${mean}`)
      assert.ok(found.every(({ width80 }) => width80 > 0 && Number.isFinite(width80)))
    },
  )
