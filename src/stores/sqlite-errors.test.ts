import assert from 'node:assert/strict'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { translateSqliteError } from './sqlite-errors.ts'
import { sqliteStore } from './sqlite.ts'
import { livingOwner, readAll } from './store.laws.ts'
import { reports } from '../wire/reports.laws.ts'

const folder = mkdtempSync(join(tmpdir(), 'foretune-errors-'))
after(() => rmSync(folder, { recursive: true }))

let files = 0
function freshPath(): string {
  return join(folder, `${(files += 1)}.db`)
}

async function aClosedStore(): Promise<string> {
  const path = freshPath()
  const store = await sqliteStore(path)
  const lease = await store.acquire('digits', livingOwner)
  await store.append(lease, 0, reports(1, 2_000))
  await store.close()
  return path
}

function scribble(path: string, position: number, text: string): void {
  const file = openSync(path, 'r+')
  writeSync(file, text, position)
  closeSync(file)
}

for (const readOnly of [false, true]) {
  const how = readOnly ? 'read-only' : 'for writing'

  test(`a file that was cut is called damaged, opened ${how}`, async () => {
    const path = await aClosedStore()
    truncateSync(path, statSync(path).size / 2)
    await assert.rejects(sqliteStore(path, { readOnly }), { code: 'STORE_CORRUPT', exit: 3 })
  })

  test(`a file cut inside its header is called damaged, opened ${how}`, async () => {
    const path = await aClosedStore()
    truncateSync(path, 60)
    await assert.rejects(sqliteStore(path, { readOnly }), { code: 'STORE_CORRUPT', exit: 3 })
  })

  test(`a text file is no store and stays as it is, opened ${how}`, async () => {
    const path = freshPath()
    const text = 'name: digits\n'.repeat(1_000)
    writeFileSync(path, text)
    await assert.rejects(sqliteStore(path, { readOnly }), { code: 'STORE_NOT_A_DATABASE', exit: 3 })
    assert.equal(readFileSync(path, 'utf8'), text)
  })

  test(`another program's database is no store and stays as it is, opened ${how}`, async () => {
    const path = freshPath()
    const database = new DatabaseSync(path)
    database.exec('create table trials (id integer); pragma user_version = 1')
    database.close()
    const before = readFileSync(path)
    await assert.rejects(sqliteStore(path, { readOnly }), { code: 'STORE_NOT_A_DATABASE', exit: 3 })
    assert.deepEqual(readFileSync(path), before)
  })

  test(`a newer format is refused and stays as it is, opened ${how}`, async () => {
    const path = await aClosedStore()
    const database = new DatabaseSync(path)
    database.exec('pragma user_version = 99')
    database.close()
    await assert.rejects(sqliteStore(path, { readOnly }), { code: 'STORE_NEWER', exit: 3 })
    const again = new DatabaseSync(path)
    assert.equal(again.prepare('pragma user_version').get()?.['user_version'], 99)
    again.close()
  })

  test(`a folder, and a path below a file, are no stores, opened ${how}`, async () => {
    const path = freshPath()
    mkdirSync(path)
    await assert.rejects(sqliteStore(path, { readOnly }), { code: 'STORE_NOT_A_DATABASE' })
    const below = join(await aClosedStore(), 'x.db')
    await assert.rejects(sqliteStore(below, { readOnly }), { code: readOnly ? 'STORE_NOT_FOUND' : 'STORE_UNREADABLE' })
  })
}

test('a folder that is not there is named', async () => {
  await assert.rejects(sqliteStore(join(folder, 'none', 'x.db')), { code: 'STORE_UNREADABLE', exit: 3 })
})

test('a store that must be there and is not is the user’s mistake', async () => {
  for (const options of [{ readOnly: true }, { mustExist: true }]) {
    const path = freshPath()
    await assert.rejects(sqliteStore(path, options), { code: 'STORE_NOT_FOUND', exit: 2 })
    assert.equal(statSync(path, { throwIfNoEntry: false }), undefined)
  }
})

test('an empty file becomes a store, and is none for a reader', async () => {
  const path = freshPath()
  writeFileSync(path, '')
  await assert.rejects(sqliteStore(path, { readOnly: true }), { code: 'STORE_NOT_A_DATABASE' })
  await (await sqliteStore(path)).close()
  await (await sqliteStore(path, { readOnly: true })).close()
})

