import assert from 'node:assert/strict'
import { test } from 'node:test'
import { curveTableRows, exportedStudy, exportedTrial, reportTable, trialTable } from './export.ts'
import { aStudy, schedulerOf } from './small-study.laws.ts'

const definition = {
  scheduler: schedulerOf('none'),
  budget: { trials: 3 },
  epochs: { min: 1, max: 4, resource: 'epochs' },
}
const { study } = aStudy({
  definition,
  report: (_, epoch, trial) =>
    trial === 1 && epoch === 3
      ? { loss: NaN }
      : epoch === 2
        ? { loss: 1 / epoch, aux: Infinity }
        : { loss: trial + 1 / epoch },
})
const trialAt = (number: number) => study.state.trials[number]!

test('a trial is exported with its configuration, reports and attempts', () => {
  const { trial, state, configuration, reports, attempts, value } = exportedTrial(study, trialAt(0), true)
  assert.deepEqual([trial, state, value], [0, 'complete', 0.25])
  assert.deepEqual(configuration, trialAt(0).configuration)
  assert.deepEqual(reports, [
    { epoch: 1, loss: 1 },
    { epoch: 2, loss: 0.5, aux: 'Infinity' },
    { epoch: 3, loss: 1 / 3 },
    { epoch: 4, loss: 0.25 },
  ])
  assert.equal((attempts as unknown[]).length, 1)
  assert.ok(!('reports' in exportedTrial(study, trialAt(0), false)))
})

test('a non-finite objective is a word, and a metric that a report lacked is absent', () => {
  const { reports, why, value } = exportedTrial(study, trialAt(1), true)
  assert.deepEqual((reports as unknown[]).at(-1), { epoch: 3, loss: 'NaN' })
  assert.equal((why as { text: string }).text, 'Its loss was NaN at epoch 3.')
  assert.equal(value, null)
})

test('what is exported survives JSON', () => {
  for (const trial of study.state.trials) {
    const exported = exportedTrial(study, trial, true)
    assert.deepEqual(JSON.parse(JSON.stringify(exported)), exported)
  }
  assert.equal(JSON.parse(JSON.stringify(exportedStudy(study))).definition.name, 'small')
})

test('the table of trials has a column for every parameter and metric, each under a name of its own', () => {
  const table = trialTable(study)
  assert.deepEqual(table.columns.slice(-4), ['x', 'kind', 'loss', 'aux'])
  const rows = [...table.rows()]
  assert.equal(rows.length, 3)
  for (const row of rows) assert.equal(row.length, table.columns.length)
  assert.deepEqual(
    [...trialTable(study, [2]).rows()].map((row) => row[0]),
    [2],
  )
  const parameters = { value: { type: 'float', low: 0, high: 1 }, loss: { type: 'float', low: 0, high: 1 } } as const
  const clash = aStudy({
    definition: { ...definition, space: { parameters, forbidden: [] } },
    report: () => ({ loss: 1 }),
  })
  assert.deepEqual(trialTable(clash.study).columns.slice(-3), ['value_', 'loss', 'loss_'])
})

test('the table of reports has one row a report and empty cells for what it lacked', () => {
  const rows = [...reportTable(study).rows()]
  assert.deepEqual(rows[0], [0, 1, 1, null])
  assert.deepEqual(rows[1], [0, 2, 0.5, Infinity])
  assert.equal(rows.filter((row) => row[0] === 1).length, 3)
})

test('curves have a hole where nothing was reported and end where the trial did', () => {
  const sparse = aStudy({ definition, report: (_, epoch) => (epoch === 2 ? { aux: 1 } : { loss: epoch }) })
  assert.deepEqual(curveTableRows(sparse.study)[0]?.curves['loss'], [1, undefined, 3, 4])
  assert.deepEqual(curveTableRows(study)[1]?.curves['loss'], [2, 0.5, NaN])
  assert.deepEqual(Object.keys(curveTableRows(study, ['aux'])[0]?.curves ?? {}), ['aux'])
})
