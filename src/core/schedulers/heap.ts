/**
 * A binary heap in a plain array, so that a scheduler's memory stays plain data: `heap[0]` is the first item.
 * The order is given at each call, always the same one for one heap, and must be total: then what the heap gives does not depend on how
 * it was built. Cost: O(log n) a push or pop; `inOrder` O(k log k) for the first k items.
 */
export type IsBefore<T> = (a: T, b: T) => boolean

export function push<T>(heap: T[], item: T, isBefore: IsBefore<T>): void {
  heap.push(item)
  rise(heap, heap.length - 1, isBefore)
}

export function pop<T>(heap: T[], isBefore: IsBefore<T>): T | undefined {
  return heap.length === 0 ? undefined : removeAt(heap, 0, isBefore)
}

/** Takes out one item. Costs O(log n) when it is the first one, which is the usual case here, else O(n). */
export function remove<T>(heap: T[], isIt: (item: T) => boolean, isBefore: IsBefore<T>): T | undefined {
  const index = heap.findIndex(isIt)
  return index === -1 ? undefined : removeAt(heap, index, isBefore)
}

/** The items from the first to the last. Changes nothing: it walks from the root along a frontier of indices. */
export function* inOrder<T>(heap: readonly T[], isBefore: IsBefore<T>): Generator<T, void> {
  const isIndexBefore = (i: number, j: number): boolean => isBefore(heap[i] as T, heap[j] as T)
  const frontier = heap.length === 0 ? [] : [0]
  for (let index = pop(frontier, isIndexBefore); index !== undefined; index = pop(frontier, isIndexBefore)) {
    yield heap[index] as T
    for (const child of [2 * index + 1, 2 * index + 2]) {
      if (child < heap.length) push(frontier, child, isIndexBefore)
    }
  }
}

function removeAt<T>(heap: T[], index: number, isBefore: IsBefore<T>): T {
  const removed = heap[index] as T
  const last = heap.pop() as T
  if (index < heap.length) {
    heap[index] = last
    sink(heap, index, isBefore)
    rise(heap, index, isBefore)
  }
  return removed
}

function rise<T>(heap: T[], start: number, isBefore: IsBefore<T>): void {
  const item = heap[start] as T
  let index = start
  while (index > 0) {
    const parent = (index - 1) >> 1
    if (!isBefore(item, heap[parent] as T)) break
    heap[index] = heap[parent] as T
    index = parent
  }
  heap[index] = item
}

function sink<T>(heap: T[], start: number, isBefore: IsBefore<T>): void {
  const item = heap[start] as T
  let index = start
  for (let child = 2 * index + 1; child < heap.length; child = 2 * index + 1) {
    if (child + 1 < heap.length && isBefore(heap[child + 1] as T, heap[child] as T)) child++
    if (!isBefore(heap[child] as T, item)) break
    heap[index] = heap[child] as T
    index = child
  }
  heap[index] = item
}