test('an older format is refused to a reader, with what to do', async () => {
  const path = await aClosedStore()
  const database = new DatabaseSync(path)
  database.exec('pragma user_version = 0')
  database.close()
  await assert.rejects(sqliteStore(path, { readOnly: true }), { code: 'STORE_OLDER', exit: 3 })
})

test('a damaged page is found by check and by reading, and nothing is taken for an event', async () => {
  const path = await aClosedStore()
  scribble(path, Math.floor(statSync(path).size / 8_192) * 4_096, 'x'.repeat(4_096))
  const store = await sqliteStore(path, { readOnly: true })
  await assert.rejects(readAll(store, 'digits'), { code: 'STORE_CORRUPT', exit: 3 })
  assert.equal((await store.check('digits')).length > 0, true)
  await store.close()
})

test('a lock that is never given back is told, and breaks nothing', async () => {
  const path = await aClosedStore()
  const store = await sqliteStore(path, { lockWaitMs: 50 })
  const lease = await store.acquire('digits', livingOwner)
  const other = new DatabaseSync(path)
  other.exec('begin immediate')
  const refused = await Promise.allSettled([
    store.append(lease, 2_000, reports(1, 1)),
    lease.renew(),
    store.request('digits', 'stop', null),
  ])
  assert.deepEqual(
    refused.map((outcome) => outcome.status === 'rejected' && outcome.reason.code),
    ['STORE_LOCKED', 'STORE_LOCKED', 'STORE_LOCKED'],
  )
  assert.equal((await readAll(store, 'digits')).length, 2_000)
  other.close()
  await store.append(lease, 2_000, reports(2_001, 2_001))
  assert.deepEqual(await store.check('digits'), [])
  await store.close()
})

test('a store opened for reading only refuses to write', async () => {
  const store = await sqliteStore(await aClosedStore(), { readOnly: true })
  await assert.rejects(store.acquire('digits', livingOwner), { code: 'STORE_READ_ONLY', exit: 3 })
  await assert.rejects(store.request('digits', 'stop', null), { code: 'STORE_READ_ONLY', exit: 3 })
  assert.equal((await readAll(store, 'digits')).length, 2_000)
  await store.close()
})

test('after a write that failed everything is refused until the store is opened again', async () => {
  const path = await aClosedStore()
  const store = await sqliteStore(path)
  const lease = await store.acquire('digits', livingOwner)
  const other = new DatabaseSync(path)
  other.exec("create trigger refuse before insert on events begin select raise(abort, 'no'); end")
  const failed = await Promise.allSettled([1, 2].map((count) => store.append(lease, 1_999 + count, reports(1, 1))))
  assert.deepEqual(
    failed.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  other.exec('drop trigger refuse')
  other.close()
  for (const attempt of [
    () => store.append(lease, 2_000, reports(1, 1)),
    () => lease.renew(),
    () => store.lastSeq('digits'),
    () => readAll(store, 'digits'),
    () => store.request('digits', 'stop', null),
  ]) {
    await assert.rejects(attempt, { code: 'STORE_BROKEN', exit: 3 })
  }
  await store.close()
  const again = await sqliteStore(path)
  const next = await again.acquire('digits', livingOwner)
  assert.equal(next.fence, lease.fence + 1)
  await again.append(next, 2_000, reports(2_001, 2_001))
  assert.deepEqual(await again.check('digits'), [])
  await again.close()
})

test('a full disk, as SQLite tells it, is told in our words', () => {
  const database = new DatabaseSync(freshPath())
  database.exec('create table t (x); pragma max_page_count = 4')
  try {
    database.prepare('insert into t values (zeroblob(100000))').run()
    assert.fail('four pages are not enough')
  } catch (error) {
    const told = translateSqliteError(error, '/data/foretune.db') as Error & { code: string; exit: number }
    assert.deepEqual([told.code, told.exit], ['STORE_FULL', 3])
  } finally {
    database.close()
  }
})

test('an error of ours, or of nobody we know, is not translated', () => {
  for (const error of [
    new TypeError('x'),
    null,
    Object.assign(new Error('no such table'), { code: 'ERR_SQLITE_ERROR', errcode: 1 }),
  ]) {
    assert.equal(translateSqliteError(error, 'x'), error)
  }
})
