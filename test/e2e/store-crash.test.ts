/** A real SQLite file under real processes: killed in mid-write, side by side, without room, without the right to write. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { sqliteStore } from '../../src/stores/sqlite.ts'
import { readAll } from '../../src/stores/store.laws.ts'
import { reports } from '../../src/wire/reports.laws.ts'
import { stream } from '../../src/core/maths/stream.ts'

const folder = mkdtempSync(join(tmpdir(), 'foretune-crash-'))
const small = join(folder, 'small')
mkdirSync(small)
const isRoot = process.getuid?.() === 0
const canMount = isRoot && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', small]).status === 0
const started: ChildProcess[] = []
after(() => {
  for (const child of started) child.kill('SIGKILL')
  if (canMount) spawnSync('umount', [small])
  rmSync(folder, { recursive: true })
})
const writerFile = fileURLToPath(new URL('store-writer.ts', import.meta.url))
const owner = { host: hostname(), pid: process.pid }

interface Writer {
  readonly process: ChildProcess
  readonly lines: string[]
  readonly ended: Promise<number | null>
}

/** `limits` are shell commands before the program starts; `uid` is another user. */
function startWriter(
  path: string,
  study: string,
  count: number,
  { limits = 'true', uid }: { readonly limits?: string; readonly uid?: number } = {},
): Writer {
  const command = ['-c', `${limits}; exec "$0" "$@"`, process.execPath, writerFile, path, study, String(count)]
  const child = spawn('/bin/sh', command, {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(uid === undefined ? {} : { uid }),
  })
  started.push(child)
  const lines: string[] = []
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop() as string
    lines.push(...parts)
  })
  return { process: child, lines, ended: once(child, 'close').then(([code]) => code as number | null) }
}

function lastAcknowledged(writer: Writer): number {
  return Math.max(0, ...writer.lines.map(Number).filter(Number.isFinite))
}

/** The log is a whole number of true events, and everything acknowledged is among them. */
async function expectWhole(path: string, study: string, acknowledged: number): Promise<number> {
  const store = await sqliteStore(path)
  assert.deepEqual(await store.check(study), [])
  const events = (await readAll(store, study)).map(({ event }) => event)
  assert.deepEqual(events, reports(1, events.length))
  assert.ok(events.length >= acknowledged, `${acknowledged} events were acknowledged, ${events.length} are there`)
  const lease = await store.acquire(study, owner)
  await store.append(lease, events.length, [])
  await store.close()
  return events.length
}

test('what was acknowledged is there after every SIGKILL, and the study can be taken over at once', async () => {
  const path = join(folder, 'killed.db')
  const chance = stream(7, 'store-crash')
  let acknowledged = 0
  for (let round = 0; round < 8; round += 1) {
    const writer = startWriter(path, 'digits', 1e9)
    while (writer.lines.length === 0) await delay(2)
    await delay(chance.integer(120))
    writer.process.kill('SIGKILL')
    await writer.ended
    assert.ok(lastAcknowledged(writer) > acknowledged, `round ${round} wrote nothing: ${writer.lines.join()}`)
    acknowledged = await expectWhole(path, 'digits', lastAcknowledged(writer))
  }
})

test('two processes write two studies of one file at once', async () => {
  const path = join(folder, 'shared.db')
  const writers = ['a', 'b'].map((study) => startWriter(path, study, 1_000))
  assert.deepEqual(await Promise.all(writers.map(({ ended }) => ended)), [0, 0])
  for (const study of ['a', 'b']) assert.equal(await expectWhole(path, study, 1_000), 1_000)
})

test('of two processes on one study one is refused, and the other writes on', async () => {
  const path = join(folder, 'contested.db')
  const first = startWriter(path, 'digits', 1e9)
  while (first.lines.length === 0) await delay(2)
  const second = startWriter(path, 'digits', 1e9)
  assert.equal(await second.ended, 3)
  assert.deepEqual(second.lines, ['STUDY_IS_RUNNING'])
  const reader = await sqliteStore(path, { readOnly: true })
  assert.equal((await reader.studies())[0]?.owner?.pid, first.process.pid)
  let read = 0
  for (const before = first.lines.length; first.lines.length < before + 10;) {
    const seq = await reader.lastSeq('digits')
    assert.ok(seq >= read && seq >= lastAcknowledged(first))
    read = seq
    await delay(1)
  }
  await reader.close()
  first.process.kill('SIGKILL')
  await first.ended
  await expectWhole(path, 'digits', lastAcknowledged(first))
})

test('a file that may not grow is told as a full disk, and nothing acknowledged is lost', async () => {
  const path = join(folder, 'limited.db')
  const writer = startWriter(path, 'digits', 1e9, { limits: 'ulimit -f 512' })
  assert.equal(await writer.ended, 3)
  assert.equal(writer.lines.at(-1), 'STORE_FULL')
  await expectWhole(path, 'digits', lastAcknowledged(writer))
})

test(
  'a full disk is told, and with more room the study goes on',
  { skip: !canMount && 'needs the right to mount' },
  async () => {
    const path = join(small, 'full.db')
    const writer = startWriter(path, 'digits', 1e9)
    assert.equal(await writer.ended, 3)
    assert.equal(writer.lines.at(-1), 'STORE_FULL')
    assert.equal(spawnSync('mount', ['-o', 'remount,size=8m', small]).status, 0)
    const kept = await expectWhole(path, 'digits', lastAcknowledged(writer))
    const next = startWriter(path, 'digits', kept + 100)
    assert.equal(await next.ended, 0)
    assert.equal(await expectWhole(path, 'digits', kept + 100), kept + 100)
  },
)

test('a store that may not be written is refused to a writer and open to a reader', async () => {
  const readable = join(folder, 'readable')
  mkdirSync(readable)
  const path = join(readable, 'archived.db')
  const writer = startWriter(path, 'digits', 500)
  assert.equal(await writer.ended, 0)
  for (const [name, mode] of [
    [folder, 0o755],
    [path, 0o444],
    [readable, 0o555],
  ] as const)
    chmodSync(name, mode)
  const other = isRoot ? { uid: 65_534 } : {}
  const refused = startWriter(path, 'digits', 1_000, other)
  assert.equal(await refused.ended, 3)
  assert.deepEqual(refused.lines, ['STORE_READ_ONLY'])
  const source = `import { sqliteStore } from ${JSON.stringify(new URL('../../src/stores/sqlite.ts', import.meta.url).href)}
    console.log(await (await sqliteStore(${JSON.stringify(path)}, { readOnly: true })).lastSeq('digits'))`
  const reader = spawnSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8', ...other })
  assert.deepEqual([reader.stdout, reader.stderr], ['500\n', ''])
  chmodSync(readable, 0o755)
})
