import assert from 'node:assert/strict'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openStore } from './open.ts'

test('an address leads to its store', async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'foretune-open-')))
  try {
    const path = join(folder, 'a store.db')
    const store = await openStore(`sqlite:${path}`)
    assert.equal(store.location, `sqlite:${path}`)
    await store.close()
    await (await openStore(`sqlite:${path}`, { readOnly: true })).close()
    assert.equal((await openStore('memory')).location, 'memory')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

for (const url of ['', 'sqlite:', 'foretune.db', 'mysql://x', 'memory:']) {
  test(`"${url}" is no address of a store`, async () => {
    await assert.rejects(openStore(url), { code: 'STORE_KIND_UNKNOWN', exit: 2, details: { url } })
  })
}

test('a password in an address is not repeated', async () => {
  await assert.rejects(openStore('postgres://me:secret@host/base'), (error: Error) => {
    assert.equal((error as Error & { code?: string }).code, 'STORE_KIND_UNKNOWN')
    return !error.message.includes('secret') && error.message.includes('//…@host/base')
  })
})
