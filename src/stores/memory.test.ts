import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SimulatedCrash, memoryStore } from './memory.ts'
import { deadOwner, livingOwner, readAll, storeLaws } from './store.laws.ts'
import { reports } from '../wire/reports.laws.ts'

storeLaws('memory', async () => memoryStore({ isAlive: ({ pid }) => pid !== deadOwner.pid }))

for (const [moment, kept] of [
  ['before', 2],
  ['after', 4],
] as const) {
  test(`a controller crashed ${moment} an append leaves ${kept} events and a study that can be taken over`, async () => {
    let crash: 'before' | 'after' | false = moment
    const store = memoryStore({ failAppend: (seq) => (seq === 3 ? crash : false) })
    const lease = await store.acquire('digits', livingOwner)
    await store.append(lease, 0, reports(1, 2))
    await assert.rejects(store.append(lease, 2, reports(3, 4)), SimulatedCrash)
    crash = false
    await assert.rejects(store.append(lease, kept, reports(5, 5)), { code: 'STORE_CONFLICT' })
    const next = await store.acquire('digits', livingOwner)
    assert.deepEqual(
      (await readAll(store, 'digits')).map(({ event }) => event),
      reports(1, kept),
    )
    await store.append(next, kept, reports(kept + 1, 5))
    assert.deepEqual(await store.check('digits'), [])
  })
}

test('an event that was altered behind the back of the store is found', async () => {
  const store = memoryStore()
  const lease = await store.acquire('digits', livingOwner)
  const events = structuredClone(reports(1, 3))
  await store.append(lease, 0, events)
  await readAll(store, 'digits')
  Object.assign(events[1] as object, { epoch: 9 })
  assert.deepEqual(await store.check('digits'), [{ seq: 2, problem: 'it was altered after it was read' }])
})
