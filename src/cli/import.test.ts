import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { outsideExecutor } from '../executors/outside.ts'
import { openSession } from '../library/session.ts'
import { openStore } from '../stores/open.ts'
import { aFolder, call } from './stored-studies.laws.ts'

const study = (name: string, max = 3): string => `name: ${name}
objective: loss
space:
  lr: { type: float, low: 1e-5, high: 1, log: true }
  optimizer: { type: categorical, choices: [sgd, adam] }
  momentum: { type: float, low: 0, high: 1, when: { optimizer: sgd } }
  value: { type: ordinal, values: [1, 2, 3] }
epochs: { max: ${max} }
scheduler: none
budget: { trials: 4 }
`

function aFolderWith(t: TestContext, files: { readonly [name: string]: string }): string {
  const folder = aFolder(t)
  for (const [name, text] of Object.entries({ 'a.yaml': study('a'), 'b.yaml': study('b'), ...files }))
    writeFileSync(join(folder, name), text)
  return folder
}

async function counts(words: string, cwd: string): Promise<{ readonly [what: string]: number }> {
  const { code, out, err } = await call(`${words} --json`, cwd)
  assert.equal(code, 0, err)
  const { study: _, ...rest } = JSON.parse(out)
  return rest
}

/** Two trials complete, one failed, one half trained. */
async function train(cwd: string): Promise<void> {
  const losses = [[0.5, 0.4, 0.3], [0.9, 'nan'], [0.7, 0.6, 0.55], [0.8]]
  for (const [trial, curve] of losses.entries()) {
    await call('ask a.yaml', cwd)
    for (const [index, loss] of curve.entries()) await call(`report a ${trial} ${index + 1} loss=${loss} size=7`, cwd)
    if (trial < 3) await call(`tell a ${trial}`, cwd)
  }
}

test('what is exported in any format comes back into a new study, and once only', async (t) => {
  const cwd = aFolderWith(t, {})
  await train(cwd)
  const formats = [
    ['json', 4],
    ['csv', 4],
    ['curves', 4],
  ] as const
  for (const [format, imported] of formats) {
    const file = `${format}.txt`
    assert.equal((await call(`export a --format ${format} -o ${file}`, cwd)).code, 0)
    writeFileSync(join(cwd, `${format}.yaml`), study(format))
    const all = { imported, new: imported, known: 0, empty: 0, cut: 0 }
    assert.deepEqual(await counts(`import ${format}.yaml ${file}`, cwd), all)
    assert.deepEqual(await counts(`import ${format} ${file}`, cwd), { ...all, imported: 0, new: 0, known: imported })
    const best = JSON.parse((await call(`best ${format} --json`, cwd)).out)
    assert.deepEqual([best.among, best.trials[0].value, best.trials[0].imported], ['complete', 0.3, true])
    const { trials } = JSON.parse((await call(`export ${format} --format json`, cwd)).out)
    assert.deepEqual(
      trials.map(({ state }: { state: string }) => state),
      ['complete', 'failed', 'complete', 'stopped'],
    )
    assert.equal((await call(`verify ${format}`, cwd)).code, 0)
  }
  const configurations = async (name: string): Promise<unknown> =>
    JSON.parse((await call(`export ${name} --format json`, cwd)).out).trials.map(
      ({ configuration }: { configuration: unknown }) => configuration,
    )
  for (const [format] of formats) assert.deepEqual(await configurations(format), await configurations('a'))
})

test('a study that trained the results itself knows them already', async (t) => {
  const cwd = aFolderWith(t, {})
  await train(cwd)
  for (const format of ['json', 'csv']) {
    await call(`export a --format ${format} -o file`, cwd)
    assert.deepEqual(await counts('import a file', cwd), { imported: 0, new: 0, known: 4, empty: 0, cut: 0 })
  }
})

test('a plain table is taken by its column names, final values as of the last epoch', async (t) => {
  const table = 'value,lr,optimizer,momentum,loss\n1,0.1,sgd,0.9,0.5\n2,1e-3,adam,,0.25\n3,0.01,adam,,\n'
  const cwd = aFolderWith(t, { 'old.csv': table })
  assert.deepEqual(await counts('import b.yaml old.csv', cwd), { imported: 2, new: 2, known: 0, empty: 1, cut: 0 })
  const { trials } = JSON.parse((await call('export b --format json', cwd)).out)
  assert.deepEqual(trials[1].configuration, { lr: 1e-3, optimizer: 'adam', value: 2 })
  assert.deepEqual([trials[1].state, trials[1].reports], ['complete', [{ epoch: 3, loss: 0.25 }]])
})

