import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Observation } from '../ports.ts'
import { parseLine } from '../wire/attempt-folder.ts'
import { ReportLines } from './report-lines.ts'

function read(texts: readonly string[], linesRead: number): Observation[] {
  const seen: Observation[] = []
  const lines = new ReportLines({ trial: 0, attempt: 1 }, linesRead, (observation) => seen.push(observation))
  for (const text of texts) {
    const said = parseLine(text)
    if (said !== null) lines.add(text, said)
  }
  return seen
}

const aLine = fc.oneof(
  fc.record({ epoch: fc.integer({ min: 1, max: 4 }), loss: fc.constantFrom(1, 2) }).map((line) => JSON.stringify(line)),
  fc.integer({ min: 1, max: 4 }).map((epoch) => JSON.stringify({ epoch, accuracy: 1 })),
  fc.constantFrom('', 'garbage', '{"handover": true, "epoch": 2}'),
)

test('whoever reads on after n lines is told exactly what comes after line n', () => {
  fc.assert(
    fc.property(fc.array(aLine), fc.nat(10), (texts, linesRead) => {
      const all = read(texts, 0)
      assert.deepEqual(
        all.map((o) => ('line' in o ? o.line : 0)),
        all.map((_, index) => index + 1),
      )
      assert.deepEqual(read(texts, linesRead), all.slice(linesRead))
    }),
  )
})

test('a bar that reports an epoch over and over is rejected once an epoch', () => {
  const bar = [3, 2, 1].map((loss) => `{"epoch": 1, "loss": ${loss}}`)
  const seen = read(
    [...bar, ...bar, '{"epoch": 2, "loss": 1}', '{"epoch": 1, "loss": 9}', '{"epoch": 2, "loss": 8}'],
    0,
  )
  assert.deepEqual(
    seen.map((o) => o.type),
    ['report', 'rejected', 'report', 'rejected'],
  )
})

test('a file that is read anew tells nothing twice', () => {
  const seen: Observation[] = []
  const lines = new ReportLines({ trial: 0, attempt: 1 }, 0, (observation) => seen.push(observation))
  const say = (epoch: number): void => lines.add('', { type: 'report', epoch, metrics: { loss: 1 } })
  say(1)
  say(2)
  lines.anew()
  say(1)
  say(2)
  say(3)
  assert.deepEqual(
    seen.map((o) => (o.type === 'report' ? [o.line, o.epoch] : [])),
    [
      [1, 1],
      [2, 2],
      [3, 3],
    ],
  )
})
