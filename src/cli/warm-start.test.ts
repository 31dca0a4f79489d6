import assert from 'node:assert/strict'
import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { aFolder, call } from './stored-studies.laws.ts'

const study = (name: string, more: string): string => `name: ${name}
objective: { metric: accuracy, direction: maximize }
scheduler: none
space:
  x: { type: float, low: 0, high: 1 }
  kind: { type: categorical, choices: [a, b] }
${more}
`

/** A study `old` whose accuracy is best around x = 0.8 with kind b: fifty trials from a table. */
function withOld(t: TestContext): string {
  const cwd = aFolder(t)
  const rows = Array.from({ length: 50 }, (_, index) => {
    const [x, kind] = [index / 50, index % 2 === 0 ? 'a' : 'b']
    return `${x},${kind},${1 - (x - 0.8) ** 2 - (kind === 'a' ? 0.5 : 0)}`
  })
  writeFileSync(join(cwd, 'old.csv'), `x,kind,accuracy\n${rows.join('\n')}\n`)
  writeFileSync(join(cwd, 'old.yaml'), study('old', ''))
  return cwd
}

async function asked(file: string, count: number, cwd: string): Promise<{ x: number; kind: string }[]> {
  const found: { x: number; kind: string }[] = []
  for (let trial = 0; trial < count; trial++) {
    const { code, out, err } = await call(`ask ${file} --json`, cwd)
    assert.equal(code, 0, err)
    found.push(JSON.parse(out).configuration)
  }
  return found
}

const good = (all: readonly { readonly x: number; readonly kind: string }[]): number =>
  all.filter(({ x, kind }) => kind === 'b' && Math.abs(x - 0.8) < 0.2).length

test('first trials are drawn from around the best of an earlier study, a table or another study, for good', async (t) => {
  const cwd = withOld(t)
  assert.equal((await call('import old.yaml old.csv', cwd)).code, 0)
  for (const [name, from] of [
    ['table', 'old.csv'],
    ['store', '{ from: old, share: 0.2 }'],
  ] as const) {
    // prettier-ignore
    writeFileSync(join(cwd, `${name}.yaml`), study(name, `warmStart: ${from}`))
    const check = await call(`check ${name}.yaml`, cwd)
    assert.match(
      check.out + check.err,
      name === 'table' ? /around the best 5 of old.csv/ : /around the best 10 of old\n/,
    )
    const found = good(await asked(`${name}.yaml`, 20, cwd))
    assert.ok(found >= 10, `${found} of 20 are good`)
    assert.equal((await call(`verify ${name}`, cwd)).code, 0)
    const { study: exported } = JSON.parse((await call(`export ${name} --format json`, cwd)).out)
    assert.equal(exported.definition.warmStart.places.length, name === 'table' ? 5 : 10)
  }
  writeFileSync(join(cwd, 'cold.yaml'), study('cold', ''))
  assert.ok(good(await asked('cold.yaml', 20, cwd)) <= 7)

  // What was recorded counts, whatever becomes of the file; another source would be another study.
  writeFileSync(join(cwd, 'old.csv'), 'nothing')
  await asked('table.yaml', 1, cwd)
  assert.match((await call('check table.yaml', cwd)).out, /^(?![^]*warmStart)/)
})

test('an Optuna study of other parameters teaches what it knows', async (t) => {
  const cwd = aFolder(t)
  copyFileSync(
    fileURLToPath(new URL('../../test/fixtures/optuna.journal', import.meta.url)),
    join(cwd, 'optuna.journal'),
  )
  const other = `name: other
objective: error
space:
  learning_rate: { type: float, low: 1e-6, high: 1, log: true }
  width: { type: int, low: 8, high: 256, log: true }
  depth: { type: int, low: 1, high: 9 }
epochs: { max: 9 }
warmStart: { from: optuna.journal, study: net, rename: { loss: error } }
`
  writeFileSync(join(cwd, 'other.yaml'), other)
  const { out, err } = await call('check other.yaml', cwd)
  assert.match(out + err, /the first trials are drawn from around the best 4 of optuna.journal/)
  assert.equal((await call('ask other.yaml', cwd)).code, 0, 'with the default scheduler as well')
})

test('where there is nothing to begin from, or nothing that would, the study is not made', async (t) => {
  const cwd = withOld(t)
  for (const [more, code, message] of [
    ['warmStart: nothing', 'WARM_START_UNUSABLE', /cannot begin from nothing: .* cannot be read/],
    ['warmStart: empty.csv', 'WARM_START_UNUSABLE', /none of its trials came to its end/],
    ['warmStart: old.csv\nsampler: sobol', 'WARM_START_UNUSED', /got sobol/],
    ['warmStart: { from: old.csv, share: 2 }', 'STUDY_FILE_INVALID', /warmStart.share/],
    ['warmStart: 3', 'STUDY_FILE_INVALID', /the name of a study, or \{ from, share \}/],
  ] as const) {
    writeFileSync(join(cwd, 'empty.csv'), 'x,kind,accuracy\n')
    writeFileSync(join(cwd, 'new.yaml'), study('new', more))
    const { code: exit, err } = await call('ask new.yaml', cwd)
    assert.deepEqual([exit, err.startsWith(`error ${code}`)], [2, true], err)
    assert.match(err, message)
    assert.equal((await call('trials new', cwd)).code, 2, 'there is no such study')
  }
})

test('a study file with priors is checked, recorded and followed', async (t) => {
  const cwd = aFolder(t)
  const priors = study('hopeful', '')
    .replace('high: 1 }', 'high: 1, prior: { best: 0.9, sd: 0.05 } }')
    .replace('[a, b] }', '[a, b], prior: { weights: { b: 9 } } }')
  writeFileSync(join(cwd, 'hopeful.yaml'), priors)
  const found = await asked('hopeful.yaml', 30, cwd)
  assert.ok(found.filter(({ x }) => Math.abs(x - 0.9) < 0.1).length >= 22)
  assert.ok(found.filter(({ kind }) => kind === 'b').length >= 22)
  assert.equal((await call('verify hopeful', cwd)).code, 0)
  writeFileSync(join(cwd, 'wrong.yaml'), priors.replace('best: 0.9', 'best: 9').replace('b: 9', 'c: 9'))
  const { err } = await call('check wrong.yaml', cwd)
  const out = (await call('check wrong.yaml', cwd)).out + err
  assert.match(out, /wrong.yaml:5:\d+ space.x.prior.best: expected a number from 0 to 1, got 9/)
  assert.match(out, /space.kind.prior.weights.c: expected one of a, b, got c/)
})
