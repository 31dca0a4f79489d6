import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decode, encode, space as createSpace } from '../../space/space.ts'
import { addByAxis, embed, embedAll, embeddingOf } from './embedding.ts'

const space = createSpace({
  parameters: {
    kind: { type: 'categorical', choices: ['a', 'b', 'c'] },
    fixed: { type: 'categorical', choices: ['only'] },
    x: { type: 'float', low: 0, high: 1 },
    depth: { type: 'float', low: 0, high: 1, when: { kind: 'a' } },
    mode: { type: 'categorical', choices: ['p', 'q'], when: { kind: 'b' } },
  },
  forbidden: [],
})
const embedding = embeddingOf(space)
const { columns, geometry } = embedding

/** Squared distance as the process measures it, all length scales 1. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const { values } = embedAll(embedding, [a, b])
  let sum = 0
  for (let column = 0; column < columns; column++) {
    const [one, other] = [values[column]!, values[columns + column]!]
    sum += column < geometry.numbers ? (one - other) ** 2 : one === other ? 0 : 1
  }
  return sum
}

const placed = (kind: string, x: number, more = {}) => encode(space, { kind, fixed: 'only', x, ...more })

test('numbers come before categories, a parameter has one length scale, and one that cannot vary has none', () => {
  assert.equal(geometry.scales, 4)
  assert.equal(columns, 5)
  assert.equal(geometry.numbers, 3)
})

test('an absent value is equally far from all values, and two absences are alike', () => {
  const without = placed('c', 0.5)
  const far = [0, 0.3, 1].map((depth) => distance(placed('a', 0.5, { depth }), without))
  for (const one of far) assert.ok(Math.abs(one - 2) < 1e-12, 'one for the kind, one for the depth')
  assert.equal(distance(placed('c', 0.5), placed('c', 0.5)), 0)
  assert.equal(distance(placed('b', 0.5, { mode: 'p' }), placed('b', 0.5, { mode: 'q' })), 1)
  assert.equal(distance(placed('b', 0.5, { mode: 'p' }), without), 2)
})

test('along a parameter that may be absent, neighbours are as near as along one that is always there', () => {
  const [a, b] = [placed('a', 0.5, { depth: 0.4 }), placed('a', 0.5, { depth: 0.41 })]
  assert.ok(Math.abs(Math.sqrt(distance(a, b)) - 0.01) < 1e-6)
})

test('derivatives by columns become those by axes', () => {
  const place = placed('a', 0.2, { depth: 0.7 })
  const weights = Float64Array.of(0.3, -2, 5)
  const value = (at: Float64Array) => {
    const row = new Float64Array(columns)
    embed(embedding, at, row)
    return weights.reduce((sum, weight, column) => sum + weight * row[column]!, 0)
  }
  const byAxis = new Float64Array(space.dimension)
  addByAxis(embedding, place, weights, 2, byAxis)
  for (const [axis, unit] of place.entries()) {
    if (Number.isNaN(unit) || !space.axes[axis]!.parameter.ordered) {
      assert.equal(byAxis[axis], 0)
      continue
    }
    const step = 1e-6
    const slope = (value(place.with(axis, unit + step)) - value(place.with(axis, unit - step))) / (2 * step)
    assert.ok(Math.abs(2 * slope - byAxis[axis]!) < 1e-6)
  }
  assert.equal(decode(space, place)['kind'], 'a')
})
