import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Line, LineCutter, type LineEnds, lineBytesMax } from './lines.ts'

function cut(ends: LineEnds, pieces: readonly Buffer[]): Line[] {
  const lines: Line[] = []
  const cutter = new LineCutter(ends, (line) => lines.push(line))
  for (const piece of pieces) {
    const reused = Buffer.from(piece)
    cutter.push(reused)
    reused.fill(0)
  }
  cutter.end()
  return lines
}

test('lines do not depend on where the reads ended', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'é', '漢', '\n', '\r', '\r\n')).map((parts) => parts.join(''))
  fc.assert(
    fc.property(
      text,
      fc.array(fc.nat(20)),
      fc.constantFrom<LineEnds>('newline', 'newline or return'),
      (whole, sizes, ends) => {
        const bytes = Buffer.from(whole)
        const pieces: Buffer[] = []
        let start = 0
        for (const size of sizes) pieces.push(bytes.subarray(start, (start += size)))
        pieces.push(bytes.subarray(start))
        const expected = whole.split(ends === 'newline' ? '\n' : /[\r\n]/).map((line) => ({ text: line }))
        if (expected.at(-1)?.text === '') expected.pop()
        assert.deepEqual(cut(ends, pieces), expected)
      },
    ),
  )
})

test('a line that is too long is told by its beginning, and the next one is whole', () => {
  const half = Buffer.alloc(lineBytesMax / 2 + 1, 'x')
  const lines = cut('newline', [half, half, half, Buffer.from('\nnext\n')])
  assert.deepEqual(
    lines.map(({ text, problem }) => [text.length, problem !== undefined]),
    [
      [1000, true],
      [4, false],
    ],
  )
})

test('what is not UTF-8 is said to be so', () => {
  assert.deepEqual(cut('newline', [Buffer.from([0xff, 0x61, 10, 0x62])]), [
    { text: '\uFFFDa', problem: 'not UTF-8' },
    { text: 'b' },
  ])
})
