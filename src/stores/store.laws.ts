/**
 * The laws of a store. A store's test calls `storeLaws` once; every law opens a fresh, empty store. Beyond `Store` a store must take
 * `deadOwner` for a process that does not live.
 */
import assert from 'node:assert/strict'
import { hostname } from 'node:os'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Event } from '../core/study/events.ts'
import { trialOf } from '../core/study/events.ts'
import type { Store, StoredEvent } from '../ports.ts'
import { anyEvent, anyJson } from '../wire/event-line.laws.ts'
import { chainHash, encodeEvent, genesisHash } from '../wire/event-line.ts'
import { reports } from '../wire/reports.laws.ts'

export const livingOwner: { readonly host: string; readonly pid: number } = { host: hostname(), pid: process.pid }

/** No Linux counts its processes as far as this. */
export const deadOwner: { readonly host: string; readonly pid: number } = { host: hostname(), pid: 4_194_305 }

export interface StoreLawsOptions {
  /** Closes a store and opens it again; left out where nothing outlives the process. */
  readonly reopen?: (store: Store) => Promise<Store>
}

type Law = (store: Store, options: StoreLawsOptions) => Promise<void>

export function storeLaws(name: string, open: () => Promise<Store>, options: StoreLawsOptions = {}): void {
  for (const [title, law] of Object.entries({ ...logLaws, ...ownerLaws, ...requestLaws })) {
    test(`${name}: ${title}`, async () => {
      const store = await open()
      try {
        await law(store, options)
      } finally {
        await store.close()
      }
    })
  }
}

export async function readAll(
  store: Store,
  study: string,
  options?: Parameters<Store['read']>[1],
): Promise<readonly StoredEvent[]> {
  const all: StoredEvent[] = []
  for await (const part of store.read(study, options)) all.push(...part)
  return all
}

const logLaws: { readonly [title: string]: Law } = {
  'what was appended is read, in order, once, with its place and chain': async (store, { reopen }) => {
    let opened = store
    let next = 0
    const anyBatches = fc.array(fc.array(anyEvent, { maxLength: 20 }), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(anyBatches, async (batches) => {
        const study = `study ${(next += 1)}`
        const lease = await opened.acquire(study, livingOwner)
        let seq = 0
        for (const batch of batches) {
          await opened.append(lease, seq, batch)
          seq += batch.length
        }
        assert.equal(await opened.lastSeq(study), seq)
        if (reopen !== undefined && next % 5 === 0) opened = await reopen(opened)
        const read = await readAll(opened, study)
        assert.deepEqual(
          read.map((stored) => stored.event),
          batches.flat(),
        )
        let hash = genesisHash
        for (const [index, stored] of read.entries()) {
          hash = chainHash(hash, index + 1, encodeEvent(stored.event))
          assert.deepEqual([stored.seq, stored.hash], [index + 1, hash])
        }
        assert.deepEqual(await opened.check(study), [])
      }),
      { numRuns: 40 },
    )
    await opened.close()
  },

  'a very long text comes back whole': async (store) => {
    const lease = await store.acquire('long', livingOwner)
    const text = '漢"\\'.repeat(300_000)
    const event: Event = { type: 'ReportRejected', at: 1, trial: 0, attempt: 1, line: 1, text, why: '' }
    await store.append(lease, 0, [event])
    assert.deepEqual((await readAll(store, 'long'))[0]?.event, event)
  },

  'a long log is read in chunks, from any number on, and for one trial': async (store) => {
    const lease = await store.acquire('long', livingOwner)
    const events = reports(1, 23_456)
    await store.append(lease, 0, events)
    let chunks = 0
    for await (const part of store.read('long')) {
      chunks += 1
      assert.equal(part.length > 0 && part.length <= 5_000, true)
    }
    assert.equal(chunks > 1, true)
    assert.deepEqual(
      (await readAll(store, 'long')).map(({ event }) => event),
      events,
    )
    const tail = await readAll(store, 'long', { fromSeq: 12_345 })
    assert.deepEqual(
      tail.map(({ seq }) => seq),
      Array.from({ length: 23_456 - 12_344 }, (_, index) => 12_345 + index),
    )
    const ofTrial = await readAll(store, 'long', { trial: 3, fromSeq: 100 })
    assert.deepEqual(
      ofTrial.map(({ event }) => event),
      events.slice(99).filter((event) => trialOf(event) === 3),
    )
    assert.deepEqual(await readAll(store, 'long', { fromSeq: 23_457 }), [])
  },

  'a study that is not there reads as empty': async (store) => {
    assert.deepEqual(await readAll(store, 'none'), [])
    assert.equal(await store.lastSeq('none'), 0)
    assert.deepEqual(await store.studies(), [])
    assert.equal((await store.check('none')).length, 1)
  },

  'a reading ends with what was there when it began': async (store) => {
    const lease = await store.acquire('growing', livingOwner)
    await store.append(lease, 0, reports(1, 6_000))
    let seq = 6_000
    let read = 0
    for await (const part of store.read('growing')) {
      read += part.length
      await store.append(lease, seq, reports(seq + 1, seq + 5_000))
      seq += 5_000
    }
    assert.equal(read, 6_000)
  },

  'an append that expects another number changes nothing': async (store) => {
    const lease = await store.acquire('digits', livingOwner)
    await store.append(lease, 0, reports(1, 3))
    for (const wrong of [0, 2, 4]) {
      await assert.rejects(store.append(lease, wrong, reports(4, 5)), { code: 'STORE_CONFLICT' })
    }
    assert.equal(await store.lastSeq('digits'), 3)
    await store.append(lease, 3, reports(4, 5))
    assert.deepEqual(
      (await readAll(store, 'digits')).map(({ event }) => event),
      reports(1, 5),
    )
  },

  'appends of one turn keep their order, and a refused one spares the others': async (store) => {
    const lease = await store.acquire('digits', livingOwner)
    const appends = [
      store.append(lease, 0, reports(1, 1)),
      store.append(lease, 1, reports(2, 40)),
      store.append(lease, 7, reports(41, 41)),
      store.append(lease, 40, []),
      store.append(lease, 40, reports(41, 41)),
      store.append(lease, 41, reports(42, 42)),
    ]
    const outcomes = (await Promise.allSettled(appends)).map(({ status }) => status)
    assert.deepEqual(outcomes, ['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'])
    assert.deepEqual(
      (await readAll(store, 'digits')).map(({ event }) => event),
      reports(1, 42),
    )
    assert.deepEqual(await store.check('digits'), [])
  },

  'studies of one store do not mix': async (store) => {
    const names = ['b', 'a', 'ü; drop table events', '']
    const leases = await Promise.all(names.map((name) => store.acquire(name, livingOwner)))
    await Promise.all(leases.map((lease, index) => store.append(lease, 0, reports(1, 3 + index))))
    for (const [index, name] of names.entries()) {
      assert.deepEqual(
        (await readAll(store, name)).map(({ event }) => event),
        reports(1, 3 + index),
      )
      assert.deepEqual(await store.check(name), [])
    }
    const summaries = await store.studies()
    assert.deepEqual(new Set(summaries.map(({ name }) => name)), new Set(names))
    assert.equal(summaries.find(({ name }) => name === 'a')?.lastSeq, 4)
  },
}

