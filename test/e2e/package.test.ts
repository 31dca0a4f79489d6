/** What a user installs: the packed tarball in an empty project, with nothing of the clone around it. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { root } from './real-study.ts'

const folder = mkdtempSync(join(tmpdir(), 'foretune-package-'))
const project = join(folder, 'project')
const clone = join(folder, 'clone')
let tarball = ''
after(() => rmSync(folder, { recursive: true, force: true }))

interface Result {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** In the project, with the Node that the tests run on as `node`. */
function inProject(file: string, ...words: readonly string[]): Result {
  return call(file, words, project, [dirname(process.execPath)])
}

function call(file: string, words: readonly string[], cwd: string, path: readonly string[] = []): Result {
  const PATH = [...path, process.env['PATH'] ?? ''].join(delimiter)
  const env = { ...process.env, PATH, FORETUNE_STORE: '', FORETUNE_NODE: '', NODE_OPTIONS: '' }
  return spawnSync(file, words, { cwd, encoding: 'utf8', env, timeout: 120_000 })
}

const foretune = (...words: readonly string[]): Result => inProject('node_modules/.bin/foretune', ...words)

before(() => {
  // A copy of what is in the repository, so that nothing that an earlier build left behind gets into the package.
  const kept = /^(src|bin|python|README\.md|LICENSE|CHANGELOG\.md|package\.json|tsconfig.*\.json)(\/|$)/
  cpSync(root, clone, {
    recursive: true,
    filter: (source) => source === root || (source.startsWith(`${root}`) && kept.test(source.slice(root.length))),
  })
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'))
  const packed = call('npm', ['pack', '--pack-destination', folder, '--json'], clone, [dirname(process.execPath)])
  assert.equal(packed.status, 0, packed.stdout + packed.stderr)
  const version = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version
  tarball = join(folder, `foretune-${version}.tgz`)
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{ "name": "empty", "private": true, "type": "module" }')
  const installed = inProject('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', tarball)
  assert.equal(installed.status, 0, installed.stderr)
})

test('the package holds the build, the launcher, the Python client and its papers, and nothing else', () => {
  const { stdout } = call('tar', ['tzf', tarball], folder)
  const files = stdout.trim().split('\n').map((name) => name.replace('package/', '')) // prettier-ignore
  for (const needed of [
    'bin/foretune',
    'bin/package.json',
    'dist/index.js',
    'dist/index.d.ts',
    'dist/cli/main.js',
    'dist/trial/index.js',
    'dist/testing/index.js',
    'python/foretune.py',
    'python/foretune_ocean.py',
    'README.md',
    'LICENSE',
    'CHANGELOG.md',
    'package.json',
  ])
    // prettier-ignore
    assert.ok(files.includes(needed), needed)
  const allowed =
    /^(bin\/(foretune|package\.json)|dist\/.+\.(js|d\.ts)|python\/[^/]+|README\.md|LICENSE|CHANGELOG\.md|package\.json)$/
  assert.deepEqual(files.filter((name) => !allowed.test(name)), []) // prettier-ignore
  const isLaws = (name: string): boolean => /^dist\/(testing\/index|.+\.laws)\./.test(name)
  assert.deepEqual(files.filter((name) => !isLaws(name) && /test|fixture|tsbuildinfo|^src\//.test(name)), []) // prettier-ignore
  // Of laws the package holds those that `foretune/testing` names, and what they need.
  const { files: shipped } = JSON.parse(readFileSync(join(root, 'src/testing/tsconfig.json'), 'utf8')) as {
    files: string[]
  }
  const built = (source: string): string[] =>
    ['.js', '.d.ts'].map((ending) => join('dist/testing', source).replace(/\.ts$/, ending))
  assert.deepEqual(files.filter(isLaws).sort(), shipped.flatMap(built).sort())
})

test('publint has nothing to say', () => {
  const { status, stdout, stderr } = call(join(root, 'node_modules/.bin/publint'), ['run', clone, '--strict'], clone, [
    dirname(process.execPath),
  ])
  assert.equal(status, 0, stdout + stderr)
  assert.match(stdout, /All good!/)
})

test('the installed command says its version and its help, and runs a study', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string }
  const said = foretune('version')
  assert.equal(said.status, 0, said.stderr)
  assert.ok(said.stdout.includes(version), said.stdout)
  const help = foretune('--help')
  assert.equal(help.status, 0)
  assert.match(help.stdout, /\brun\b.*\n[^]*\bresume\b/)
  writeFileSync(
    join(project, 'study.yaml'),
    `command: sh -c 'for e in 1 2 3; do echo "epoch $e loss {x}"; done'
objective: loss
space: { x: { type: float, low: 0, high: 1 } }
epochs: { max: 3 }
metrics: { from: stdout, pattern: "epoch (?<epoch>\\\\d+) loss (?<loss>\\\\S+)" }
budget: { trials: 4 }
executor: { type: local, slots: 2, gpus: none }
`,
  )
  const run = foretune('run', 'study.yaml')
  assert.equal(run.status, 0, run.stderr)
  assert.match(run.stdout, /study is finished/)
  const verified = foretune('verify', 'study')
  assert.equal(verified.status, 0, verified.stdout)
})

