import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { shared } from '../../test/shared.ts'
import { ForetuneError } from '../errors.ts'
import { csvReader } from './csv.ts'
import { readCurveTable, toCurveCsv } from './curve-file.ts'
import { curveTableFromCsv } from './curve-table.ts'

function invalid(line: number | string | null, pattern: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert(error instanceof ForetuneError)
    assert.equal(error.code, 'CURVES_INVALID')
    assert.equal(error.details['line'], line)
    assert.match(error.message, pattern)
    return true
  }
}

function records(text: string, pieces: readonly number[] = []): { cells: string[]; line: number }[] {
  const found: { cells: string[]; line: number }[] = []
  const reader = csvReader('x.csv', (cells, line) => found.push({ cells, line }))
  let from = 0
  for (const length of pieces) reader.push(text.slice(from, (from += length)))
  reader.push(text.slice(from))
  reader.end()
  return found
}

test('CSV cells come back as they were written, however the text is cut into pieces', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', ' ', 'é', '0') })
  const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(table, fc.array(fc.nat(7), { maxLength: 40 }), fc.constantFrom('\n', '\r\n'), (rows, pieces, end) => {
      // A first line that surely has a comma outside quotes, or the delimiter would be a guess.
      const all = [['h', 'h'], ...rows]
      const text = all.map((cells) => cells.map((each) => `"${each.replaceAll('"', '""')}"`).join(',') + end).join('')
      assert.deepEqual(
        records('\ufeff' + text, pieces).map((record) => record.cells),
        all,
      )
    }),
  )
})

test('lines are counted through quoted line breaks and blank lines', () => {
  const text = 'a,b\r\n\r\n"x\ny",1\r\nplain "quote",2\n"q",\n,"end"'
  assert.deepEqual(records(text), [
    { cells: ['a', 'b'], line: 1 },
    { cells: ['x\ny', '1'], line: 3 },
    { cells: ['plain "quote"', '2'], line: 5 },
    { cells: ['q', ''], line: 6 },
    { cells: ['', 'end'], line: 7 },
  ])
})

test('a quote that is not closed, or is followed by more, is named with its line', () => {
  assert.throws(() => records('a,b\n1,"2\n3,4\n'), invalid(2, /closing quote/))
  assert.throws(() => records('a,b\n1,"2"3\n'), invalid(2, /got `3`/))
})

test('the 296 rows of mlpf.csv are read with their 7 parameters and 100 epochs', { skip: shared.skip }, async () => {
  const table = await readCurveTable(shared.path('data/curves/mlpf.csv'))
  assert.equal(table.rows.length, 296)
  assert.deepEqual(table.metrics, ['METRIC'])
  assert.equal(table.horizon, 100)
  assert.deepEqual(table.rows[1], {
    lr: 3.854623092970313e-5,
    weight_decay: 0.0019838373035245,
    dropout: 0.089147943159818,
    bin_size: 64,
    output_dim: 32,
    n_glayers_id: 4,
    n_glayers_reg: 2,
  })
  const values = table.curves['METRIC'] ?? new Float64Array()
  assert.equal(values.length, 29_600)
  assert.equal(values[100], 533.9159)
  const last = Array.from({ length: 296 }, (_, row) => values[row * 100 + 99] as number)
  assert.equal(Math.min(...last), 442.2677)
  assert.ok(table.lengths.every((length) => length === 100))
  const { parameters } = table.space
  assert.equal(parameters['lr'] && 'log' in parameters['lr'] && parameters['lr'].log, true)
  assert.equal(parameters['dropout'] && 'log' in parameters['dropout'], false)
  assert.deepEqual(parameters['bin_size'], { type: 'ordinal', values: [8, 16, 32, 64, 128] })
  assert.deepEqual(parameters['n_glayers_id'], { type: 'ordinal', values: [0, 1, 2, 3, 4] })
})

test('diverged curves keep their non-finite values', { skip: shared.skip }, async () => {
  const table = await readCurveTable(shared.path('data/curves/taskset_imdb_lstm128.csv'))
  const values = table.curves['METRIC'] ?? new Float64Array()
  const rows = table.rows.filter((_, row) =>
    values.subarray(row * 51, row * 51 + 51).some((value) => !Number.isFinite(value)),
  )
  assert.equal(rows.length, 99)
  assert.ok(table.lengths.every((length) => length === 51))
})

test('text columns are categorical, and grids of learning rates logarithmic', { skip: shared.skip }, async () => {
  const table = await readCurveTable(shared.path('data/curves/deepobs_fmnist_2c2d.csv'))
  const { optimizer, lr } = table.space.parameters
  assert.equal(optimizer?.type === 'categorical' && optimizer.choices.length, 3)
  assert.equal(lr?.type === 'float' && lr.log, true)
})

test('curves may be shorter, and hold nan and inf; several metrics go side by side', () => {
  const table = curveTableFromCsv(
    'x,loss_1,loss_2,loss_3,acc_1,acc_2,acc_3\n1,0.5,nan,,1,2,\n2,-inf,Infinity,3,4,5,6\n3,,,,,,\n',
  )
  assert.deepEqual(table.metrics, ['loss', 'acc'])
  assert.deepEqual([...table.lengths], [2, 3, 0])
  assert.deepEqual([...(table.curves['loss'] ?? [])], [0.5, NaN, NaN, -Infinity, Infinity, 3, NaN, NaN, NaN])
  assert.deepEqual([...(table.curves['acc'] ?? [])], [1, 2, NaN, 4, 5, 6, NaN, NaN, NaN])
})

