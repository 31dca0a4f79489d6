import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { appendFileSync, copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { aFolder, call } from './stored-studies.laws.ts'

const fixture = (name: string): string => fileURLToPath(new URL(`../../test/fixtures/${name}`, import.meta.url))

/** What `test/fixtures/optuna-study.py` makes, with other names and less space. */
const net = (max = 9): string => `name: mine
objective: loss
constraints: [{ metric: latency_ms, atMost: 9 }]
space:
  lr: { type: float, low: 1e-5, high: 1, log: true }
  width: { type: ordinal, values: [16, 32, 48, 64] }
  dropout: { type: float, low: 0, high: 0.5, step: 0.05 }
  optimizer: { type: categorical, choices: [sgd, adam] }
  momentum: { type: float, low: 0, high: 1, when: { optimizer: sgd } }
epochs: { max: ${max} }
scheduler: none
budget: { trials: 4 }
`

function aFolderWith(t: TestContext, files: { readonly [name: string]: string }): string {
  const cwd = aFolder(t)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text)
  return cwd
}

function withOptuna(t: TestContext, study: string = net()): string {
  const cwd = aFolderWith(t, { 'mine.yaml': study })
  copyFileSync(fixture('optuna.journal'), join(cwd, 'optuna.journal'))
  const database = new DatabaseSync(join(cwd, 'optuna.db'), { enableForeignKeyConstraints: false })
  database.exec(readFileSync(fixture('optuna.sql'), 'utf8'))
  database.close()
  return cwd
}

async function json(words: string, cwd: string): Promise<any> {
  const { code, out, err } = await call(words, cwd)
  assert.equal(code, 0, err)
  return JSON.parse(out)
}

async function trialsOf(name: string, cwd: string): Promise<unknown[]> {
  const { trials } = await json(`export ${name} --format json`, cwd)
  return trials.map(({ state, configuration, reports }: { [field: string]: unknown }) => [
    state,
    configuration,
    reports,
  ])
}

const optunaCame = {
  study: 'mine',
  imported: 4,
  new: 4,
  known: 0,
  empty: 1,
  cut: 0,
  from: 'net',
  skipped: [
    { what: 'without width', trials: 2 },
    { what: 'optimizer is not one of "sgd", "adam"', trials: 1 },
  ],
  dropped: [{ what: 'warmup', trials: 4 }],
  notes: [
    "Optuna's steps count from 0: step s is epoch s + 1",
    '1 complete trial returned another value than the last one reported: it stands at that epoch',
  ],
}

for (const file of ['optuna.db', 'optuna.journal'])
  test(`an Optuna study comes from ${file} with its reports, states and values`, async (t) => {
    const cwd = withOptuna(t)
    const words = `import mine.yaml ${file} --study net --rename learning_rate=lr --json`
    assert.deepEqual(await json(words, cwd), optunaCame)
    assert.deepEqual(await json(words, cwd), { ...optunaCame, imported: 0, new: 0, known: 4 })
    const base = { lr: 0.001, width: 32, dropout: 0.15, optimizer: 'adam' }
    assert.deepEqual(await trialsOf('mine', cwd), [
      ['complete', base, [{ epoch: 1, loss: 0.5 }, { epoch: 2, loss: 0.25 }, { epoch: 3, loss: 0.5 / 3, latency_ms: 7 }]],
      ['complete', { ...base, optimizer: 'sgd', momentum: 0.9 }, [{ epoch: 1, loss: 1.5 }, { epoch: 2, loss: 1.25 }, { epoch: 3, loss: 0.125, latency_ms: 8 }]],
      ['stopped', { ...base, width: 48 }, [{ epoch: 1, loss: 2.5 }, { epoch: 2, loss: 2.25, latency_ms: 9 }]],
      ['failed', { ...base, width: 64 }, [{ epoch: 1, loss: 3.5 }, { epoch: 2 }, { epoch: 3, loss: 0.5 / 3 + 3, latency_ms: 10 }]],
    ]) // prettier-ignore
    assert.equal((await call('verify mine', cwd)).code, 0)
  })

test('with --final, or in a study without epochs, only what objective functions returned comes', async (t) => {
  for (const [max, flag] of [
    [9, '--final'],
    [1, ''],
  ] as const) {
    // prettier-ignore
    const cwd = withOptuna(t, net(max))
    const came = await json(
      `import mine.yaml optuna.db --study net --rename learning_rate=lr ${flag} --json`.replace(/ +/g, ' '),
      cwd,
    )
    assert.deepEqual([came.imported, came.empty, came.notes], [3, 3, []])
    const reports = (await trialsOf('mine', cwd)).map((trial) => (trial as unknown[])[2])
    assert.deepEqual(reports, [[{ epoch: max, loss: 0.5 / 3, latency_ms: 7 }], [{ epoch: max, loss: 0.125, latency_ms: 8 }], []]) // prettier-ignore
  }
})

