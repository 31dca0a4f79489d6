import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { aFolder, call } from './stored-studies.laws.ts'

interface Found {
  readonly level: string
  readonly about: string
  readonly text: string
}

const whole = {
  name: 'small',
  command: 'sh train.sh {lr}',
  metrics: { from: 'stdout', format: 'jsonl' },
  objective: 'loss',
  space: { lr: { type: 'float', low: 0, high: 1 } },
  epochs: { max: 3 },
  scheduler: 'none',
  budget: { trials: 4 },
  executor: { type: 'local', slots: 1, gpus: 'none' },
}

function aStudy(t: TestContext, change: { readonly [field: string]: unknown } = {}): string {
  const folder = aFolder(t)
  writeFileSync(join(folder, 'study.json'), JSON.stringify({ ...whole, ...change }))
  writeFileSync(join(folder, 'train.sh'), 'echo 1\n')
  return folder
}

async function check(cwd: string, words = ''): Promise<{ readonly code: number; readonly found: readonly Found[] }> {
  const { code, out } = await call(`check study.json --json ${words}`, cwd, { env: { PATH: process.env['PATH'] } })
  return {
    code,
    found: out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  }
}

const about = (found: readonly Found[], what: string): Found[] => found.filter((one) => one.about === what)

test('a study that has all it needs passes, in lines that begin with their level', async (t) => {
  const cwd = aStudy(t)
  const { code, found } = await check(cwd)
  assert.equal(code, 0)
  assert.deepEqual([...new Set(found.map(({ level }) => level))], ['ok'])
  const text = await call('check study.json', cwd, { env: { PATH: process.env['PATH'] } })
  assert.equal(text.out.trim().split('\n').length, found.length)
  assert.match(text.out, /^ok {5}file {10}small: random sampler, none scheduler$/m)
  assert.deepEqual((await call('trials small', cwd)).code, 2, 'nothing was made')
})

test('mistakes of the file are findings with their places: exit 1; a file that is not there is exit 2', async (t) => {
  const cwd = aStudy(t, { epochs: { max: 0 }, budgt: {} })
  const { code, found } = await check(cwd)
  assert.equal(code, 1)
  assert.deepEqual(
    found.map(({ level, about: what }) => [level, what]),
    [
      ['error', 'file'],
      ['error', 'file'],
    ],
  )
  assert.match(found.map(({ text }) => text).join(), /study\.json:1:\d+ budgt/)
  assert.equal((await call('check other.yaml', cwd)).code, 2)
})

const commands: readonly (readonly [string, string, RegExp])[] = [
  ['no-such-program-anywhere {lr}', 'command', /in PATH, found none/],
  ['./missing {lr}', 'command', /expected a program at .*missing, found none/],
  ['./train.sh {lr}', 'command', /chmod \+x/],
  ['sh other.sh {lr}', 'script', /expected a file .*other\.sh, found none/],
]
for (const [command, what, text] of commands)
  test(`\`command: ${command}\` is an error about the ${what}`, async (t) => {
    const { code, found } = await check(aStudy(t, { command }))
    assert.equal(code, 1)
    assert.match(about(found, what).find(({ level }) => level === 'error')?.text ?? '', text)
  })

test('a program of the study folder is found once it may be executed, and the PATH of the study counts', async (t) => {
  const cwd = aStudy(t, { command: './train.sh {lr}' })
  chmodSync(join(cwd, 'train.sh'), 0o755)
  assert.equal((await check(cwd)).code, 0)
  writeFileSync(join(cwd, 'study.json'), JSON.stringify({ ...whole, command: 'train.sh {lr}', env: { PATH: cwd } }))
  assert.equal((await check(cwd)).code, 0)
})

test('a program that could not know a parameter, or report a metric, is warned of', async (t) => {
  const space = { ...whole.space, width: { type: 'int', low: 1, high: 9 } }
  const unused = await check(aStudy(t, { space }))
  assert.equal(unused.code, 0)
  assert.match(about(unused.found, 'placeholders')[0]?.text ?? '', /^width: not in the command/)
  const silent = await check(aStudy(t, { metrics: undefined }))
  assert.equal(about(silent.found, 'metrics')[0]?.level, 'warn')
})

