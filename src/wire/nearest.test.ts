import { test } from 'node:test'
import assert from 'node:assert/strict'
import { nearest } from './nearest.ts'

test('the name that was meant is found through typing mistakes, abbreviation and inflection', () => {
  const meant: [string, string[], string | undefined][] = [
    ['spce', ['name', 'space'], 'space'],
    ['asah', ['sha', 'asha'], 'asha'],
    ['max', ['minimize', 'maximize'], 'maximize'],
    ['promote', ['stopping', 'promotion'], 'promotion'],
    ['least', ['atMost', 'atLeast'], 'atLeast'],
    ['HYPERBAND', ['hyperband'], 'hyperband'],
    ['lr', ['low', 'lr_max'], undefined],
    ['xyzzy', ['name', 'space'], undefined],
    ['y', ['x'], undefined],
    ['X', ['x'], 'x'],
    ['', ['a', 'name'], undefined],
  ]
  for (const [written, known, expected] of meant) assert.equal(nearest(written, known), expected, written)
})
