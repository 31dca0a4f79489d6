/** Studies that real Optunas have just written come as those of the committed fixtures do, also while Optuna is at work on them. */
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { DatabaseSync } from 'node:sqlite'
import { optuna } from '../optuna-python.ts'
import { root } from './real-study.ts'

const study = `name: mine
objective: loss
space:
  lr: { type: float, low: 1e-5, high: 1, log: true }
  width: { type: ordinal, values: [16, 32, 48, 64] }
  dropout: { type: float, low: 0, high: 0.5, step: 0.05 }
  optimizer: { type: categorical, choices: [sgd, adam] }
  momentum: { type: float, low: 0, high: 1, when: { optimizer: sgd } }
epochs: { max: 9 }
scheduler: none
`

function aFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'foretune-optuna-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'mine.yaml'), study)
  return folder
}

function foretune(words: string, cwd: string): string {
  return execFileSync(join(root, 'bin/foretune'), words.split(' '), { cwd, encoding: 'utf8' })
}

const digest = (file: string): string => createHash('md5').update(readFileSync(file)).digest('hex')

/** All that came, apart from the numbers that a random sampler drew. */
function came(file: string, cwd: string): unknown {
  const words = `import mine.yaml ${file} --study net --rename learning_rate=lr`
  const summary: unknown = JSON.parse(foretune(`${words} --json --dry-run`, cwd))
  const store = `sqlite:${join(cwd, `${file}.foretune`)}`
  foretune(`${words} --store ${store}`, cwd)
  const { trials } = JSON.parse(foretune(`export mine --format json --store ${store}`, cwd)) as {
    readonly trials: readonly { readonly [field: string]: unknown }[]
  }
  return { summary, trials: trials.map(({ state, configuration, reports }) => [state, configuration, reports]) }
}

for (const python of optuna.pythons) {
  const version = execFileSync(python, ['-c', 'import optuna; print(optuna.__version__)'], { encoding: 'utf8' }).trim()

  test(`what Optuna ${version} has written comes as the fixtures do`, (t) => {
    const folder = aFolder(t)
    execFileSync(python, [join(root, 'test/fixtures/optuna-study.py'), folder])
    const expected = aFolder(t)
    writeFileSync(join(expected, 'optuna.journal'), readFileSync(join(root, 'test/fixtures/optuna.journal')))
    const fixture = new DatabaseSync(join(expected, 'optuna.db'), { enableForeignKeyConstraints: false })
    fixture.exec(readFileSync(join(root, 'test/fixtures/optuna.sql'), 'utf8'))
    fixture.close()
    for (const file of ['optuna.db', 'optuna.journal']) {
      const before = digest(join(folder, file))
      assert.deepEqual(came(file, folder), came(file, expected))
      assert.equal(digest(join(folder, file)), before, 'the file is as it was')
    }
  })

  test(`Optuna ${version} goes on undisturbed while its trials are imported`, async (t) => {
    const folder = aFolder(t)
    const writer = `
import optuna, sys
optuna.logging.set_verbosity(optuna.logging.ERROR)
s = optuna.create_study(storage="sqlite:///optuna.db", sampler=optuna.samplers.RandomSampler(seed=1))
print("begun", flush=True)
def objective(t):
    t.suggest_float("lr", 1e-5, 1, log=True)
    for step in range(3):
        t.report(1 / (step + 1), step)
    return 1 / 3
s.optimize(objective, timeout=8)
print(len(s.trials), {t.state.name for t in s.trials})
`
    writeFileSync(join(folder, 'mine.yaml'), 'name: mine\nobjective: loss\nspace: { lr: { type: float, low: 1e-5, high: 1, log: true } }\nepochs: { max: 3 }\n') // prettier-ignore
    const child = spawn(python, ['-c', writer], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
    let said = ''
    await new Promise<void>((begun) => child.stdout.on('data', (text) => ((said += String(text)), begun())))
    const counts: number[] = []
    while (child.exitCode === null && counts.length < 5) {
      const { new: count, skipped } = JSON.parse(foretune('import mine.yaml optuna.db --dry-run --json', folder)) as {
        readonly new: number
        readonly skipped: readonly unknown[]
      }
      assert.deepEqual(skipped, [])
      counts.push(count)
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
    assert.equal(await ended, 0)
    assert.match(said, /\d+ \{'COMPLETE'\}/)
    assert.deepEqual(
      counts,
      counts.toSorted((a, b) => a - b),
      'more at each time',
    )
    assert.ok((counts.at(-1) ?? 0) > 0)
  })
}

test('there is an Optuna to try it with', { skip: optuna.skip }, () => assert.ok(optuna.pythons.length > 0))
