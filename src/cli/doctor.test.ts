import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { aFolder, call } from './stored-studies.laws.ts'

test('what the machine has is told; what studies here do not need is no warning', async (t) => {
  const cwd = aFolder(t)
  mkdirSync(join(cwd, 'bin'))
  for (const name of ['sh', 'sbatch', 'python3']) {
    writeFileSync(join(cwd, 'bin', name), "#!/bin/sh\necho '3.7.1 None'\n")
    chmodSync(join(cwd, 'bin', name), 0o755)
  }
  const { code, out } = await call('doctor --json', cwd, { env: { PATH: join(cwd, 'bin') } })
  assert.equal(code, 0)
  const found = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const levels = Object.fromEntries(found.map(({ about, level }) => [about, level]))
  for (const [about, level] of Object.entries({
    node: 'ok',
    sqlite: 'ok',
    cores: 'ok',
    sh: 'ok',
    store: 'ok',
    slurm: 'ok',
    mpi: 'note',
    python3: 'warn',
    client: 'note',
  }))
    assert.equal(levels[about], level, about)
  assert.equal(found.find(({ about }) => about === 'slurm').text, join(cwd, 'bin', 'sbatch'))
})

test('without a shell, or with a store that is none, no study runs here: exit 1', async (t) => {
  const cwd = aFolder(t)
  const { code, out } = await call('doctor', cwd, { env: { PATH: cwd } })
  assert.equal(code, 1)
  assert.match(out, /^error  sh /m)
  assert.match(out, /^note {3}python3 +not found/m)
  writeFileSync(join(cwd, 'foretune.db'), 'text')
  assert.match(
    (await call('doctor', cwd, { env: { PATH: '/bin:/usr/bin' } })).out,
    /^error  store +STORE_NOT_A_DATABASE/m,
  )
})
