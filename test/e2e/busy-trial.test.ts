import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { attemptFiles, formatAttempt, parseLine, protocolVersion } from '../../src/wire/attempt-folder.ts'

test('a trial that never waits for anything still leaves after the epoch in which SIGTERM came', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'foretune-busy-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const said = {
    protocol: protocolVersion,
    study: 'busy',
    trial: 0,
    attempt: 1,
    seed: 1,
    configuration: {},
    from: 0,
    until: 100,
    max: 100,
    linger: 1,
    resumable: true,
    checkpoint: join(folder, 'checkpoint'),
  }
  writeFileSync(join(folder, attemptFiles.configuration), formatAttempt(said))
  const program = fileURLToPath(new URL('../fixtures/trains-without-waiting.ts', import.meta.url))
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, FORETUNE_ATTEMPT: folder },
    stdio: 'inherit',
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  const reports = join(folder, attemptFiles.reports)
  while (!existsSync(reports) || readFileSync(reports, 'utf8').split('\n').length < 4) await delay(20)
  child.kill('SIGTERM')
  assert.equal(await ended, 0)
  const lines = readFileSync(reports, 'utf8')
    .trim()
    .split('\n')
    .map((line) => parseLine(line))
  assert.ok(lines.length < 20, `it left after ${lines.length} lines`)
  const last = lines.at(-1)
  assert.equal(last?.type, 'handover')
})