test('the library is imported from a plain module, and the trial client too', () => {
  writeFileSync(
    join(project, 'tune.mjs'),
    `import { float, study, version } from 'foretune'
import { attempt } from 'foretune/trial'
const one = await study({ name: 'one', space: { x: float(0, 1) }, objective: 'loss', epochs: { max: 2 }, budget: { trials: 3 } })
const { best } = await one.run(async (trial) => {
  for await (const epoch of trial.epochs()) await trial.report({ loss: trial.configuration.x / epoch })
})
await one.close()
const dry = attempt({ defaults: { lr: 0.1 }, epochs: 1 })
for await (const epoch of dry.epochs()) dry.report({ loss: epoch })
console.log(version, typeof best.configuration.x, best.epoch)
`,
  )
  const { status, stdout, stderr } = inProject('node', 'tune.mjs')
  assert.equal(status, 0, stderr)
  assert.match(stdout, /^epoch 1: loss=1\n\d+\.\d+\.\d+ number 2\n$/)
})

test('its types resolve, without skipping the check of libraries', () => {
  writeFileSync(
    join(project, 'typed.ts'),
    `import { categorical, float, hyperband, study } from 'foretune'
import { attempt } from 'foretune/trial'
const one = await study({
  name: 'typed',
  space: { lr: float(1e-5, 1, { log: true }), optimizer: categorical(['sgd', 'adam']) },
  objective: 'loss',
  scheduler: hyperband({ eta: 3 }),
  epochs: { max: 9 },
})
const { best } = await one.run(async (trial) => {
  for await (const epoch of trial.epochs()) await trial.report({ loss: trial.configuration.lr * epoch })
})
export const optimizer: 'sgd' | 'adam' = best.configuration.optimizer
// @ts-expect-error -- no such parameter
export const wrong = best.configuration.lrr
export const lr: number = attempt({ defaults: { lr: 1 } }).configuration.lr
`,
  )
  const options = {
    module: 'nodenext',
    target: 'es2024',
    lib: ['es2024', 'dom'],
    types: [],
    strict: true,
    noEmit: true,
  }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['typed.ts'] }))
  const { status, stdout } = inProject(join(root, 'node_modules/.bin/tsc'), '--project', project)
  assert.equal(status, 0, stdout)
})

test('on a Node that is too old it says in one sentence what to do, and exits 78', () => {
  // The launcher alone, asking for a Node that does not exist: what an old Node sees of it, on any Node.
  const bare = join(folder, 'bare')
  mkdirSync(join(bare, 'bin'), { recursive: true })
  const launcher = readFileSync(join(root, 'bin/foretune'), 'utf8')
  assert.match(launcher, /^var MIN = \[24, 15\]$/m)
  writeFileSync(join(bare, 'bin/foretune'), launcher.replace('[24, 15]', '[99, 0]'))
  const asked = call(process.execPath, [join(bare, 'bin/foretune'), 'version'], bare)
  assert.equal(asked.status, 78)
  assert.equal(asked.stdout, '')
  assert.match(
    asked.stderr,
    /^foretune needs Node\.js 99\.0 or newer; this is v\d+\.\d+\.\d+\.\nRun it with `npx .*FORETUNE_NODE.*\n$/,
  )

  const old = oldNode()
  if (old === null) return
  const installed = call(old, [join(project, 'node_modules/foretune/bin/foretune'), 'version'], project)
  assert.equal(installed.status, 78, installed.stdout)
  assert.match(installed.stderr, /^foretune needs Node\.js 24\.15 or newer; this is v/)
  // With one at hand it starts that one.
  const lent = spawnSync(old, [join(project, 'node_modules/foretune/bin/foretune'), 'version'], {
    encoding: 'utf8',
    env: { ...process.env, FORETUNE_NODE: process.execPath },
  })
  assert.equal(lent.status, 0, lent.stderr)
})

/** A Node of the system that is older than ours; null where there is none. */
function oldNode(): string | null {
  for (const place of (process.env['PATH'] ?? '').split(delimiter)) {
    const node = join(place, 'node')
    if (place === '' || !existsSync(node)) continue
    const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' })
    const [major = 99] = stdout.replace('v', '').split('.').map(Number)
    if (major < 24) return node
  }
  return null
}
