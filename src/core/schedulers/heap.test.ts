import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { inOrder, pop, push, remove } from './heap.ts'

const isBelow = (a: number, b: number): boolean => a < b
const built = (numbers: readonly number[]): number[] => {
  const heap: number[] = []
  for (const number of numbers) push(heap, number, isBelow)
  return heap
}
const distinct = fc.uniqueArray(fc.integer({ min: 0, max: 200 }), { maxLength: 60, size: 'max' })
const sorted = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b)

test('items are popped, and walked through, in order', () => {
  const property = fc.property(distinct, (numbers) => {
    const heap = built(numbers)
    const before = [...heap]
    assert.deepEqual([...inOrder(heap, isBelow)], sorted(numbers))
    assert.deepEqual(heap, before, 'walking changes nothing')
    const popped = numbers.map(() => pop(heap, isBelow))
    assert.deepEqual(popped, sorted(numbers))
    assert.equal(pop(heap, isBelow), undefined)
  })
  fc.assert(property)
})

test('any item can be taken out, and the others stay in order', () => {
  const property = fc.property(
    distinct,
    fc.array(fc.nat({ max: 200 }), { maxLength: 60, size: 'max' }),
    (numbers, out) => {
      const heap = built(numbers)
      const left = new Set(numbers)
      for (const item of out) {
        const removed = remove(heap, (number) => number === item, isBelow)
        assert.equal(removed, left.delete(item) ? item : undefined)
      }
      assert.deepEqual([...inOrder(heap, isBelow)], sorted([...left]))
    },
  )
  fc.assert(property)
})
