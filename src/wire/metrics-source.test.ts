import { test } from 'node:test'
import assert from 'node:assert/strict'
import {
  groupNames,
  metricsPattern,
  metricsReader,
  parseNumber,
  type MetricsReader,
  type Reading,
} from './metrics-source.ts'
import type { MetricsSource } from './program.ts'

const plain = { epoch: 'epoch', firstEpoch: 1 } as const

function readAll(reader: MetricsReader, lines: readonly string[]): (Reading | null)[] {
  return lines.map((line) => reader.read(line))
}

function report(epoch: number, metrics: Record<string, number>): Reading {
  return { epoch, metrics }
}

const isProblem = (reading: Reading | null): boolean => reading !== null && 'problem' in reading

test('a pattern reads epoch and metrics from among other output', () => {
  const source: MetricsSource = {
    from: 'stdout',
    pattern: String.raw`epoch (?<epoch>\d+).*val_loss=(?<val_loss>\S+)`,
    ...plain,
  }
  assert.deepEqual(
    readAll(metricsReader(source, ['val_loss']), [
      'loading',
      'epoch 1: val_loss=1e-3',
      '\u001B[32mepoch 2\u001B[0m val_loss=nan',
      'epoch 3 val_loss=-inf',
    ]),
    [null, report(1, { val_loss: 0.001 }), report(2, { val_loss: NaN }), report(3, { val_loss: -Infinity })],
  )
})

test('a matched text that is no number is a problem that names it', () => {
  const source: MetricsSource = { from: 'stdout', pattern: String.raw`(?<epoch>\S+) loss=(?<loss>\S+)`, ...plain }
  const reader = metricsReader(source, ['loss'])
  for (const line of ['1 loss=1,234', '1 loss=0.5,', 'x loss=1', '1.5 loss=1', '0 loss=1', 'nan loss=1', '-1 loss=2']) {
    assert.ok(isProblem(reader.read(line)), line)
  }
})

test('without an epoch the lines with metrics are counted from where the attempt started', () => {
  const source: MetricsSource = { from: 'stdout', pattern: String.raw`loss: (?<loss>\S+)`, ...plain }
  assert.deepEqual(readAll(metricsReader(source, ['loss']), ['loss: 3', '', 'loss: 2']), [
    report(1, { loss: 3 }),
    null,
    report(2, { loss: 2 }),
  ])
  assert.deepEqual(readAll(metricsReader(source, ['loss'], { from: 9 }), ['loss: 3', 'loss: 2']), [
    report(10, { loss: 3 }),
    report(11, { loss: 2 }),
  ])
})

test('where only the result counts, the last line with metrics is it', () => {
  const source: MetricsSource = {
    from: 'stdout',
    pattern: String.raw`(?:step (?<epoch>\d+) )?loss: (?<loss>\S+)`,
    ...plain,
  }
  const reader = metricsReader(source, ['loss'], { finalOnly: true })
  assert.equal(reader.end(), null)
  assert.deepEqual(readAll(reader, ['step 500 loss: 3', 'loss: 2', 'done']), [null, null, null])
  assert.deepEqual(reader.end(), report(1, { loss: 2 }))
})

test('JSON lines on standard output are told from other lines', () => {
  const reader = metricsReader({ from: 'stdout', format: 'jsonl', ...plain }, ['loss'])
  assert.deepEqual(
    readAll(reader, [
      'hello',
      "{'a': 1}",
      '{"note": 1}',
      '{"epoch": 2, "loss": 0.5, "lr": 1e-3, "who": "me"}',
      '{"epoch": 3, "loss": NaN, "s": "NaN"}',
      '[1]',
    ]),
    [null, null, null, report(2, { loss: 0.5, lr: 0.001 }), report(3, { loss: NaN, s: NaN }), null],
  )
  assert.deepEqual(reader.read('{"epoch": 4, "loss": -Infinity}'), report(4, { loss: -Infinity }))
  assert.ok(isProblem(reader.read('{"epoch": 4, "loss": null}')))
  assert.ok(isProblem(reader.read('{"epoch": "x", "loss": 1}')))
})

test('several objectives belong on one line', () => {
  const reader = metricsReader({ from: 'stdout', format: 'jsonl', ...plain }, ['loss', 'size'])
  assert.deepEqual(readAll(reader, ['{"loss": 1, "size": 2}', '{"other": 2}']), [report(1, { loss: 1, size: 2 }), null])
  assert.ok(isProblem(reader.read('{"loss": 1}')))
})

test('a file of JSON lines holds nothing else', () => {
  const reader = metricsReader({ from: 'file', path: 'm', format: 'jsonl', ...plain }, ['loss'])
  assert.ok(isProblem(reader.read('hello')))
  assert.ok(isProblem(reader.read('{"loss"')))
  assert.equal(reader.read('  '), null)
  assert.deepEqual(reader.read('{"epoch": 1, "loss": "inf"}'), report(1, { loss: Infinity }))
})

test('a CSV file is read by its header, with epochs from 0 where the program counts so', () => {
  const reader = metricsReader({ from: 'file', path: 'log.csv', format: 'csv', epoch: 'step', firstEpoch: 0 }, [
    'val_loss',
  ])
  assert.deepEqual(
    readAll(reader, [
      'step,"val_loss",lr,note',
      '0,0.5,1e-3,"a, b"',
      '1,nan,,\r\n',
      '',
      'step,val_loss,lr,note',
      '2, 0.25 ,x,y',
    ]),
    [
      null,
      report(1, { val_loss: 0.5, lr: 0.001 }),
      report(2, { val_loss: NaN }),
      null,
      null,
      report(3, { val_loss: 0.25 }),
    ],
  )
  assert.ok(isProblem(reader.read('3,1,234,1e-3,x')))
  assert.ok(isProblem(reader.read('3,"0.5')))
  assert.ok(isProblem(reader.read('3,low,1,x')))
  assert.ok(isProblem(reader.read('-1,1,1,x')))
})

test('a CSV header without the metric is a problem', () => {
  assert.ok(
    isProblem(
      metricsReader({ from: 'file', path: 'log.csv', format: 'csv', ...plain }, ['val_loss']).read('epoch,loss'),
    ),
  )
})

test('numbers are read as programs print them and nothing else is', () => {
  const read: [string, number][] = [
    ['1', 1],
    ['-1.', -1],
    ['.5', 0.5],
    ['+1e-3', 0.001],
    ['1E5', 100000],
    ['NaN', NaN],
    ['-Infinity', -Infinity],
    ['inf', Infinity],
  ]
  for (const [text, value] of read) assert.deepEqual(parseNumber(text), value, text)
  for (const text of ['', '1,234', '0x10', '12%', '1e', '.', 'e5', 'nano', '1 2', '1_000'])
    assert.equal(parseNumber(text), null, text)
})

test('group names come from the pattern, in Python style as well', () => {
  assert.deepEqual(groupNames(metricsPattern(String.raw`(?P<a>\d) (?<b>x)?`)), ['a', 'b'])
  assert.deepEqual(groupNames(metricsPattern('(a)')), [])
  assert.throws(() => metricsPattern('('), SyntaxError)
})
