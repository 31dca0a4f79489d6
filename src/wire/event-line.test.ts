import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyEvent, anyJson } from './event-line.laws.ts'
import { chainHash, decodeEvent, encodeEvent, genesisHash } from './event-line.ts'
import { decodeJson, encodeJson } from './exact-json.ts'
import { aReport } from './reports.laws.ts'

test('every event comes back unchanged from one line of text', () => {
  fc.assert(
    fc.property(anyEvent, (event) => {
      const text = encodeEvent(event)
      assert.equal(text.includes('\n'), false)
      assert.deepEqual(decodeEvent(text), event)
      assert.equal(encodeEvent(decodeEvent(text)), text)
    }),
    { numRuns: 500 },
  )
})

test('every JSON value comes back unchanged, numbers that are not finite and -0 as well', () => {
  fc.assert(
    fc.property(anyJson, (value) => assert.deepEqual(decodeJson(encodeJson(value)), value)),
    { numRuns: 500 },
  )
})

test('metrics that are not finite are words, and a text "NaN" elsewhere stays a text', () => {
  const event = aReport({ metrics: { loss: NaN, high: Infinity, low: -Infinity, accuracy: 0.25 } })
  assert.equal(
    encodeEvent(event),
    '{"type":"TrialReported","at":1001,"trial":0,"attempt":1,"line":1,"epoch":1,' +
      '"metrics":{"loss":"NaN","high":"Infinity","low":"-Infinity","accuracy":0.25}}',
  )
  assert.equal(encodeJson({ a: 'NaN', b: NaN, c: -0 }), '{"a":"NaN","b":{"$number":"NaN"},"c":-0}')
})

test('a member that is undefined is absent', () => {
  assert.equal(encodeJson({ a: undefined, b: [NaN], c: { d: undefined } }), '{"b":[{"$number":"NaN"}],"c":{}}')
})

const broken: readonly (readonly [string, string])[] = [
  ['a line that was cut', '{"type":"TimePassed","at":1'],
  ['no object', 'null'],
  ['a list', '[]'],
  ['an unknown type', '{"type":"TrialForgotten","at":1}'],
  ['a type that objects inherit', '{"type":"toString","at":1}'],
  ['no time', '{"type":"TimePassed"}'],
  ['a trial number that is a text', '{"type":"StopTrial","at":1,"trial":"0","why":{"rule":"x"}}'],
  ['half an epoch', encodeEvent(aReport()).replace('"epoch":1', '"epoch":1.5')],
  ['a metric that is a text', encodeEvent(aReport()).replace('0.5', '"0.5"')],
  ['metrics that are a list', encodeEvent(aReport()).replace('{"loss":0.5}', '[0.5]')],
  [
    'an imported report without an epoch',
    '{"type":"TrialImported","at":1,"configuration":{},"state":"complete","reports":[{"metrics":{}}],"source":""}',
  ],
  ['a number that is none', '{"type":"CloseSampling","at":1,"why":{"rule":"x","n":{"$number":7}}}'],
]

for (const [name, text] of broken) {
  test(`${name} is refused with its place`, () => {
    assert.throws(() => decodeEvent(text, 'digits', 17), {
      name: 'ForetuneError',
      code: 'STORE_CORRUPT',
      exit: 3,
      details: { study: 'digits', seq: 17, problem: problemOf(text) },
    })
  })
}

function problemOf(text: string): unknown {
  try {
    decodeEvent(text)
  } catch (error) {
    return (error as { details: { problem: unknown } }).details.problem
  }
  return undefined
}

test('a hash covers the hash before it, the place and the text, and is half a SHA-256', () => {
  const hash = chainHash(genesisHash, 1, '{}')
  assert.equal(
    hash,
    createHash('sha256')
      .update(`${'0'.repeat(32)} 1 {}`)
      .digest('hex')
      .slice(0, 32),
  )
  const others = [chainHash(hash, 1, '{}'), chainHash(genesisHash, 2, '{}'), chainHash(genesisHash, 1, '{ }')]
  assert.equal(new Set([hash, ...others]).size, 4)
})