test('several objectives go by the names that Optuna knows, and their directions have to agree', async (t) => {
  const two = (first: string, second: string): string =>
    `name: two\nobjectives: [${first}, ${second}]\nspace: { x: { type: float, low: 0, high: 1 } }\n`
  const [loss, accuracy] = ['{ metric: loss }', '{ metric: accuracy, direction: maximize }']
  const cwd = withOptuna(t)
  writeFileSync(join(cwd, 'two.yaml'), two(accuracy, loss))
  assert.equal((await json('import two.yaml optuna.journal --study two --json', cwd)).imported, 2)
  assert.deepEqual(await trialsOf('two', cwd), [
    ['complete', { x: 0.25 }, [{ epoch: 1, loss: 0.25, accuracy: 2 }]],
    ['complete', { x: 0.75 }, [{ epoch: 1, loss: 0.75, accuracy: 2 }]],
  ])
  writeFileSync(join(cwd, 'other.yaml'), two('{ metric: accuracy }', loss).replace('two', 'other'))
  const { code, err } = await call('import other.yaml optuna.db --study two', cwd)
  assert.deepEqual([code, err.startsWith('error IMPORT_MISMATCH')], [2, true])
  assert.match(err, /expected accuracy to minimize, got maximize/)
  assert.match(
    (await call('import mine.yaml optuna.db --study two', cwd)).err,
    /expected one objective \(loss\), got 2/,
  )
})

test('a storage of several studies has to be told which, and a file of another kind is told', async (t) => {
  const cwd = withOptuna(t)
  for (const words of ['optuna.db', 'optuna.journal --study nat', 'optuna.db --study nat']) {
    const { code, err } = await call(`import mine.yaml ${words}`, cwd)
    assert.deepEqual([code, err.startsWith('error IMPORT_STUDY_NOT_CHOSEN')], [2, true], err)
    assert.match(err, /it has the studies 'net', 'two'/)
  }
  new DatabaseSync(join(cwd, 'plain.db')).exec('create table plain (x)')
  assert.match((await call('import mine.yaml plain.db', cwd)).err, /^error STORE_NOT_A_STORE|^error STORE_/)
  writeFileSync(join(cwd, 'old.csv'), 'lr,width,dropout,optimizer,loss\n')
  assert.match((await call('import mine.yaml old.csv --study net', cwd)).err, /^error FLAG_VALUE_INVALID/)
  assert.match((await call('import mine.yaml optuna.db --rename lr', cwd)).err, /^error FLAG_VALUE_INVALID/)
})

test('a storage that is being written is neither waited for, nor changed, nor read half', async (t) => {
  const cwd = withOptuna(t)
  const file = join(cwd, 'optuna.db')
  const digest = (): string => createHash('md5').update(readFileSync(file)).digest('hex')
  const untouched = digest()
  const writer = new DatabaseSync(file, { enableForeignKeyConstraints: false })
  writer.exec(
    "pragma cache_size = 1; begin exclusive; update trial_values set value = 7; update trial_params set param_name = 'no' where param_name = 'width'",
  )
  const before = digest()
  assert.notEqual(before, untouched, 'half of the transaction is in the file already')
  const files = readdirSync(cwd)
  assert.ok(files.includes('optuna.db-journal'))
  const words = 'import mine.yaml optuna.db --study net --rename learning_rate=lr --json --dry-run'
  assert.deepEqual(await json(words, cwd), { ...optunaCame, imported: 0 })
  assert.equal(digest(), before)
  assert.deepEqual(readdirSync(cwd).filter((name) => name.startsWith('optuna')), files.filter((name) => name.startsWith('optuna'))) // prettier-ignore
  writer.exec(
    "commit; pragma journal_mode = wal; update trial_params set param_name = 'width' where trial_id = 1 and param_name = 'no'",
  )
  assert.equal((await json(words, cwd)).new, 1, 'what stands in the log alone is read too')
  writer.close()
})

test('operations that Optuna would refuse change nothing, and the last line of a journal may be half', async (t) => {
  const cwd = withOptuna(t)
  const file = join(cwd, 'optuna.journal')
  const settled = { op_code: 6, worker_id: 'w', trial_id: 0, state: 3, values: null }
  const again = { op_code: 0, worker_id: 'w', study_name: 'net', directions: [2] }
  const gone = { op_code: 1, worker_id: 'w', study_id: 1 }
  appendFileSync(file, [settled, again, gone].map((line) => `${JSON.stringify(line)}\n`).join('') + '{"op_code":7,"wor')
  const words = 'import mine.yaml optuna.journal --rename learning_rate=lr --json --dry-run'
  assert.deepEqual(await json(words, cwd), { ...optunaCame, imported: 0 }, 'the only study left needs no name')
  appendFileSync(file, `\n${JSON.stringify(gone)}\n`)
  const { err } = await call(words, cwd)
  assert.match(err, /^error IMPORT_INVALID[^]*optuna.journal, line 80: expected an operation of an Optuna journal/)
})

const small = (name: string, more: string): string => `name: ${name}
objective: loss
scheduler: none
budget: { trials: 9 }
${more}
`
const oldSpace = 'space: { lr: { type: float, low: 1e-5, high: 1, log: true }, depth: { type: int, low: 1, high: 9 } }'
const newSpace = `space:
  lr: { type: float, low: 1e-3, high: 1, log: true }
  folds: { type: int, low: 0, high: 9, when: { lr: { above: 0.5 } } }`

