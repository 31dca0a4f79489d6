import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Tail, type TailOptions } from './tail.ts'

function followed(t: TestContext, options: Partial<TailOptions> = {}): { path: string; tail: Tail; seen: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'foretune-tail-'))
  const path = join(folder, 'reports.jsonl')
  const seen: string[] = []
  const tail = new Tail(path, {
    ends: 'newline',
    onLine: ({ text }) => seen.push(text),
    onAnew: () => seen.push('(anew)'),
    ...options,
  })
  t.after(() => {
    tail.close()
    rmSync(folder, { recursive: true })
  })
  return { path, tail, seen }
}

test('lines are told once, as they come, and the last one at the end even without a newline', (t) => {
  const { path, tail, seen } = followed(t)
  tail.read()
  writeFileSync(path, 'one\ntw')
  tail.check()
  tail.check()
  assert.deepEqual(seen, ['one'])
  assert.equal(tail.isWatched, true)
  appendFileSync(path, 'o\nthree')
  tail.end()
  assert.deepEqual(seen, ['one', 'two', 'three'])
  appendFileSync(path, '\nfour\n')
  tail.read()
  assert.deepEqual(seen, ['one', 'two', 'three'])
})

test('the kernel tells of new lines without a check', async (t) => {
  const { path, tail, seen } = followed(t)
  writeFileSync(path, '')
  tail.read()
  appendFileSync(path, 'one\n')
  for (let turn = 0; turn < 1000 && seen.length === 0; turn++) await new Promise((resolve) => setTimeout(resolve, 5))
  assert.deepEqual(seen, ['one'])
})

test('a part that was there before does not interest', (t) => {
  const { path, tail, seen } = followed(t, { offset: 4 })
  writeFileSync(path, 'old\nnew\n')
  tail.read()
  assert.deepEqual(seen, ['new'])
})

test('a file that became shorter, or another one, is read from its beginning', (t) => {
  const { path, tail, seen } = followed(t)
  writeFileSync(path, 'one\ntwo\n')
  tail.read()
  truncateSync(path, 0)
  appendFileSync(path, 'a\n')
  tail.read()
  writeFileSync(`${path}.new`, 'a\nb\n')
  appendFileSync(path, 'late\n')
  renameSync(`${path}.new`, path)
  tail.check()
  assert.deepEqual(seen, ['one', 'two', '(anew)', 'a', 'late', '(anew)', 'a', 'b'])
})

test('a file longer than one turn reads is read to its end', (t) => {
  const { path, tail, seen } = followed(t)
  const line = 'x'.repeat(999)
  writeFileSync(path, `${line}\n`.repeat(9000))
  tail.end()
  assert.equal(seen.length, 9000)
})
