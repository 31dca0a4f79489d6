/** The way to Ocean with real processes, as far as it goes without Ocean; with it: test/e2e/ocean.test.ts. */
import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { ForetuneError } from '../errors.ts'
import type { Annealer } from '../ports.ts'
import { isAlive } from '../executors/process-tree.ts'
import { annealerDefaults, oceanAnnealer } from './ocean.ts'
import type { OceanOptions } from './ocean.ts'

const qubo = { size: 2, q: Float64Array.of(-1, 2, 0, -1) }
const token = 'DEV-0123456789abcdef0123456789abcdef01234567'

/** Python without its site-packages: whatever is installed here, Ocean is not. */
const bare = 'exec python3 -S -I "$@"'

interface Rig {
  readonly annealer: Annealer
  /** The processes that were started, first to last. */
  pids(): number[]
}

/** An annealer whose Python is a shell script; it notes its own process number first. */
function rig(t: TestContext, script: string, options: OceanOptions = {}): Rig {
  const folder = mkdtempSync(join(tmpdir(), 'foretune-annealer-'))
  const python = join(folder, 'python')
  const pids = join(folder, 'pids')
  writeFileSync(python, `#!/bin/sh\ncd '${folder}'\necho $$ >> pids\n${script}\n`)
  chmodSync(python, 0o755)
  const annealer = oceanAnnealer({ python, retryPauseMs: 1, ...options })
  t.after(async () => {
    await annealer.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    annealer,
    pids: () => (existsSync(pids) ? readFileSync(pids, 'utf8').trim().split('\n').map(Number) : []),
  }
}

async function errorOf(promise: Promise<unknown>): Promise<ForetuneError> {
  try {
    await promise
  } catch (error) {
    assert.ok(error instanceof ForetuneError, String(error))
    return error
  }
  return assert.fail('it was answered')
}

const isGone = (pid: number | undefined): boolean => !isAlive({ pid: pid ?? 0, started: null, boot: null })

test('without Python, the error says how to name one', async () => {
  const annealer = oceanAnnealer({ env: { ...process.env, FORETUNE_PYTHON: '/nowhere/python' } })
  for (const error of [
    await errorOf(annealer.solve(qubo, annealerDefaults)),
    await errorOf(annealer.probe(annealerDefaults)),
  ]) {
    assert.equal(error.code, 'ANNEALER_PYTHON_MISSING')
    assert.equal(error.exit, 2)
    assert.equal(error.details['python'], '/nowhere/python')
  }
  await annealer.close()
})

test('a stand-in for Python that finds none is as good as no Python', async (t) => {
  const { annealer, pids } = rig(t, 'echo "python3: command not found" >&2; exit 127')
  const error = await errorOf(annealer.probe(annealerDefaults))
  assert.equal(error.code, 'ANNEALER_PYTHON_MISSING')
  assert.match(error.message, /command not found/)
  assert.equal(pids().length, 1)
})

test('without the packages, the error gives the command that installs them', async (t) => {
  const { annealer, pids } = rig(t, bare)
  const [here, there] = await Promise.all(
    ['simulated-annealing', 'mock'].map((solver) => errorOf(annealer.solve(qubo, { ...annealerDefaults, solver }))),
  )
  assert.equal(here?.code, 'ANNEALER_PACKAGE_MISSING')
  assert.match(here.message, /`\S*python\S* -m pip install dwave-samplers`/)
  assert.equal(there?.code, 'ANNEALER_PACKAGE_MISSING')
  assert.match(there.message, /`\S*python\S* -m pip install dwave-system dwave-samplers`/)
  assert.equal(pids().length, 1, 'both calls went to one process')
})

test('a bridge that dies in a call is started again, as often as stated', async (t) => {
  for (const retries of [0, 2]) {
    const { annealer, pids } = rig(t, 'read line; echo "out of luck" >&2; kill -9 $$', { retries })
    const error = await errorOf(annealer.solve(qubo, annealerDefaults))
    assert.equal(error.code, 'ANNEALER_BRIDGE_FAILED')
    assert.equal(error.exit, 3)
    assert.deepEqual(error.details, { problem: 'was ended by SIGKILL', said: 'out of luck', tries: retries + 1 })
    assert.equal(pids().length, retries + 1)
  }
})

test('a bridge that died is no harm if the next one lives', async (t) => {
  const { annealer, pids } = rig(t, `[ $(wc -l < pids) = 1 ] && exit 1\n${bare}`)
  const error = await errorOf(annealer.solve(qubo, { ...annealerDefaults, solver: 'mock' }))
  assert.equal(error.code, 'ANNEALER_PACKAGE_MISSING', 'the second one got as far as it gets without Ocean')
  assert.equal(pids().length, 2)
})

test('a program that is not the bridge is told by what it says', async (t) => {
  const { annealer, pids } = rig(t, 'echo hello; exec sleep 100')
  const error = await errorOf(annealer.probe(annealerDefaults))
  assert.equal(error.code, 'ANNEALER_BRIDGE_FAILED')
  assert.match(error.message, /hello/)
  assert.deepEqual(pids().map(isGone), [true, true])
})

test('a bridge that says nothing is given up at the time limit, and is gone', async (t) => {
  const { annealer, pids } = rig(t, 'exec sleep 100', { timeLimitMs: 300 })
  const error = await errorOf(annealer.solve(qubo, annealerDefaults))
  assert.equal(error.code, 'ANNEALER_SILENT')
  assert.deepEqual(error.details, { timeLimitMs: 300 })
  assert.deepEqual(pids().map(isGone), [true])
})

test('no retry begins that the time limit would end', async (t) => {
  const { annealer, pids } = rig(t, 'exit 1', { retries: 1000, retryPauseMs: 1000, timeLimitMs: 3000 })
  const startedAt = performance.now()
  const error = await errorOf(annealer.solve(qubo, annealerDefaults))
  assert.equal(error.code, 'ANNEALER_BRIDGE_FAILED')
  assert.equal(error.details['tries'], pids().length)
  assert.ok(pids().length >= 2, 'as long as there is time it is tried again')
  assert.ok(performance.now() - startedAt < 3000)
})

test('closing ends the process and the call that is under way, at once', async (t) => {
  const { annealer, pids } = rig(t, 'echo up >&2; exec sleep 100', { retries: 5, retryPauseMs: 60_000 })
  const call = errorOf(annealer.solve(qubo, annealerDefaults))
  while (pids().length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  await annealer.close()
  assert.equal((await call).code, 'ANNEALER_BRIDGE_FAILED')
  assert.deepEqual(pids().map(isGone), [true])
  assert.equal((await errorOf(annealer.solve(qubo, annealerDefaults))).code, 'ANNEALER_BRIDGE_FAILED')
  assert.equal(pids().length, 1, 'a closed annealer starts nothing')
})

test('a token is in no error, whoever printed it', async (t) => {
  const env = { ...process.env, DWAVE_API_TOKEN: token }
  const { annealer } = rig(t, 'echo "token $DWAVE_API_TOKEN" >&2; exit 1', { env, retries: 0 })
  const error = await errorOf(annealer.solve(qubo, annealerDefaults))
  assert.match(error.message, /It said: token \[token\]/)
  assert.ok(!JSON.stringify([error.message, error.details, error.stack]).includes(token))
})
