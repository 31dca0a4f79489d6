import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stream } from '../core/maths/stream.ts'
import { problems, randomConfiguration, space } from '../core/space/space.ts'
import type { Configuration } from '../core/trial.ts'
import { curveTableFromCsv } from './curve-table.ts'
import { builtInProblem, problemNames } from './problems.ts'
import { tableProblem } from './table-problem.ts'

const bestKnown: { readonly [name: string]: Configuration } = {
  branin: { x: Math.PI, y: 2.275 },
  hartmann6: { x1: 0.20168952, x2: 0.15001069, x3: 0.47687398, x4: 0.27533243, x5: 0.31165162, x6: 0.65730054 },
  curves: { lr: 1e-3, width: 256, dropout: 0.2, batch: 64 },
  conditional: { optimizer: 'adam', lr: 1e-3, beta: 0.9, layers: 2, width2: 64 },
}

for (const name of problemNames) {
  test(`nothing in ${name} is better than its best known value, which is reached at the last epoch`, () => {
    const problem = builtInProblem(name, 27)
    const itsSpace = space(problem.space)
    const best = bestKnown[name] as Configuration
    assert.deepEqual(problems(itsSpace, best), [])
    const bestValue = problem.metrics(best, undefined, 27)['loss'] as number
    assert.ok(Math.abs(bestValue - (problem.best as number)) < 1e-6, `${bestValue} at the best configuration`)
    const chance = stream(1, name)
    for (let draw = 0; draw < 2000; draw++) {
      const configuration = randomConfiguration(itsSpace, chance) as Configuration
      let last = Infinity
      for (const epoch of [1, 2, 9, 26, 27]) {
        const value = problem.metrics(configuration, undefined, epoch)['loss'] as number
        assert.ok(value <= last && Number.isFinite(value), 'curves fall')
        last = value
      }
      assert.ok(last >= (problem.best as number) - 1e-9)
    }
  })
}

test('the curves of `curves` cross', () => {
  const problem = builtInProblem('curves', 27)
  const fast = { lr: 0.3, width: 256, dropout: 0.2, batch: 64 }
  const slow = { lr: 3e-4, width: 256, dropout: 0.2, batch: 64 }
  const at = (configuration: Configuration, epoch: number) =>
    problem.metrics(configuration, undefined, epoch)['loss'] as number
  assert.ok(at(fast, 5) < at(slow, 5) && at(fast, 27) > at(slow, 27))
})

test('a problem that does not exist is named with those that do', () => {
  assert.throws(() => builtInProblem('toString'), { code: 'UNKNOWN_PROBLEM' })
})

const csv = 'x,acc_1,acc_2,acc_3,cost_1,cost_2,cost_3\n1,0.1,0.2,0.3,1,2,3\n2,0.5,nan,,4,5,\n3,0.2,0.9,0.1,6,7,8\n'

test('a table is a problem whose trials read their rows', () => {
  const problem = tableProblem(curveTableFromCsv(csv), { metric: 'acc', direction: 'maximize' })
  assert.equal(problem.epochs, 3)
  assert.equal(problem.best, 0.3)
  assert.deepEqual(problem.metrics({ x: 1 }, { row: 2 }, 2), { acc: 0.9, cost: 7 })
  assert.deepEqual(problem.metrics({ x: 2 }, undefined, 2), { acc: NaN, cost: 5 }, 'found by its configuration')
  assert.equal(problem.length({ x: 2 }, undefined), 2)
  assert.equal(tableProblem(curveTableFromCsv(csv), { metric: 'acc', direction: 'maximize', maxEpochs: 2 }).best, 0.9)
})

test('a non-finite value may count as the worst one of the table', () => {
  const problem = tableProblem(curveTableFromCsv(csv), { metric: 'acc', direction: 'maximize', nonFinite: 'worst' })
  assert.deepEqual(problem.metrics({ x: 2 }, { row: 1 }, 2), { acc: 0.1, cost: 5 })
})

test('a table needs one metric, and as many epochs as are asked for', () => {
  const table = curveTableFromCsv(csv)
  assert.throws(() => tableProblem(table, { direction: 'minimize' }), { code: 'CURVES_WITHOUT_METRIC' })
  assert.throws(() => tableProblem(table, { metric: 'acc', direction: 'minimize', maxEpochs: 4 }), {
    code: 'CURVES_TOO_SHORT',
  })
})
