import assert from 'node:assert/strict'
import { test } from 'node:test'
import { space as createSpace } from '../../space/space.ts'
import { isWithin, stalledFor, trustRegion } from './trust-region.ts'

const space = createSpace({
  parameters: {
    x: { type: 'float', low: 0, high: 1 },
    kind: { type: 'categorical', choices: ['a', 'b'] },
    y: { type: 'float', low: 0, high: 1, when: { kind: 'a' } },
  },
  forbidden: [],
})
const centre = Float64Array.of(0.1, 0.25, NaN)
const reach = (stalled: number) => trustRegion(space, centre, stalled)!.high[0]! - 0.1

test('a search has stalled for as long as nothing was better', () => {
  assert.equal(stalledFor([]), 0)
  assert.equal(stalledFor([3, 2, 1]), 0)
  assert.equal(stalledFor([3, 1, 2, 1]), 2)
})

test('after three trials for nothing the region is a fifth of each ordered axis to both sides, then halves, then begins anew', () => {
  assert.equal(trustRegion(space, centre, 2), null)
  assert.deepEqual([...trustRegion(space, centre, 3)!.low], [0, 0, 0])
  assert.deepEqual([...trustRegion(space, centre, 3)!.high].slice(1), [1, 1])
  const reaches = [3, 5, 6, 9, 18, 21].map((stalled) => Number(reach(stalled).toFixed(6)))
  assert.deepEqual(reaches, [0.2, 0.2, 0.1, 0.05, 0.00625, 0.2])
})

test('categories are free, and what is absent is anywhere', () => {
  const region = trustRegion(space, centre, 6)!
  assert.ok(isWithin(region, Float64Array.of(0.2, 0.75, 0.9)))
  assert.ok(isWithin(region, Float64Array.of(0.05, 0.25, NaN)))
  assert.ok(!isWithin(region, Float64Array.of(0.25, 0.25, NaN)))
})
