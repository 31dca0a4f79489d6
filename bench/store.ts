/**
 * What a store costs beyond SQLite itself. Writing: the same rows inserted raw, 1,000 a transaction, against reports from many producers, each
 * with many unacknowledged, through the store with group commit; both durable (write-ahead log, FULL). Reading: a bare scan against `read`,
 * which decodes every event. The two sides take turns, so that a noisy machine is noisy for both.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Event } from '../src/core/study/events.ts'
import type { Lease, Store } from '../src/ports.ts'
import { sqliteStore } from '../src/stores/sqlite.ts'
import { chainHash, encodeEvent, genesisHash } from '../src/wire/event-line.ts'

export interface StoreBenchOptions {
  /** Reports written per round. */
  readonly reports: number
  readonly rounds: number
  readonly producers: number
  /** Unacknowledged reports of one producer. */
  readonly unacknowledged: number
  /** Reports read. */
  readonly read: number
  /** On the disk to be measured. */
  readonly folder: string
}

export interface StoreBenchRow {
  readonly name: string
  readonly events: number
  readonly ms: number
  readonly perSecond: number
}

export const storeBenchDefaults: StoreBenchOptions = {
  reports: 100_000,
  rounds: 3,
  producers: 64,
  unacknowledged: 64,
  read: 1_000_000,
  folder: tmpdir(),
}

export async function storeBench(options: Partial<StoreBenchOptions> = {}): Promise<readonly StoreBenchRow[]> {
  const chosen = { ...storeBenchDefaults, ...options }
  const folder = mkdtempSync(join(chosen.folder, 'foretune-bench-'))
  try {
    const rows: StoreBenchRow[] = []
    for (let round = 0; round < chosen.rounds; round += 1) {
      rows.push(insertRaw(join(folder, `raw-${round}.db`), chosen))
      rows.push(await appendFromProducers(join(folder, `store-${round}.db`), chosen))
    }
    return [...rows, ...(await readBoth(join(folder, 'read.db'), chosen))]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function aReport(index: number): Event {
  const epoch = 1 + Math.floor(index / 5_000)
  const metrics = { val_loss: 1 / (1 + (index % 997)), accuracy: ((index * 7_919) % 10_007) / 10_007 }
  return {
    type: 'TrialReported',
    at: 1_753_000_000_000 + index,
    trial: index % 5_000,
    attempt: 1,
    line: epoch,
    epoch,
    metrics,
  }
}

function measured(name: string, events: number, startedMs: number): StoreBenchRow {
  const ms = performance.now() - startedMs
  return { name, events, ms, perSecond: Math.round((events * 1_000) / ms) }
}

function insertRaw(path: string, options: StoreBenchOptions): StoreBenchRow {
  const rows: { readonly seq: number; readonly trial: number; readonly body: string; readonly hash: string }[] = []
  for (let seq = 1; seq <= options.reports; seq += 1) {
    const body = encodeEvent(aReport(seq))
    rows.push({ seq, trial: seq % 5_000, body, hash: chainHash(rows.at(-1)?.hash ?? genesisHash, seq, body) })
  }
  const database = new DatabaseSync(path)
  database.exec(`pragma journal_mode = wal; pragma synchronous = full;
    create table events (study integer, seq integer, trial integer, body text, hash text, primary key (study, seq)) strict, without rowid`)
  const insert = database.prepare('insert into events values (?, ?, ?, ?, ?)')
  const startedMs = performance.now()
  for (let from = 0; from < rows.length; from += 1_000) {
    database.exec('begin immediate')
    for (const { seq, trial, body, hash } of rows.slice(from, from + 1_000)) insert.run(1, seq, trial, body, hash)
    database.exec('commit')
  }
  const row = measured('insert raw, 1,000 a transaction', options.reports, startedMs)
  database.close()
  return row
}

async function appendFromProducers(path: string, options: StoreBenchOptions): Promise<StoreBenchRow> {
  const store = await sqliteStore(path)
  const commit = groupCommit(store, await store.acquire('bench', { host: 'bench', pid: process.pid }))
  const each = Math.floor(options.reports / options.producers)
  const startedMs = performance.now()
  await Promise.all(
    Array.from({ length: options.producers }, async (_, producer) => {
      const open: Promise<void>[] = []
      for (let index = 0; index < each; index += 1) {
        if (open.length === options.unacknowledged) await open.shift()
        open.push(commit(aReport(producer * each + index)))
      }
      await Promise.all(open)
    }),
  )
  const row = measured(`append durably, ${options.producers} producers`, each * options.producers, startedMs)
  await store.close()
  return row
}

/** As a controller does: what came while a commit was under way goes into the next one. */
function groupCommit(store: Store, lease: Lease): (event: Event) => Promise<void> {
  let events: Event[] = []
  let acknowledge: (() => void)[] = []
  let lastSeq = 0
  let isCommitting = false
  const commitAll = async (): Promise<void> => {
    isCommitting = true
    while (events.length > 0) {
      const [batch, done] = [events, acknowledge]
      events = []
      acknowledge = []
      await store.append(lease, lastSeq, batch)
      lastSeq += batch.length
      for (const resolve of done) resolve()
      await new Promise(setImmediate)
    }
    isCommitting = false
  }
  return (event) =>
    new Promise((resolve) => {
      events.push(event)
      acknowledge.push(resolve)
      if (!isCommitting) void commitAll()
    })
}

async function readBoth(path: string, options: StoreBenchOptions): Promise<readonly StoreBenchRow[]> {
  const store = await sqliteStore(path)
  const lease = await store.acquire('bench', { host: 'bench', pid: process.pid })
  for (let seq = 0; seq < options.read; seq += 10_000) {
    const length = Math.min(10_000, options.read - seq)
    await store.append(
      lease,
      seq,
      Array.from({ length }, (_, index) => aReport(seq + index)),
    )
  }
  const rows: StoreBenchRow[] = []
  for (let round = 0; round < options.rounds; round += 1) rows.push(scanRaw(path), await readDecoded(store))
  await store.close()
  return rows
}

function scanRaw(path: string): StoreBenchRow {
  const database = new DatabaseSync(path, { readOnly: true })
  const startedMs = performance.now()
  let events = 0
  for (const row of database.prepare('select seq, body, hash from events where study = 1 order by seq').iterate()) {
    if (row['seq'] !== null) events += 1
  }
  const row = measured('scan raw', events, startedMs)
  database.close()
  return row
}

async function readDecoded(store: Store): Promise<StoreBenchRow> {
  const startedMs = performance.now()
  let events = 0
  for await (const part of store.read('bench')) events += part.length
  return measured('read decoded', events, startedMs)
}

if (import.meta.main) {
  const rows = await storeBench()
  for (const { name, events, ms, perSecond } of rows) {
    process.stdout.write(
      `${name.padEnd(34)} ${String(events).padStart(8)} events ${ms.toFixed(0).padStart(6)} ms ${String(perSecond).padStart(8)}/s\n`,
    )
  }
}
