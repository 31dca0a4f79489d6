import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  attemptFolder,
  formatAttempt,
  formatHandover,
  formatReport,
  formatUntil,
  formatVerdict,
  parseAttempt,
  parseExit,
  parseLine,
  parseProcess,
  parseUntil,
  parseVerdict,
  protocolVersion,
} from './attempt-folder.ts'

test('a report survives its line, non-finite values and odd names too', () => {
  const name = fc
    .oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'val_loss'))
    .filter((key) => !['epoch', 'handover'].includes(key))
  const metrics = fc.array(
    fc.tuple(
      name,
      fc.double().map((value) => (Object.is(value, -0) ? 0 : value)),
    ),
    { minLength: 1 },
  )
  fc.assert(
    fc.property(fc.integer({ min: 1 }), metrics, (epoch, entries) => {
      const said = { type: 'report' as const, epoch, metrics: Object.fromEntries(entries) }
      const line = formatReport(epoch, said.metrics)
      assert.equal(line.indexOf('\n'), line.length - 1)
      assert.deepEqual(parseLine(line), said)
    }),
  )
})

test('what Python writes for non-finite values is read, and the same words in a string are left alone', () => {
  assert.deepEqual(parseLine('{"epoch": 3, "loss": NaN, "a NaN": -Infinity, "b": Infinity, "c": "nan", "d": "-inf"}'), {
    type: 'report',
    epoch: 3,
    metrics: { loss: NaN, 'a NaN': -Infinity, b: Infinity, c: NaN, d: -Infinity },
  })
})

test('what is no report is a problem that names what is wrong', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['epoch 3 loss 0.5', /not JSON/],
    ['{"epoch": 3, "loss": 0.5', /not JSON/],
    ['7', /expected an object.*got 7/],
    ['null', /expected an object.*got null/],
    ['{"loss": 1}', /"epoch".*got nothing/],
    ['{"epoch": 0, "loss": 1}', /count from 1/],
    ['{"epoch": -1, "loss": 1}', /"epoch".*got -1/],
    ['{"epoch": NaN, "loss": 1}', /"epoch".*got "NaN"/],
    ['{"epoch": 1}', /without a metric/],
    ['{"epoch": 1, "loss": null}', /"loss".*got null/],
    ['{"epoch": 1, "loss": true}', /"loss".*got true/],
    ['{"epoch": 1, "loss": {"a": 1}}', /"loss".*got \{"a":1\}/],
    ['{"epoch": 1, "handover": 1}', /"handover".*got 1/],
  ]
  for (const [line, why] of cases) {
    const said = parseLine(line)
    assert.equal(said?.type, 'problem', line)
    assert.match(said.type === 'problem' ? said.why : '', why)
  }
  assert.equal(parseLine('  \r'), null)
})

test('a hand-over, also before the first epoch, survives its line', () => {
  for (const epoch of [0, 7]) assert.deepEqual(parseLine(formatHandover(epoch)), { type: 'handover', epoch })
})

test('a limit survives its file, and what is none is none', () => {
  for (const limit of [
    { until: 27, leave: false },
    { until: 9, leave: true },
  ])
    assert.deepEqual(parseUntil(formatUntil(limit)), limit)
  for (const text of ['', '27 stay', 'leave', '-1', '27\n28']) assert.equal(parseUntil(text), null)
})

test('process and exit count only when they are complete', () => {
  const text = 'pid 123\nstarted 81024\nboot fa8e-439a\ngroup 123\nslot 2\n'
  assert.deepEqual(parseProcess(text), { pid: 123, started: '81024', boot: 'fa8e-439a', group: 123, slot: 2 })
  assert.deepEqual(parseProcess('pid 5\nstarted \nboot \ngroup 5\nslot \n'), {
    pid: 5,
    started: null,
    boot: null,
    group: 5,
    slot: null,
  })
  for (const part of ['', 'pid 12', 'boot x\n']) assert.equal(parseProcess(part), null)
  assert.deepEqual(['0\n', '137\n', '', '13', 'x\n'].map(parseExit), [0, 137, null, null, null])
})

test('a verdict survives its line', () => {
  for (const type of ['start', 'go', 'leave'] as const)
    assert.deepEqual(parseVerdict(formatVerdict({ type, epoch: 9 })), { type, epoch: 9 })
  assert.equal(parseVerdict('stay 9'), null)
})

test('an attempt survives its file, and another protocol is refused', () => {
  const attempt = {
    protocol: protocolVersion,
    study: 'digits',
    trial: 17,
    attempt: 2,
    seed: 5,
    configuration: { lr: 1e-5, optimizer: 'sgd', nesterov: true },
    from: 3,
    until: 9,
    max: 27,
    linger: 0.5,
    resumable: true,
    checkpoint: '/a folder/checkpoint',
  }
  assert.deepEqual(parseAttempt(formatAttempt(attempt)), attempt)
  assert.throws(() => parseAttempt(formatAttempt({ ...attempt, protocol: 2 })), /expected protocol 1/)
  assert.deepEqual(
    [attemptFolder(17, 2), attemptFolder(123456, 1)],
    ['trials/0017/attempt-2', 'trials/123456/attempt-1'],
  )
})
