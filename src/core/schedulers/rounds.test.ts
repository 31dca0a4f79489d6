import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { keepOf } from './brackets.ts'
import { arrive, isFull, miss, openRound, shrinkRound, takeThrough, withdraw } from './rounds.ts'
import { isAhead, type Standing } from './standing.ts'

const keys = fc.array(fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constant(Infinity)), { minLength: 1, maxLength: 40 })
const etas = fc.constantFrom(1.5, 2, 3, 4)

/** The survivors by definition: sort, keep the best; those that were never finite only where nobody else is. */
function survivorsOf(standings: readonly Standing[], keep: number): number[] {
  const sorted = standings.toSorted((a, b) => (isAhead(a, b) ? -1 : 1))
  const finite = sorted.filter(({ key }) => key < Infinity)
  return (finite.length > 0 ? finite : sorted).slice(0, keep).map(({ trial }) => trial)
}

test('whatever the order of arrival, the survivors are the best, and whoever is let through early is one of them', () => {
  const property = fc.property(keys, etas, fc.array(fc.nat()), fc.array(fc.boolean()), (losses, eta, order, failed) => {
    const standings = losses.map((key, trial) => ({ key, trial }))
    const came = standings.filter(({ trial }) => failed[trial] !== true)
    const survivors = survivorsOf(came, keepOf(losses.length, eta))
    const round = openRound(losses.length, eta)
    const through: number[] = []
    for (const standing of standings.toSorted((a, b) => (order[a.trial] ?? 0) - (order[b.trial] ?? 0))) {
      if (failed[standing.trial] === true) miss(round, 1)
      else arrive(round, standing)
      through.push(...takeThrough(round).map(({ trial }) => trial))
      for (const trial of through) assert.ok(survivors.includes(trial))
    }
    assert.ok(isFull(round))
    assert.deepEqual(
      through.toSorted((a, b) => a - b),
      survivors.toSorted((a, b) => a - b),
    )
  })
  fc.assert(property, { numRuns: 500 })
})

test('the best are let through as soon as nobody who is missing can displace them', () => {
  const round = openRound(6, 2)
  const through = [5, 1, 4, 2, 3, 6].map((key, trial) => {
    arrive(round, { key, trial })
    return takeThrough(round).map((standing) => standing.key)
  })
  assert.deepEqual(through, [[], [], [], [1], [2], [3]])
})

test('nobody who is through falls back when the round gets fewer trials', () => {
  const property = fc.property(keys, etas, fc.nat(), (losses, eta, more) => {
    const round = openRound(losses.length + (more % 30), eta)
    losses.forEach((key, trial) => arrive(round, { key, trial }))
    const before = takeThrough(round).length
    shrinkRound(round, losses.length, eta)
    takeThrough(round)
    assert.ok(before <= round.keep)
    assert.ok(round.through.length <= round.keep)
  })
  fc.assert(property)
})

test('a trial that is withdrawn cannot go on and keeps counting', () => {
  const round = openRound(2, 2)
  arrive(round, { key: 1, trial: 0 })
  withdraw(round, 0)
  arrive(round, { key: 2, trial: 1 })
  assert.deepEqual(takeThrough(round), [{ key: 2, trial: 1 }])
})
