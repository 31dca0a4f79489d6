import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { aStudy, schedulerOf } from '../core/study/views/small-study.laws.ts'
import { curveTableFromCsv } from '../simulation/curve-table.ts'
import { parquetColumn } from './export.ts'
import { aStore, call, hyperbandStudy } from './stored-studies.laws.ts'

test('the JSON of a study holds its trials with reports and attempts', async (t) => {
  const folder = await aStore(t, { digits: hyperbandStudy() })
  const { study, trials } = JSON.parse((await call('export digits --format json', folder)).out)
  assert.equal(study.name, 'digits')
  assert.equal(trials.length, 9)
  assert.deepEqual(Object.keys(trials[0].reports[0]), ['epoch', 'loss'])
  assert.equal(trials[0].attempts[0].outcome.code, 0)
})

test('the table of curves is read back by the simulator as it was', async (t) => {
  const small = hyperbandStudy()
  const folder = await aStore(t, { digits: small })
  const table = curveTableFromCsv((await call('export digits --format curves', folder)).out)
  assert.deepEqual(table.parameters, ['x', 'kind'])
  for (const [row, trial] of small.study.state.trials.entries()) {
    assert.deepEqual(table.rows[row], trial.configuration)
    assert.equal(table.lengths[row], trial.epoch)
    const curve = table.curves['loss']!.subarray(row * table.horizon, row * table.horizon + trial.epoch)
    assert.deepEqual([...curve], trial.values[0])
  }
})

test('Parquet has typed columns, read back with another library', async (t) => {
  const { study, log } = aStudy({
    definition: { scheduler: schedulerOf('none'), budget: { trials: 3 } },
    report: (_, epoch, trial) => (trial === 1 ? { loss: NaN } : { loss: epoch }),
  })
  const folder = await aStore(t, { digits: { study, log } })
  assert.equal((await call('export digits --format parquet -o digits.parquet', folder)).code, 0)
  const { asyncBufferFromFile, parquetReadObjects } = await import('hyparquet')
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(join(folder, 'digits.parquet')) })
  assert.deepEqual(
    rows.map((row) => [row['trial'], row['state'], row['value'], row['kind']]),
    [0, 1, 2].map((trial) => [
      trial,
      study.state.trials[trial]!.state,
      trial === 1 ? null : 9,
      study.state.trials[trial]!.configuration['kind'],
    ]),
  )
  assert.equal((rows[0]!['created_at'] as Date).getTime(), study.state.trials[0]!.createdAt)
  assert.equal((await call('export digits --format parquet', folder)).code, 2)
})

test('a Parquet column of several kinds of value is text, an empty one a number', () => {
  assert.deepEqual(parquetColumn('a', [1, 'x', true, null]).data, ['1', 'x', 'true', null])
  assert.equal(parquetColumn('a', [true, null]).type, 'BOOLEAN')
  assert.equal(parquetColumn('a', [1, 2 ** 31]).type, 'DOUBLE')
  assert.equal(parquetColumn('a', [null]).type, 'DOUBLE')
})

test('CSV has one row a trial, or one a report; a file appears only when it is whole', async (t) => {
  const folder = await aStore(t, { digits: hyperbandStudy() })
  const lines = (await call('export digits', folder)).out.trim().split('\n')
  assert.equal(lines.length, 10)
  await call('export digits --reports --output reports.csv', folder)
  const reports = readFileSync(join(folder, 'reports.csv'), 'utf8').trim().split('\n')
  assert.equal(reports[0], 'trial,epoch,loss')
  assert.equal(reports.length, 1 + 21)
  const failed = await call('export digits --output missing/reports.csv', folder)
  assert.equal(failed.code, 3)
  assert.match(failed.err, /^error OUTPUT_UNWRITABLE/)
  assert.ok(!existsSync(join(folder, 'missing')))
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('reports')),
    ['reports.csv'],
  )
})
