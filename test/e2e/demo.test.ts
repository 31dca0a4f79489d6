/** The demo as a newcomer runs it, and every command on the study that it leaves. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'foretune-demo-'))
after(() => rmSync(folder, { recursive: true, force: true }))

interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

function foretune(...words: string[]): Ran {
  return spawnSync(process.execPath, [join(root, 'bin', 'foretune'), ...words], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, FORETUNE_STORE: `sqlite:${join(folder, 'demo.db')}`, NO_COLOR: '1' },
    maxBuffer: 1 << 28,
  })
}

function good(...words: string[]): string {
  const { status, stdout, stderr } = foretune(...words)
  assert.equal(status, 0, `foretune ${words.join(' ')}: ${stderr}`)
  return stdout
}

let demo: Ran

before(() => {
  demo = spawnSync(process.execPath, [join(root, 'examples', 'digits', 'demo.ts'), '--folder', folder], {
    cwd: root,
    encoding: 'utf8',
  })
})

test('the demo ends with the best configuration, its test accuracy, the price, and three things to try', () => {
  assert.equal(demo.status, 0, demo.stderr)
  assert.match(demo.stdout, /digits is finished/)
  assert.match(demo.stdout, /357 spent, 966 saved against training every trial to the end/)
  const accuracy = Number(/Test accuracy of trial \d+: ([\d.]+) %/.exec(demo.stdout)?.[1])
  assert.ok(accuracy > 95, `${accuracy} %`)
  assert.equal(demo.stdout.match(/^ {2}foretune /gm)?.length, 3)
})

test('status, best, trials, story and curves tell of it', () => {
  assert.match(good('status', 'digits'), /49 of 49/)
  assert.equal(JSON.parse(good('status', 'digits', '--json')).study, 'digits')
  const best = JSON.parse(good('best', 'digits', '--json'))
  assert.equal(best.among, 'complete')
  assert.match(good('best', 'digits', '--format', 'args'), /--lr \S+ --hidden \d+/)
  assert.match(good('best', 'digits', '--format', 'env'), /^LR=|^lr=|=/m)
  const trials = good('trials', 'digits', '--json')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.equal(trials.length, 49)
  const stopped = trials.find((trial: { state: string }) => trial.state === 'stopped') as { trial: number }
  assert.match(
    good('story', 'digits', String(stopped.trial)),
    /was stopped at epoch \d+: its val_loss [\d.]+ was rank \d+ of \d+/,
  )
  assert.match(good('curves', 'digits'), /val_loss \(minimize\)/)
  const svg = join(folder, 'curves.svg')
  good('curves', 'digits', '--svg', svg)
  assert.match(readFileSync(svg, 'utf8'), /^<svg[\s\S]*<\/svg>\s*$/)
})

test('verify takes every decision again', () => {
  assert.match(good('verify', 'digits'), /taken again and equal/)
})

test('what it exports, simulate and import eat', () => {
  for (const format of ['csv', 'json', 'curves'])
    good('export', 'digits', '--format', format, '--output', join(folder, `digits.${format}`))
  good('export', 'digits', '--format', 'parquet', '--output', join(folder, 'digits.parquet'))
  const exported = JSON.parse(readFileSync(join(folder, 'digits.json'), 'utf8'))
  assert.equal(exported.trials.length, 49)
  assert.equal(exported.trials[0].reports[0].epoch, 1)
  const curves = join(folder, 'curves-table.csv')
  good('export', 'digits', '--format', 'curves', '--output', curves)
  const simulated = JSON.parse(good('simulate', curves, '--scheduler', 'none', '--max-epochs', '27', '--json'))
  assert.equal(simulated.trials, 49)
})

test('replay and compare ask what another scheduler would have done', () => {
  assert.match(good('replay', 'digits', '--scheduler', 'asha'), /asha/)
  assert.match(good('compare', 'digits'), /digits/)
})

test('check and preview look at the file before any training', () => {
  const file = join(root, 'examples', 'digits', 'study.yaml')
  assert.match(good('preview', file), /357/)
  good('check', file)
})

test('run and resume on a finished study say so and change nothing', () => {
  const { status, stdout } = foretune('resume', 'digits', '--quiet')
  assert.equal(status, 0)
  assert.match(stdout, /digits is finished/)
})

test('commands that ask a controller say that none is at work', () => {
  for (const command of ['stop', 'pause']) {
    const { status, stderr } = foretune(command, 'digits')
    assert.equal(status, 2)
    assert.match(stderr, /STUDY_NOT_RUNNING/)
  }
})

test('every command has a help with an example', () => {
  const names = [...good('help').matchAll(/^ {2}([a-z]+) {2,}/gm)].map((match) => match[1] as string)
  const wanted =
    'init check preview run resume stop pause status best trials story curves compare export import verify replay simulate ask tell report doctor schema completion version help'
  for (const name of wanted.split(' ')) {
    assert.ok(names.includes(name), `${name} is listed`)
    assert.match(good(name, '--help'), /foretune /)
  }
})
