import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { aStudy, schedulerOf } from '../core/study/views/small-study.laws.ts'
import { aFolder, aStore } from './stored-studies.laws.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const launcher = join(root, 'bin', 'foretune')

/** A Node of the machine's own that is too old for Foretune. */
const oldNode = (process.env['PATH'] ?? '')
  .split(delimiter)
  .filter((folder) => !folder.includes('node_modules'))
  .map((folder) => join(folder, 'node'))
  .find(
    (file) =>
      existsSync(file) && Number(spawnSync(file, ['-p', 'process.versions.node']).stdout.toString().split('.')[0]) < 24,
  )
const skip = oldNode === undefined && 'there is no Node below 24 on this machine'

function run(
  node: string,
  words: readonly string[],
  options: { readonly file?: string; readonly env?: NodeJS.ProcessEnv } = {},
) {
  const { FORETUNE_NODE: _, FORETUNE_REEXEC: __, ...env } = process.env
  const { status, stdout, stderr } = spawnSync(node, [options.file ?? launcher, ...words], {
    encoding: 'utf8',
    env: { ...env, ...options.env },
  })
  return { status, stdout, stderr }
}

test('the launcher runs the sources of a clone and passes the exit code on', () => {
  const version = run(process.execPath, ['version'])
  assert.deepEqual([version.status, version.stderr], [0, ''])
  assert.match(version.stdout, /^foretune \d/)
  assert.equal(run(process.execPath, ['no-such-command']).status, 2)
})

test('on an old Node it looks for a new one and passes the exit code on', { skip }, () => {
  const env = { FORETUNE_NODE: process.execPath }
  const { status, stdout, stderr } = run(oldNode as string, ['version', '--json'], { env })
  assert.deepEqual([status, stderr], [0, ''])
  assert.equal(JSON.parse(stdout).node, process.versions.node)
  assert.equal(run(oldNode as string, ['no-such-command'], { env }).status, 2)
})

test('on an old Node without a new one it says what to do, exit 78', { skip }, (t) => {
  const folder = aFolder(t)
  mkdirSync(join(folder, 'bin'))
  for (const name of ['foretune', 'package.json']) copyFileSync(join(root, 'bin', name), join(folder, 'bin', name))
  const file = join(folder, 'bin', 'foretune')
  const alone = run(oldNode as string, ['version'], { file })
  assert.equal(alone.status, 78)
  assert.match(alone.stderr, /^foretune needs Node\.js 24\.\d+ or newer; this is v\d+.*\n.*npx -y -p node@24/)
  mkdirSync(join(folder, 'node_modules', 'node'), { recursive: true })
  const unbuilt = run(oldNode as string, ['version'], { file })
  assert.equal(unbuilt.status, 78)
  assert.match(unbuilt.stderr, /npm rebuild node/)
})

test('a reader that closes the pipe early ends a command quietly', async (t) => {
  const study = aStudy({ definition: { scheduler: schedulerOf('none'), budget: { trials: 400 } }, slots: 10 })
  const cwd = await aStore(t, { digits: study })
  const child = spawn(process.execPath, [launcher, 'export', 'digits', '--format', 'json'], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let err = ''
  child.stderr.on('data', (data) => (err += data))
  child.stdout.once('data', () => child.stdout.destroy())
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.on('close', (...end) => resolve(end)),
  )
  assert.deepEqual([code, signal, err], [0, null, ''])
})