const ownerLaws: { readonly [title: string]: Law } = {
  'a study that a living controller holds is refused to a second one': async (store) => {
    const lease = await store.acquire('digits', livingOwner)
    await assert.rejects(store.acquire('digits', livingOwner), {
      code: 'STUDY_IS_RUNNING',
      exit: 3,
      details: { study: 'digits', ...livingOwner },
    })
    assert.deepEqual((await store.studies())[0]?.owner, { ...livingOwner, fence: lease.fence })
    await lease.renew()
    await store.append(lease, 0, reports(1, 1))
    await lease.release()
    assert.equal((await store.studies())[0]?.owner, null)
    const next = await store.acquire('digits', livingOwner)
    assert.equal(next.fence > lease.fence, true)
  },

  'of two controllers that ask in one turn one gets the study': async (store) => {
    const asked = [store.acquire('digits', livingOwner), store.acquire('digits', livingOwner)]
    const outcomes = (await Promise.allSettled(asked)).map(({ status }) => status)
    assert.deepEqual(outcomes.toSorted(), ['fulfilled', 'rejected'])
  },

  'a released lease neither appends nor renews': async (store) => {
    const lease = await store.acquire('digits', livingOwner)
    await lease.release()
    await lease.release()
    await assert.rejects(store.append(lease, 0, reports(1, 1)), { code: 'STORE_CONFLICT' })
    await assert.rejects(lease.renew(), { code: 'STORE_CONFLICT' })
    assert.equal(await store.lastSeq('digits'), 0)
  },

  "a dead owner's study is taken over, and its fence is refused from then on": async (store) => {
    const old = await store.acquire('digits', deadOwner)
    await store.append(old, 0, reports(1, 2))
    const lease = await store.acquire('digits', livingOwner)
    assert.equal(lease.fence > old.fence, true)
    await assert.rejects(store.append(old, 2, reports(3, 3)), { code: 'STORE_CONFLICT' })
    await assert.rejects(old.renew(), { code: 'STORE_CONFLICT' })
    await old.release()
    await store.append(lease, 2, reports(3, 4))
    assert.deepEqual(
      (await readAll(store, 'digits')).map(({ event }) => event),
      reports(1, 4),
    )
  },
}

const requestLaws: { readonly [title: string]: Law } = {
  'requests come back oldest first, with what they carry, for their study only': async (store) => {
    await Promise.all(['a', 'b'].map((name) => store.acquire(name, livingOwner)))
    await fc.assert(
      fc.asyncProperty(anyJson, anyJson, async (data, answer) => {
        const before = (await store.requests('a', 0)).at(-1)?.id ?? 0
        const first = await store.request('a', 'tell', data)
        const other = await store.request('b', 'stop', null)
        const second = await store.request('a', 'pause', null)
        const found = await store.requests('a', before)
        assert.deepEqual(
          found.map(({ id, type }) => [id, type]),
          [
            [first, 'tell'],
            [second, 'pause'],
          ],
        )
        assert.deepEqual(found[0]?.data, data)
        assert.equal(Number.isSafeInteger(found[0]?.at), true)
        assert.equal(await store.answered('a', first), undefined)
        await store.answer('a', first, answer)
        assert.deepEqual(await store.answered('a', first), answer)
        assert.equal(await store.answered('a', second), undefined)
        assert.equal(await store.answered('a', other), undefined)
      }),
      { numRuns: 20 },
    )
  },

  'a request to a study that is not there is refused with those that are': async (store) => {
    await store.acquire('digits', livingOwner)
    await assert.rejects(store.request('digit', 'stop', null), { code: 'STUDY_NOT_FOUND', exit: 2 })
    assert.deepEqual(await store.requests('digit', 0), [])
    assert.equal(await store.answered('digit', 1), undefined)
  },
}