/** Trials of a study `old` of three epochs: complete at lr 0.1, failed at 0.01, half trained at 0.9, complete at 1e-4. */
async function trainOld(cwd: string): Promise<void> {
  writeFileSync(join(cwd, 'old.yaml'), small('old', `${oldSpace}\nepochs: { max: 3 }\ninitial: [{ lr: 0.1, depth: 1 }, { lr: 0.01, depth: 2 }, { lr: 0.9, depth: 3 }, { lr: 1e-4, depth: 4 }]`)) // prettier-ignore
  for (const [trial, curve] of [['0.5', '0.4', '0.3'], ['0.9', 'nan'], ['0.7'], ['0.8', '0.7', '0.6']].entries()) {
    // prettier-ignore
    await call('ask old.yaml', cwd)
    for (const [index, loss] of curve.entries()) await call(`report old ${trial} ${index + 1} loss=${loss} size=7`, cwd)
    if (trial !== 2) await call(`tell old ${trial}`, cwd)
  }
}

test('another study comes with all its reports, by name, study file or from another store', async (t) => {
  const cwd = aFolder(t)
  await trainOld(cwd)
  writeFileSync(join(cwd, 'same.yaml'), small('same', `${newSpace}\nepochs: { max: 3 }`))
  const came = {
    study: 'same',
    imported: 2,
    new: 2,
    known: 0,
    empty: 0,
    cut: 0,
    from: 'old',
    skipped: [
      { what: 'without folds', trials: 1 },
      { what: 'lr is not a number from 0.001 to 1', trials: 1 },
    ],
    dropped: [{ what: 'depth', trials: 2 }],
    notes: [],
  }
  assert.deepEqual(await json('import same.yaml old --json', cwd), came)
  assert.deepEqual(await trialsOf('same', cwd), [
    ['complete', { lr: 0.1 }, [{ epoch: 1, loss: 0.5, size: 7 }, { epoch: 2, loss: 0.4, size: 7 }, { epoch: 3, loss: 0.3, size: 7 }]],
    ['failed', { lr: 0.01 }, [{ epoch: 1, loss: 0.9, size: 7 }, { epoch: 2, size: 7 }]],
  ]) // prettier-ignore
  assert.deepEqual(await json('import same old.yaml --json', cwd), { ...came, imported: 0, new: 0, known: 2 })
  const elsewhere = aFolderWith(t, { 'same.yaml': small('same', `${newSpace}\nepochs: { max: 3 }`) })
  const from = join(cwd, 'foretune.db')
  assert.deepEqual(await json(`import same.yaml old --from-store sqlite:${from} --json`, elsewhere), came)
  assert.equal((await json(`import same ${from} --study old --json`, elsewhere)).known, 2)
  const { out } = await call('import same.yaml old --dry-run', cwd)
  assert.match(out, /^same: 0 results could be imported, 2 known already\n {2}1 trial skipped: without folds\n/)
  assert.match(out, /depth left out of 2 trials/)
})

test('what ended there has not ended in a longer study; without epochs only the last report counts', async (t) => {
  const cwd = aFolder(t)
  await trainOld(cwd)
  const space = oldSpace
  for (const [name, max, flag, expected] of [
    ['longer', 9, '', ['stopped', 'failed', 'stopped', 'stopped']],
    ['shorter', 2, '', ['complete', 'failed', 'stopped', 'complete']],
    ['single', 1, '', ['complete', 'failed', 'complete']],
    ['final', 9, ' --final', ['complete', 'failed', 'complete']],
  ] as const) {
    writeFileSync(join(cwd, `${name}.yaml`), small(name, `${space}\nepochs: { max: ${max} }`))
    await json(`import ${name}.yaml old --json${flag}`, cwd)
    const trials = (await trialsOf(name, cwd)) as [string, unknown, { epoch: number; loss: number }[]][]
    assert.deepEqual(
      trials.map(([state]) => state),
      expected,
      name,
    )
    if (expected.length === 3) assert.deepEqual(trials[0]?.[2], [{ epoch: max, loss: 0.3, size: 7 }])
  }
})

test('a study that means something else is refused, unless its metric goes by another name', async (t) => {
  const cwd = aFolder(t)
  await trainOld(cwd)
  writeFileSync(
    join(cwd, 'other.yaml'),
    small('other', oldSpace).replace('loss', '{ metric: error, direction: minimize }'),
  )
  const { code, err } = await call('import other.yaml old', cwd)
  assert.deepEqual(
    [code, /^error IMPORT_MISMATCH.*expected reports of error, got loss, size/.test(err)],
    [2, true],
    err,
  )
  assert.equal((await json('import other.yaml old --rename loss=error --json', cwd)).imported, 3)
  writeFileSync(join(cwd, 'up.yaml'), small('up', oldSpace).replace('loss', '{ metric: loss, direction: maximize }'))
  assert.match((await call('import up.yaml old', cwd)).err, /expected loss to maximize, got to minimize/)
})
