import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cut, tableText } from './table.ts'

test('a table is aligned and cut where it is too wide', () => {
  const columns = [{ title: 'n', align: 'right' as const }, { title: 'name' }]
  assert.deepEqual(
    tableText(
      columns,
      [
        ['1', 'a'],
        ['20', 'bcd'],
      ],
      Infinity,
    ),
    [' n  name', ' 1  a', '20  bcd'],
  )
  assert.deepEqual(tableText(columns, [['1', 'abcdef']], 6), ['n  na…', '1  ab…'])
  assert.equal(cut('abc', 3), 'abc')
})
