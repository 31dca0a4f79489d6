/**
 * A process of its own that writes to a store until it is killed, or until it has written `count` events. It prints the number of every event
 * batch that was acknowledged, one a line. An error that a user would see is printed as its code, and its exit status kept.
 *
 *   node store-writer.ts PATH STUDY COUNT
 */
import { hostname } from 'node:os'
import { ForetuneError } from '../../src/errors.ts'
import { sqliteStore } from '../../src/stores/sqlite.ts'
import { reports } from '../../src/wire/reports.laws.ts'

const [path = '', study = '', count = ''] = process.argv.slice(2)
const batchMax = 40

try {
  const store = await sqliteStore(path)
  const lease = await store.acquire(study, { host: hostname(), pid: process.pid })
  let seq = await store.lastSeq(study)
  const end = Number(count)
  const open: Promise<void>[] = []
  while (seq < end) {
    const to = Math.min(end, seq + 1 + (seq % batchMax))
    open.push(store.append(lease, seq, reports(seq + 1, to)).then(() => void process.stdout.write(`${to}\n`)))
    seq = to
    if (open.length > 8) await open.shift()
  }
  await Promise.all(open)
  await store.close()
} catch (error) {
  if (!(error instanceof ForetuneError)) throw error
  process.stdout.write(`${error.code}\n`)
  process.exit(error.exit)
}