test('parameters may be numbered like a metric', () => {
  const table = curveTableFromCsv('beta_1,beta_2,loss_1,loss_2,loss_3\n0.9,0.99,3,2,1\n0.8,0.9,3,2,1\n')
  assert.deepEqual(table.parameters, ['beta_1', 'beta_2'])
  assert.deepEqual(table.metrics, ['loss'])
})

test('an empty cell of a conditional parameter leaves it out, with the condition that explains it', () => {
  const table = curveTableFromCsv('opt,momentum,l_1\nsgd,0.9,1\nadam,,2\nsgd,0.5,3\n')
  assert.deepEqual(table.rows[1], { opt: 'adam' })
  assert.deepEqual(table.space.parameters['momentum'], { type: 'float', low: 0.5, high: 0.9, when: { opt: ['sgd'] } })
  assert.throws(() => curveTableFromCsv('opt,lr,l_1\nsgd,0.9,1\nsgd,,2\n'), invalid('row 1', /`lr`/))
})

test('a column named for the seconds is no parameter', () => {
  const choice = { secondsColumn: 'time' }
  const table = curveTableFromCsv('x,time,l_1\n1,2.5,1\n2,1,2\n', choice)
  assert.deepEqual(table.parameters, ['x'])
  assert.deepEqual([...(table.seconds ?? [])], [2.5, 1])
  assert.throws(() => curveTableFromCsv('x,time,l_1\n1,0,1\n', choice), invalid(2, /above 0/))
  assert.throws(() => curveTableFromCsv('x,l_1\n1,0\n', choice), invalid(1, /`time`/))
})

test('what is wrong with a table is told with its line', () => {
  const wrong: [string, number | null, RegExp][] = [
    ['', null, /empty file/],
    ['x,l_1\n', null, /at least one row/],
    ['x,x,l_1\n1,2,3\n', 1, /twice/],
    ['x,,l_1\n1,2,3\n', 1, /column 2/],
    ['x,l_1,l_2,l_4\n1,1,1,1\n', 1, /no column l_3/],
    ['x,l_1,l_2,a_1\n1,1,1,1\n', 1, /as many epochs of `a`/],
    ['x,l_1,l_2\n1,1,1\n1,1\n', 3, /3 cells/],
    ['x,l_1,l_2\n1,1,1\n\n1,one,2\n', 4, /l_1, got `one`/],
    ['x,l_1,l_2\n1,,2\n', 2, /empty cell before the end/],
    ['x,l_1,l_2,a_1,a_2\n1,1,2,1,\n', 2, /as many epochs of `a`/],
  ]
  for (const [text, line, pattern] of wrong) assert.throws(() => curveTableFromCsv(text), invalid(line, pattern), text)
  const noMetric = { code: 'CURVES_WITHOUT_METRIC' }
  assert.throws(() => curveTableFromCsv('x,loss\n1,2\n'), noMetric)
  assert.throws(() => curveTableFromCsv('x,loss_1\n1,2\n', { metric: 'acc' }), noMetric)
})

test('a file that is not there is named', async () => {
  await assert.rejects(readCurveTable('/nowhere/curves.csv'), { code: 'CURVES_NOT_FOUND' })
})

test('exported curves are read back unchanged, and sparse reports become steps', () => {
  const csv = toCurveCsv(
    ['name', 'x'],
    ['loss'],
    [
      { configuration: { name: 'a, "b"', x: 0.1 }, curves: { loss: [3, NaN, 1e-300] } },
      { configuration: { name: 'c', x: 2 }, curves: { loss: [undefined, 5, undefined, 4, undefined] } },
      { configuration: { name: 'd', x: 3 }, curves: { loss: [] } },
    ],
  )
  const table = curveTableFromCsv(csv)
  assert.deepEqual(table.rows[0], { name: 'a, "b"', x: 0.1 })
  assert.deepEqual([...table.lengths], [3, 5, 0])
  const values = [...(table.curves['loss'] ?? [])]
  assert.deepEqual(values.slice(0, 3), [3, NaN, 1e-300])
  assert.deepEqual(values.slice(5, 10), [5, 5, 5, 4, 4])
})

test('a Parquet table is the same as its CSV', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'foretune-curves-'))
  try {
    const csv = 'opt,lr,flag,loss_1,loss_2\nsgd,0.5,true,1.5,nan\nadam,0.25,false,2.5,\n'
    const buffer = parquetWriteBuffer({
      columnData: [
        { name: 'opt', data: ['sgd', 'adam'], type: 'STRING' },
        { name: 'lr', data: [0.5, 0.25], type: 'DOUBLE' },
        { name: 'flag', data: [true, false], type: 'BOOLEAN' },
        { name: 'loss_1', data: [1.5, 2.5], type: 'DOUBLE' },
        { name: 'loss_2', data: [NaN, null], type: 'DOUBLE', nullable: true },
      ],
    })
    const path = join(directory, 'table')
    await writeFile(path, Buffer.from(buffer))
    const table = await readCurveTable(path)
    assert.deepEqual(table, { ...curveTableFromCsv(csv), source: path })
    assert.deepEqual([...table.lengths], [2, 1])
    await writeFile(path, Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(20)]))
    await assert.rejects(readCurveTable(path), invalid(null, /Parquet/))
  } finally {
    await rm(directory, { recursive: true })
  }
})

test('a file is read in pieces as it is read whole', { skip: shared.skip }, async () => {
  const path = shared.path('data/curves/mnist_6hp.csv')
  assert.deepEqual(await readCurveTable(path), curveTableFromCsv(await readFile(path, 'utf8'), {}, path))
})
