import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { deserialize, serialize } from 'node:v8'
import type { Store } from '../ports.ts'
import { memoryStore } from '../stores/memory.ts'
import { foldStudy, writeCache } from './fold.ts'
import type { Folded } from './fold.ts'
import { algorithms, smallWorld } from './small-world.laws.ts'

async function aLog(): Promise<{ readonly store: Store; readonly whole: Folded }> {
  const world = smallWorld()
  await world.pass(3_600_000, await world.open())
  const whole = await foldStudy(world.store, 'small', algorithms)
  assert.ok(whole)
  return { store: world.store, whole }
}

function cacheIn(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'foretune-fold-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'study', 'fold.cache')
}

/** What a store is asked to read, so that a test sees whether the cache saved it. */
function counting(store: Store): { readonly store: Store; readonly from: number[] } {
  const from: number[] = []
  const read = store.read.bind(store)
  store.read = (name, options) => {
    from.push(options?.fromSeq ?? 1)
    return read(name, options)
  }
  return { store, from }
}

test('a fold from its cache is the fold of the log, and reads only what came since', async (t) => {
  const { store, whole } = await aLog()
  const file = cacheIn(t)
  await writeCache(file, whole)
  assert.deepEqual(readdirSync(join(file, '..')), ['fold.cache'], 'no temporary file is left')
  const { from } = counting(store)
  const cached = await foldStudy(store, 'small', algorithms, () => file)
  assert.deepEqual(cached?.study.state, whole.study.state)
  assert.equal(cached?.hash, whole.hash)
  const { seq } = whole.study.state
  assert.deepEqual(from, [1, seq, seq + 1])
})

test('a cache of half the log is folded on, with all memories, to the same state', async (t) => {
  const { store, whole } = await aLog()
  const file = cacheIn(t)
  const half = Math.floor(whole.study.state.seq / 2)
  let early: Folded | null = null
  const shorter = memoryStore()
  const lease = await shorter.acquire('small', { host: 'here', pid: 1 })
  for await (const chunk of store.read('small'))
    await shorter.append(
      lease,
      0,
      chunk.slice(0, half).map(({ event }) => event),
    )
  early = await foldStudy(shorter, 'small', algorithms)
  assert.ok(early)
  await writeCache(file, early)
  const { from } = counting(store)
  const cached = await foldStudy(store, 'small', algorithms, () => file)
  assert.deepEqual(from.at(-1), half + 1)
  assert.deepEqual(cached?.study.state, whole.study.state)
})

test('a cache that is damaged, of another log, of other algorithms or of another shape is left unread', async (t) => {
  const { store, whole } = await aLog()
  const file = cacheIn(t)
  await writeCache(file, whole)
  const good = readFileSync(file)
  const cache = deserialize(good) as { [field: string]: unknown }
  const { state } = whole.study
  const anotherStudy = { ...state, definition: { ...state.definition, sampler: { type: 'dowsing' } } }
  for (const [what, bytes] of [
    ['half written', good.subarray(0, good.length / 2)],
    ['nonsense', Buffer.from('not a cache')],
    ['of another log', serialize({ ...cache, hash: '0'.repeat(64) })],
    ['of a longer log', serialize({ ...cache, seq: whole.study.state.seq + 5 })],
    ['of other algorithms', serialize({ ...cache, algorithms: 'none@99' })],
    ['of another shape', serialize({ ...cache, foldVersion: -1 })],
    ['of a study with an algorithm that is unknown here', serialize({ ...cache, hash: '', state: anotherStudy })],
    ['empty', serialize({})],
    ['nothing', serialize(null)],
  ] as const) {
    writeFileSync(file, bytes)
    const folded = await foldStudy(store, 'small', algorithms, () => file)
    assert.deepEqual(folded?.study.state, whole.study.state, what)
  }
})

test('what cannot be written is no error, and a log too short is worth no cache', async (t) => {
  const { store, whole } = await aLog()
  const file = cacheIn(t)
  await writeCache('/dev/null/nowhere/fold.cache', whole)
  await foldStudy(store, 'small', algorithms, () => file)
  assert.ok(!existsSync(file))
})

test('no log is no study, and a log that does not begin with its creation is refused', async () => {
  const store = memoryStore()
  assert.equal(await foldStudy(store, 'small', algorithms), null)
  const lease = await store.acquire('small', { host: 'here', pid: 1 })
  await store.append(lease, 0, [{ type: 'TimePassed', at: 1 }])
  await assert.rejects(foldStudy(store, 'small', algorithms), { code: 'STORE_CORRUPT', exit: 3 })
})