test('an executor that this machine has not is an error, too many slots a warning', async (t) => {
  const gpu = await check(aStudy(t, { executor: { type: 'local', gpus: [4096] } }))
  assert.deepEqual([gpu.code, about(gpu.found, 'executor')[0]?.level], [1, 'error'])
  const slots = await check(aStudy(t, { executor: { type: 'local', slots: 10_000, gpus: 'none' } }))
  assert.deepEqual([slots.code, about(slots.found, 'executor').map(({ level }) => level)], [0, ['ok', 'warn']])
})

test('a study too small for any prediction is warned of, by preview too; one that predicts is not', async (t) => {
  const resumable = { command: 'sh train.sh {lr} {from} {until}', budget: undefined, epochs: { max: 12 } }
  const scheduler = { type: 'swift-hyperband', eta: 2 }
  const cwd = aStudy(t, { ...resumable, scheduler })
  const { code, found } = await check(cwd)
  assert.equal(code, 0)
  const [warning] = about(found, 'predictor')
  assert.equal(warning?.level, 'warn')
  assert.match(warning?.text ?? '', /^nothing will be predicted: .* d = 15 trials/)
  assert.match((await call('preview study.json', cwd)).out, /^nothing will be predicted: /m)
  const large = aStudy(t, { ...resumable, scheduler: { ...scheduler, d: 4 } })
  assert.deepEqual(about((await check(large)).found, 'predictor'), [])
  assert.doesNotMatch((await call('preview study.json', large)).out, /nothing will be predicted/)
})

test('a quantum annealer that is not there is an error, unless another one may stand in', async (t) => {
  const asked = { command: 'sh train.sh {lr} {from} {until}', epochs: { max: 27 }, budget: undefined }
  const withAnnealer = (more: object) =>
    aStudy(t, {
      ...asked,
      scheduler: { type: 'swift-hyperband', eta: 2, d: 4, predictor: { type: 'qsvr', annealer: 'ocean', ...more } },
    })
  const env = { PATH: process.env['PATH'], FORETUNE_PYTHON: '/nowhere/python' }
  const { code, out } = await call('check study.json', withAnnealer({}), { env })
  assert.equal(code, 1)
  assert.match(out, /^error +annealer +ANNEALER_PYTHON_MISSING: /m)
  const fallback = await call('check study.json', withAnnealer({ fallback: 'simulated-annealing' }), { env })
  assert.equal(fallback.code, 0)
})

test('a space that is smaller than the budget and a study without an end are warned of', async (t) => {
  const small = await check(aStudy(t, { space: { lr: { type: 'ordinal', values: [1, 2] } } }))
  assert.equal(about(small.found, 'space')[0]?.level, 'warn')
  const endless = await check(aStudy(t, { budget: {} }))
  assert.equal(about(endless.found, 'budget')[0]?.level, 'warn')
  const pass = await check(aStudy(t, { budget: {}, scheduler: 'hyperband', resumable: 'restart' }))
  assert.deepEqual(about(pass.found, 'budget'), [])
})

test('a store that is none, or lies nowhere, is an error', async (t) => {
  const cwd = aStudy(t)
  writeFileSync(
    join(cwd, 'text.db'),
    'no database, but text that is long enough to have a header of a hundred bytes'.repeat(3),
  )
  for (const store of ['sqlite:text.db', 'sqlite:no/where/foretune.db', 'mysql:x']) {
    const { code, found } = await check(cwd, `--store ${store}`)
    assert.deepEqual([code, about(found, 'store')[0]?.level], [1, 'error'], store)
  }
})

test('a study that the store holds goes on; changed where it must not be, it is an error', async (t) => {
  const cwd = aStudy(t)
  mkdirSync(join(cwd, 'elsewhere'))
  assert.equal((await call('ask study.json', cwd)).code, 0)
  assert.match(about((await check(cwd)).found, 'study')[0]?.text ?? '', /known, 1 trial: a run goes on$/)
  writeFileSync(join(cwd, 'study.json'), JSON.stringify({ ...whole, budget: { trials: 9 } }))
  assert.match(about((await check(cwd)).found, 'study')[0]?.text ?? '', /with 1 change: budget\.trials$/)
  writeFileSync(join(cwd, 'study.json'), JSON.stringify({ ...whole, seed: 3 }))
  const { code, found } = await check(cwd)
  assert.deepEqual([code, about(found, 'study')[0]?.level], [1, 'error'])
})