test('curves that are longer than the study are taken up to its last epoch', async (t) => {
  const table = 'value,lr,optimizer,loss_1,loss_2,loss_3\n1,0.1,adam,3,2,nan\n2,0.1,adam,3,,\n'
  const cwd = aFolderWith(t, { 'old.csv': table, 'short.yaml': study('short', 2) })
  assert.deepEqual(await counts('import short.yaml old.csv', cwd), { imported: 2, new: 2, known: 0, empty: 0, cut: 1 })
  const { trials } = JSON.parse((await call('export short --format json', cwd)).out)
  assert.deepEqual(
    trials.map(({ state, epoch }: { state: string; epoch: number }) => [state, epoch]),
    [
      ['complete', 2],
      ['stopped', 1],
    ],
  )
})

test('everything that is wrong with a table is told at once, with its lines, and nothing is imported', async (t) => {
  const rows = ['1,0.1,adam,,0.5', '7,0.1,adam,0.9,high', '1,0.1', '1,,sgd,0.5,0.1']
  const cwd = aFolderWith(t, { 'old.csv': `value,lr,optimizer,momentum,loss\n${rows.join('\n')}\n` })
  const { code, err } = await call('import b.yaml old.csv', cwd)
  assert.equal(code, 2)
  assert.match(err, /^error IMPORT_INVALID/)
  for (const part of [
    'line 3: loss',
    'line 3: momentum does not exist',
    'line 3: value',
    'line 4: expected 5 cells',
    'line 5: lr is missing',
  ])
    assert.ok(err.includes(`old.csv, ${part}`), `${part} in ${err}`)
  assert.equal((await call('trials b', cwd)).code, 2, 'the study was not even made')
})

test('columns that mean nothing are named, with what was probably meant', async (t) => {
  const cwd = aFolderWith(t, { 'old.csv': 'value,optimiser,lr,seconds,loss\n1,adam,0.1,9,0.5\n' })
  const wrong = await call('import b.yaml old.csv', cwd)
  assert.match(wrong.err, /got the column optimiser \(did you mean optimizer\?\)/)
  assert.match(wrong.err, /got the column seconds/)
  assert.match(wrong.err, /expected a column for the parameter optimizer, got none/)
  writeFileSync(join(cwd, 'old.csv'), 'value,optimizer,lr,seconds,loss\n1,adam,0.1,9,0.5\n')
  assert.equal((await counts('import b.yaml old.csv --ignore seconds', cwd))['imported'], 1)
})

for (const [text, problem] of [
  ['', 'got an empty file'],
  ['value,lr,optimizer,loss\n1,0.1,"adam,0.5\n', 'a closing quote'],
  ['{"trials": 3}', 'expected an object with `trials`'],
  ['{"trials": [{"configuration": {"lr": 2}, "reports": [{"epoch": 0, "loss": "x"}]}]}', 'trials[0]: lr: expected'],
  ['{broken', 'expected JSON'],
] as const)
  test(`a file that begins with '${text.slice(0, 20)}' is refused: ${problem}`, async (t) => {
    const { code, err } = await call('import b.yaml old', aFolderWith(t, { old: text }))
    assert.equal(code, 2)
    assert.match(err, /^error IMPORT_INVALID/)
    assert.ok(err.includes(problem), err)
  })

test('--dry-run imports nothing, and a file that is not there is named', async (t) => {
  const cwd = aFolderWith(t, { 'old.csv': 'value,lr,optimizer,loss\n1,0.1,adam,0.5\n' })
  assert.match((await call('import b.yaml old.csv --dry-run', cwd)).out, /b: 1 result could be imported/)
  assert.equal((await call('trials b', cwd)).code, 2)
  const missing = await call('import b.yaml new.csv', cwd)
  assert.deepEqual([missing.code, missing.err.startsWith('error IMPORT_UNREADABLE')], [2, true])
})

test('beside a controller at work results go through the store', async (t) => {
  const cwd = aFolderWith(t, { 'old.csv': 'value,lr,optimizer,loss\n1,0.1,adam,0.5\n2,0.1,adam,0.4\n' })
  await call('ask b.yaml', cwd)
  const store = await openStore(`sqlite:${join(cwd, 'foretune.db')}`)
  const session = await openSession({ store, name: 'b', executor: outsideExecutor })
  const alive = setInterval(() => undefined, 1000)
  try {
    assert.equal((await counts('import b old.csv', cwd))['imported'], 2)
    assert.equal(session.study.state.importedCount, 2)
  } finally {
    clearInterval(alive)
    await session.leave('test')
    await store.close()
  }
})
