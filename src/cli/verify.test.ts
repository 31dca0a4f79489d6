import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { Event } from '../core/study/events.ts'
import { aStore, call, hyperbandStudy } from './stored-studies.laws.ts'

test('a good study is verified with exit 0', async (t) => {
  const folder = await aStore(t, { digits: hyperbandStudy() })
  const { code, out } = await call('verify digits', folder)
  assert.equal(code, 0, out)
  assert.match(out, /^store +structure and chain of hashes are good$/m)
  assert.match(out, /^decisions +(\d+) decisions: \1 taken again and equal$/m)
  assert.deepEqual(JSON.parse((await call('verify digits --json', folder)).out).problems, [])
})

test('a decision that the study would not have taken is named, exit 1', async (t) => {
  const { study, log } = hyperbandStudy()
  const at = log.findIndex(({ event }) => event.type === 'CreateTrial' && event.trial === 2)
  const wrong = log.map(({ seq, event }, index) => ({
    seq,
    event: (index === at && event.type === 'CreateTrial'
      ? { ...event, configuration: { x: 0.5, kind: 'a' } }
      : event) as Event,
  }))
  const folder = await aStore(t, { digits: { study, log: wrong } })
  const { code, out } = await call('verify digits', folder)
  assert.equal(code, 1)
  assert.match(out, new RegExp(`wrong, the first one first:\n  event ${at + 1}: CreateTrial of trial 2 is recorded`))
})

test('an event altered in the file breaks the chain of hashes at its place', async (t) => {
  const folder = await aStore(t, { digits: hyperbandStudy() })
  const database = new DatabaseSync(join(folder, 'foretune.db'))
  const { changes } = database
    .prepare(`update events set body = replace(body, '"epoch":1,', '"epoch":2,') where seq = 10`)
    .run()
  const { body } = database.prepare('select body from events where seq = 10').get() as { readonly body: string }
  database.close()
  assert.equal(changes, 1)
  const { code, out } = await call('verify digits', folder)
  assert.equal(code, 1, body)
  assert.match(out, /event 10: /)
})
