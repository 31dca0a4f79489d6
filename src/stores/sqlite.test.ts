import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { sqliteStore } from './sqlite.ts'
import { deadOwner, livingOwner, readAll, storeLaws } from './store.laws.ts'
import { reports } from '../wire/reports.laws.ts'

const folder = mkdtempSync(join(tmpdir(), 'foretune-sqlite-'))
after(() => rmSync(folder, { recursive: true }))

let files = 0
function freshPath(): string {
  return join(folder, `${(files += 1)}.db`)
}

storeLaws('sqlite', () => sqliteStore(freshPath()), {
  reopen: async (store) => {
    await store.close()
    return sqliteStore(store.location.slice('sqlite:'.length))
  },
})

/** A store with one study of nine reports, closed, and one connection into its tables. */
async function aTamperedStore(tamper: string): Promise<string> {
  const path = freshPath()
  const store = await sqliteStore(path)
  const lease = await store.acquire('digits', livingOwner)
  await store.append(lease, 0, reports(1, 9))
  await store.close()
  const database = new DatabaseSync(path)
  database.exec(tamper)
  database.close()
  return path
}

const tampered: readonly (readonly [name: string, sql: string, seq: number, problem: RegExp])[] = [
  ['a flipped digit', `update events set body = replace(body, '0.5', '0.6') where seq = 4`, 4, /altered/],
  ['a hash made to fit one altered text', `update events set hash = '${'a'.repeat(32)}' where seq = 5`, 5, /altered/],
  ['a deleted row', 'delete from events where seq = 6', 6, /missing/],
  ['a deleted first row', 'delete from events where seq = 1', 1, /missing/],
  ['deleted rows at the end', 'delete from events where seq >= 8', 8, /missing/],
  [
    'two rows that changed places',
    'update events set seq = case seq when 3 then -7 when 7 then -3 end where seq in (3, 7); update events set seq = -seq where seq < 0',
    3,
    /altered/,
  ],
  ['a row filed under another trial', 'update events set trial = 6 where seq = 2', 2, /trial 6/],
  ['a row without a trial', 'update events set trial = null where seq = 2', 2, /trial null/],
  [
    'a row added behind the end',
    `insert into events select study, 10, trial, body, hash from events where seq = 9`,
    10,
    /behind the end/,
  ],
  ['another end of the chain', `update studies set last_hash = '${'b'.repeat(32)}'`, 9, /ends with/],
]

for (const [name, sql, seq, problem] of tampered) {
  test(`check names the event of ${name}`, async () => {
    await using store = disposable(await sqliteStore(await aTamperedStore(sql), { readOnly: true }))
    const found = await store.check('digits')
    assert.equal(found.length, 1)
    assert.equal(found[0]?.seq, seq)
    assert.match(found[0]?.problem ?? '', problem)
  })
}

test('a log that ends too early is neither read nor continued', async () => {
  await using store = disposable(await sqliteStore(await aTamperedStore('delete from events where seq = 9')))
  await assert.rejects(readAll(store, 'digits'), { code: 'STORE_CORRUPT' })
  await assert.rejects(store.acquire('digits', livingOwner), { code: 'STORE_CORRUPT' })
})

test('a log with a hole is not read', async () => {
  await using store = disposable(await sqliteStore(await aTamperedStore('delete from events where seq = 4')))
  await assert.rejects(readAll(store, 'digits'), { code: 'STORE_CORRUPT' })
})

function disposable<T extends { close(): Promise<void> }>(store: T): T & AsyncDisposable {
  return Object.assign(store, { [Symbol.asyncDispose]: () => store.close() })
}

test('a store is read beside its writer, which neither waits for the other', async () => {
  const path = freshPath()
  await using writer = disposable(await sqliteStore(path))
  const lease = await writer.acquire('digits', livingOwner)
  await writer.append(lease, 0, reports(1, 10_000))
  await using reader = disposable(await sqliteStore(path, { readOnly: true }))
  let seq = 10_000
  let read = 0
  for await (const part of reader.read('digits')) {
    read += part.length
    await writer.append(lease, seq, reports(seq + 1, seq + 10))
    seq += 10
  }
  assert.equal(read, 10_000)
  assert.equal(await reader.lastSeq('digits'), seq)
  assert.deepEqual((await reader.studies())[0]?.owner, { ...livingOwner, fence: 1 })
})

test('an owner that was replaced in another process is refused at its next write, and changes nothing', async () => {
  const path = freshPath()
  await using old = disposable(await sqliteStore(path))
  await using next = disposable(await sqliteStore(path))
  const replaced = await old.acquire('digits', deadOwner)
  const other = await old.acquire('letters', deadOwner)
  await old.append(replaced, 0, reports(1, 2))
  const lease = await next.acquire('digits', livingOwner)
  const outcomes = await Promise.allSettled([
    old.append(other, 0, reports(1, 3)),
    old.append(replaced, 2, reports(3, 3)),
    old.append(other, 3, reports(4, 4)),
  ])
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'written')),
    ['written', 'STORE_CONFLICT', 'written'],
  )
  await assert.rejects(replaced.renew(), { code: 'STORE_CONFLICT' })
  await replaced.release()
  await next.append(lease, 2, reports(3, 4))
  assert.deepEqual(
    (await readAll(old, 'digits')).map(({ event }) => event),
    reports(1, 4),
  )
  for (const study of ['digits', 'letters']) assert.deepEqual(await next.check(study), [])
})

test('two names of one file are one store', async () => {
  const path = freshPath()
  await using store = disposable(await sqliteStore(path))
  await store.acquire('digits', livingOwner)
  await using same = disposable(
    await sqliteStore(join(folder, '.', '..', folder.split('/').at(-1) as string, path.split('/').at(-1) as string)),
  )
  await assert.rejects(same.acquire('digits', livingOwner), { code: 'STUDY_IS_RUNNING' })
})

test('a lock that is given back in time is waited for, in the order of the calls', async () => {
  const path = freshPath()
  await using store = disposable(await sqliteStore(path))
  const lease = await store.acquire('digits', livingOwner)
  const other = new DatabaseSync(path)
  other.exec('begin immediate')
  const appends = [store.append(lease, 0, reports(1, 1)), store.request('digits', 'stop', null)]
  setTimeout(() => {
    appends.push(store.append(lease, 1, reports(2, 2)))
    other.exec('rollback')
    other.close()
  }, 60)
  await Promise.all(appends)
  await appends.at(-1)
  assert.deepEqual(
    (await readAll(store, 'digits')).map(({ event }) => event),
    reports(1, 2),
  )
})

test('a closed store hands its leases back, and one that was given up inside this process is free again', async () => {
  const path = freshPath()
  const store = await sqliteStore(path)
  const lease = await store.acquire('digits', livingOwner)
  void store.append(lease, 0, reports(1, 5))
  await store.close()
  await store.close()
  await using next = disposable(await sqliteStore(path))
  assert.equal((await next.studies())[0]?.owner, null)
  assert.equal(await next.lastSeq('digits'), 5)
  assert.equal((await next.acquire('digits', deadOwner)).fence, 2)
})
