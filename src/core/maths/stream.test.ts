import { test } from 'node:test'
import { deepEqual, equal, notEqual, ok, throws } from 'node:assert/strict'
import fc from 'fast-check'
import { type Address, stream } from './stream.ts'

const part = fc.oneof(fc.string({ unit: 'binary' }), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer())

test('the numbers of a seed and an address are a promise across releases', () => {
  const first = stream(7, 'sampler', 17)
  deepEqual([first.uint32(), first.uint32(), first.uint32()], [3062184193, 653414884, 1570503369])
  deepEqual([first.uniform(), first.integer(10), first.integer(2 ** 53)], [0.1826288866636121, 0, 6622161090448667])
  deepEqual([first.normal(), first.permutation(6)], [1.2139368062578877, [5, 1, 3, 4, 0, 2]])
  deepEqual([stream(0).uint32(), stream(-1.5, 'é', '', 2 ** 60).uint32()], [371971657, 1735489272])
})

test('the same address gives the same numbers; another one gives others', () => {
  fc.assert(
    fc.property(fc.integer(), fc.array(part), fc.array(part), (seed, one, other) => {
      const numbers = (address: Address) => {
        const { uint32 } = stream(seed, ...address)
        return [uint32(), uint32(), uint32()].join()
      }
      equal(numbers(one), numbers(one))
      const isSame = one.length === other.length && one.every((value, index) => value === other[index])
      equal(numbers(one) === numbers(other), isSame)
    }),
  )
})

test('parts are kept apart by type and length', () => {
  const addresses: Address[] = [
    ['a', 'b'],
    ['ab'],
    ['ab', ''],
    ['', 'ab'],
    ['a', '', 'b'],
    ['a\0'],
    ['a'],
    [],
    [''],
    ['\0'],
    ['\0\0'],
    [0],
    ['0'],
    [1],
    ['1'],
    [1, 2],
    [12],
    [2, 1],
    [1 + 2 ** -52],
    [2 ** 32],
    [-1],
  ]
  equal(new Set(addresses.map((address) => stream(1, ...address).uint32())).size, addresses.length)
  equal(stream(1, -0).uint32(), stream(1, 0).uint32())
  throws(() => stream(1, NaN), /bug: /)
})

/** The sum of (count - expected)^2 / expected for equally likely cells, as standard deviations from its mean. */
function chiSquareDeviation(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  const freedom = counts.length - 1
  return (chiSquare - freedom) / Math.sqrt(2 * freedom)
}

function counted(cells: number, draws: number, cell: (draw: number) => number): number[] {
  const counts = Array.from({ length: cells }, () => 0)
  for (let draw = 0; draw < draws; draw++) counts[cell(draw)]! += 1
  return counts
}

test('all bytes of the numbers are even, within a stream and across neighbouring addresses and seeds', () => {
  const one = stream(3, 'even')
  const sources: ((draw: number) => number)[] = [
    () => one.uint32(),
    (draw) => stream(3, 'trial', draw).uint32(),
    (draw) => stream(draw, 'trial', 3).uint32(),
    (draw) => stream(3, `trial ${draw}`).uint32(),
    // Two neighbours differ in as many bits as two strangers.
    (draw) => stream(3, draw).uint32() ^ stream(3, draw + 1).uint32(),
  ]
  for (const [index, source] of sources.entries())
    for (const shift of [0, 8, 16, 24]) {
      const deviation = chiSquareDeviation(counted(256, 20_000, (draw) => (source(draw) >>> shift) & 255))
      ok(Math.abs(deviation) < 4.5, `source ${index}, bits from ${shift}: ${deviation} standard deviations`)
    }
})

test('flipping any bit of a number in the address flips half of the bits of the first number', () => {
  const view = new DataView(new ArrayBuffer(8))
  const flipped = (bit: number, value: number) => {
    view.setFloat64(0, value)
    view.setUint8(bit >> 3, view.getUint8(bit >> 3) ^ (1 << (bit & 7)))
    return view.getFloat64(0)
  }
  let bitsFlipped = 0
  const draws = 64 * 50
  for (let value = 1; value <= 50; value++)
    for (let bit = 0; bit < 64; bit++) {
      const other = flipped(bit, value)
      if (!Number.isFinite(other)) bitsFlipped += 16
      else bitsFlipped += ones(stream(1, value).uint32() ^ stream(1, other).uint32())
    }
  ok(Math.abs(bitsFlipped / draws - 16) < 4 * Math.sqrt(8 / draws), `${bitsFlipped / draws} of 32`)
})

