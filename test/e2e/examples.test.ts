/** The examples besides the demo: the Python script unchanged and with the client, with smaller budgets, and the library example. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const environment = join(root, '.cache', 'python')
const folder = mkdtempSync(join(tmpdir(), 'foretune-examples-'))
after(() => rmSync(folder, { recursive: true, force: true }))

function run(
  program: string,
  words: readonly string[],
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const path = `${join(environment, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`
  const env = { ...process.env, PATH: path, FORETUNE_STORE: `sqlite:${join(folder, 'examples.db')}` }
  return spawnSync(program, words, { cwd: folder, encoding: 'utf8', env })
}

/** Without Python, or without the network to install scikit-learn, there is nothing to run. */
let why: string | null = null

before(() => {
  if (!existsSync(join(environment, 'bin', 'python'))) {
    const made = spawnSync('python3', ['-m', 'venv', environment], { encoding: 'utf8' })
    if (made.status !== 0) why = `no Python environment: ${made.error?.message ?? made.stderr}`
  }
  const installed = run('python', ['-m', 'pip', 'install', '--quiet', 'scikit-learn==1.9.1'])
  if (why === null && installed.status !== 0) why = `scikit-learn could not be installed: ${installed.stderr}`
  cpSync(join(root, 'python'), join(folder, 'python'), { recursive: true })
  cpSync(join(root, 'examples', 'python-script'), join(folder, 'examples', 'python-script'), { recursive: true })
})

for (const [name, trials] of [
  ['plain', 5],
  ['client', 26],
] as const) {
  test(`the Python script, ${name}: its study runs to the end`, (t) => {
    if (why !== null && process.env['CI'] !== 'true') return t.skip(why)
    assert.equal(why, null)
    const file = join(folder, 'examples', 'python-script', `study-${name}.yaml`)
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(/budget: \{ trials: \d+ \}/, `budget: { trials: ${trials} }`),
    )
    const { status, stdout, stderr } = run(process.execPath, [join(root, 'bin', 'foretune'), 'run', file, '--quiet'])
    assert.equal(status, 0, stderr)
    assert.match(stdout, new RegExp(`trials +${trials} of ${trials}`))
    const verified = run(process.execPath, [join(root, 'bin', 'foretune'), 'verify', `python-${name}`])
    assert.equal(verified.status, 0, verified.stdout)
    if (name === 'client') expectPredictions(stdout)
    return undefined
  })
}

/** The study with the client predicts, drops trials, audits itself, and says why each trial was dropped. */
function expectPredictions(summary: string): void {
  const [, trained, dropped] = /(\d+) predictors? trained, (\d+) trials? dropped/.exec(summary) ?? []
  assert.ok(Number(trained) > 0 && Number(dropped) > 0, summary)
  const foretune = (...words: string[]): string =>
    run(process.execPath, [join(root, 'bin', 'foretune'), ...words, '--json']).stdout
  const audits: unknown[] = JSON.parse(foretune('audit', 'python-client')).audit.audits
  assert.ok(audits.length > 0, 'an audit')
  const reasons: { why: { rule: string; text: string } | null }[] = foretune('trials', 'python-client')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const told = reasons.flatMap(({ why }) => (why?.rule === 'swift-dropped' ? [why.text] : []))
  assert.equal(told.length, Number(dropped) - audits.length)
  for (const text of told)
    assert.match(text, /predicted val_loss [\d.]+ ± [\d.]+ at epoch \d+ does not beat the threshold/)
}

test('both Python scripts run by hand, outside Foretune', (t) => {
  if (why !== null && process.env['CI'] !== 'true') return t.skip(why)
  const scripts = join(folder, 'examples', 'python-script')
  assert.match(run('python', [join(scripts, 'train_plain.py'), '--epochs', '2']).stdout, /epoch 2 val_loss=/)
  const dry = run('env', [`PYTHONPATH=${join(folder, 'python')}`, 'python', join(scripts, 'train_client.py')])
  assert.equal(dry.status, 0, dry.stderr)
  return undefined
})

test('the library example trains in its own process', () => {
  const { status, stderr } = run(process.execPath, [join(root, 'examples', 'library', 'digits.ts')])
  assert.equal(status, 0, stderr)
})
