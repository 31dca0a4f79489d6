import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { openStudy } from './mini-study.laws.ts'
import { none } from './none.ts'
import { isLeader, leave, openRung, promotable, record, rungEpochs, wait, type Rung } from './rungs.ts'
import { chance } from './scheduler.laws.ts'
import { isAhead, type Standing } from './standing.ts'

const { view } = openStudy(none, {}, { slots: 1, maxEpochs: 1, value: () => 0 })

test('rungs lie at min eta^k, then at max', () => {
  assert.deepEqual(rungEpochs({ minEpochs: 1, maxEpochs: 100, eta: 3 }), [1, 3, 9, 27, 81, 100])
  assert.deepEqual(rungEpochs({ minEpochs: 1, maxEpochs: 81, eta: 3 }), [1, 3, 9, 27, 81])
  assert.deepEqual(rungEpochs({ minEpochs: 5, maxEpochs: 5, eta: 3 }), [5])
  assert.deepEqual(rungEpochs({ minEpochs: 1, maxEpochs: 10, eta: 1.3 }), [1, 2, 3, 4, 5, 6, 8, 10])
})

test('the leaders are the best share, and the promotable ones those of them that wait, best first', () => {
  const share = (n: number): number => Math.floor(n / 3)
  const property = fc.property(
    fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.boolean()), { maxLength: 60 }),
    (arrivals) => {
      const rung = openRung(1)
      const recorded: Standing[] = []
      const promoted = new Set<number>()
      arrivals.forEach(([key, isPromoting], trial) => {
        const standing = { key, trial }
        recorded.push(standing)
        record(rung, standing, share)
        wait(rung, standing)
        const sorted = recorded.toSorted((a, b) => (isAhead(a, b) ? -1 : 1))
        const leaders = sorted.slice(0, share(recorded.length))
        assert.deepEqual(
          recorded.filter((one) => isLeader(rung, one)),
          recorded.filter((one) => leaders.includes(one)),
        )
        const expected = leaders.filter((one) => !promoted.has(one.trial))
        assert.deepEqual([...promotable(rung, view)], expected)
        const first = expected[0]
        if (!isPromoting || first === undefined) return
        leave(rung, first.trial)
        promoted.add(first.trial)
      })
    },
  )
  fc.assert(property)
})

test('a trial that was never finite counts, and is not promotable', () => {
  const rung = openRung(1)
  const standings = [
    { key: Infinity, trial: 0 },
    { key: Infinity, trial: 1 },
  ]
  for (const standing of standings) {
    record(rung, standing, (n) => Math.floor(n / 2))
    wait(rung, standing)
  }
  assert.deepEqual([...promotable(rung, view)], [])
})

test('at 100,000 trials an arrival and its promotion cost at most twice the comparisons of 1,000', () => {
  let comparisons = 0
  // A number that counts how often it is looked at: `<` asks for its value.
  const counted = (value: number): number => ({ valueOf: () => (comparisons++, value) }) as unknown as number
  const rung = openRung(1)
  const arrival = (trial: number): void => {
    const standing = { key: counted(chance(trial)), trial }
    record(rung, standing, (n) => Math.floor(n / 3))
    wait(rung, standing)
    promoteFirst(rung)
  }
  const costOf = (from: number, to: number): number => {
    const before = comparisons
    for (let trial = from; trial < to; trial++) arrival(trial)
    return (comparisons - before) / (to - from)
  }
  costOf(0, 500)
  const small = costOf(500, 1_500)
  costOf(1_500, 99_000)
  const large = costOf(99_000, 101_000)
  assert.ok(small > 5, `comparisons are counted: ${small}`)
  assert.ok(large <= 2 * small, `${large} comparisons an arrival at 100,000 trials, ${small} at 1,000`)
})

function promoteFirst(rung: Rung): void {
  const first = promotable(rung, view).next()
  if (!first.done) leave(rung, first.value.trial)
}
