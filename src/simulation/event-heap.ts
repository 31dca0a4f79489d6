/**
 * A binary heap of (time, place), ties in the order of insertion, in three flat arrays: no object is made for an entry.
 */
export interface EventHeap {
  size: number
  /** How many entries were ever pushed: the next one's order. */
  order: number
  times: Float64Array
  orders: Float64Array
  /** What the entry stands for, for the caller to know. */
  places: Int32Array
}

export function eventHeap(): EventHeap {
  return { size: 0, order: 0, times: new Float64Array(64), orders: new Float64Array(64), places: new Int32Array(64) }
}

export function push(heap: EventHeap, time: number, place: number): void {
  if (heap.size === heap.times.length) grow(heap)
  let at = heap.size++
  heap.times[at] = time
  heap.orders[at] = heap.order++
  heap.places[at] = place
  for (let parent = (at - 1) >> 1; at > 0 && isBefore(heap, at, parent); parent = (at - 1) >> 1) {
    swap(heap, at, parent)
    at = parent
  }
}

/** Takes the first entry off and returns its place. */
export function pop(heap: EventHeap): number {
  const place = heap.places[0] as number
  heap.size--
  if (heap.size > 0) swap(heap, 0, heap.size)
  sink(heap, 0)
  return place
}

/** Keeps only the entries whose place is wanted. */
export function retain(heap: EventHeap, isWanted: (place: number) => boolean): void {
  let kept = 0
  for (let at = 0; at < heap.size; at++) {
    if (isWanted(heap.places[at] as number)) swap(heap, at, kept++)
  }
  heap.size = kept
  for (let at = (kept >> 1) - 1; at >= 0; at--) sink(heap, at)
}

function sink(heap: EventHeap, at: number): void {
  for (;;) {
    let least = at
    if (2 * at + 1 < heap.size && isBefore(heap, 2 * at + 1, least)) least = 2 * at + 1
    if (2 * at + 2 < heap.size && isBefore(heap, 2 * at + 2, least)) least = 2 * at + 2
    if (least === at) return
    swap(heap, at, least)
    at = least
  }
}

function isBefore(heap: EventHeap, a: number, b: number): boolean {
  const first = heap.times[a] as number
  const second = heap.times[b] as number
  return first < second || (first === second && (heap.orders[a] as number) < (heap.orders[b] as number))
}

function swap(heap: EventHeap, a: number, b: number): void {
  const { times, orders, places } = heap
  const time = times[a] as number
  const order = orders[a] as number
  const place = places[a] as number
  times[a] = times[b] as number
  orders[a] = orders[b] as number
  places[a] = places[b] as number
  times[b] = time
  orders[b] = order
  places[b] = place
}

function grow(heap: EventHeap): void {
  const { times, orders, places, size } = heap
  heap.times = new Float64Array(size * 2)
  heap.orders = new Float64Array(size * 2)
  heap.places = new Int32Array(size * 2)
  heap.times.set(times)
  heap.orders.set(orders)
  heap.places.set(places)
}