function ones(word: number): number {
  let count = 0
  for (let rest = word >>> 0; rest !== 0; rest &= rest - 1) count++
  return count
}

test('uniform numbers lie in [0, 1), with the moments of a uniform density and no echo', () => {
  const { uniform } = stream(5, 'uniform')
  const n = 50_000
  const numbers = Array.from({ length: n }, uniform)
  ok(numbers.every((x) => x >= 0 && x < 1))
  const mean = numbers.reduce((sum, x) => sum + x, 0) / n
  ok(Math.abs(mean - 0.5) < 4 * Math.sqrt(1 / 12 / n), `mean ${mean}`)
  for (const lag of [1, 2, 3]) {
    const echo = numbers.slice(lag).reduce((sum, x, index) => sum + (x - 0.5) * (numbers[index]! - 0.5), 0) / n
    ok(Math.abs(echo) < 4 / 12 / Math.sqrt(n), `lag ${lag}: ${echo}`)
  }
  ok(
    numbers.some((x) => (x * 2 ** 53) % 2 === 1),
    'all 53 bits are used',
  )
})

test('integers lie below n, evenly, for small and huge n', () => {
  fc.assert(
    fc.property(fc.integer(), fc.maxSafeNat(), (seed, largest) => {
      const drawn = stream(seed).integer(largest + 1)
      ok(Number.isSafeInteger(drawn) && drawn >= 0 && drawn <= largest)
    }),
  )
  const { integer } = stream(5, 'integer')
  for (const n of [2, 3, 7, 1000]) {
    const deviation = chiSquareDeviation(counted(n, 20_000, () => integer(n)))
    ok(Math.abs(deviation) < 4.5, `n = ${n}: ${deviation}`)
  }
  // 3 * 2^51 is where taking a remainder would favour the lower half by half.
  const thirds = counted(3, 20_000, () => Math.floor(integer(3 * 2 ** 51) / 2 ** 51))
  ok(Math.abs(chiSquareDeviation(thirds)) < 4.5, thirds.join())
  equal(stream(1).integer(1), 0)
  for (const wrong of [0, -1, 1.5, 2 ** 54]) throws(() => integer(wrong), /bug: /)
})

test('normal deviates have the moments of the standard normal', () => {
  const { normal } = stream(5, 'normal')
  const n = 50_000
  const moments = [0, 0, 0, 0]
  for (let draw = 0; draw < n; draw++) {
    const x = normal()
    for (const power of [1, 2, 3, 4]) moments[power - 1]! += x ** power / n
  }
  // The moments are 0, 1, 0, 3; the variances of their estimates 1, 2, 15 and 96 over n.
  for (const [index, [expected, variance]] of [
    [0, 1] as const,
    [1, 2] as const,
    [0, 15] as const,
    [3, 96] as const,
  ].entries())
    ok(Math.abs(moments[index]! - expected) < 4 * Math.sqrt(variance / n), `moment ${index + 1}: ${moments[index]}`)
})

test('permutations hold every index once, and all orders are equally likely', () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(50), (seed, n) => {
      deepEqual(
        stream(seed)
          .permutation(n)
          .toSorted((a, b) => a - b),
        Array.from({ length: n }, (_, index) => index),
      )
    }),
  )
  const { permutation } = stream(5, 'permutation')
  const orders = new Map<string, number>()
  for (let draw = 0; draw < 24_000; draw++) {
    const order = permutation(4).join()
    orders.set(order, (orders.get(order) ?? 0) + 1)
  }
  equal(orders.size, 24)
  ok(Math.abs(chiSquareDeviation([...orders.values()])) < 4.5)
  notEqual(permutation(20).join(), permutation(20).join())
})
