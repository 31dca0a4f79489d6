import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { minimise, type Objective } from './lbfgs.ts'

const rosenbrock: Objective = (x, gradient) => {
  gradient.fill(0)
  let value = 0
  for (let axis = 0; axis + 1 < x.length; axis++) {
    const a = x[axis + 1]! - x[axis]! ** 2
    const b = 1 - x[axis]!
    value += 100 * a * a + b * b
    gradient[axis]! += -400 * a * x[axis]! - 2 * b
    gradient[axis + 1]! += 200 * a
  }
  return value
}

function near(got: ArrayLike<number>, wanted: readonly number[], tolerance: number): void {
  for (const [axis, want] of wanted.entries())
    assert.ok(Math.abs(got[axis]! - want) <= tolerance, `axis ${axis}: ${got[axis]}, not ${want}`)
}

test("it follows Rosenbrock's valley to its end in five dimensions, within 100 evaluations", () => {
  const found = minimise(rosenbrock, [-1.2, 1, -1.2, 1, 3], {
    low: Array(5).fill(-5),
    high: Array(5).fill(10),
    iterations: 500,
  })
  near(found.place, [1, 1, 1, 1, 1], 1e-4)
  assert.ok(found.evaluations < 100, `${found.evaluations} evaluations`)
})

test('where a bound cuts the valley off it ends at the bound', () => {
  near(minimise(rosenbrock, [-1.2, 0.4], { low: [-5, -5], high: [0.5, 10], iterations: 500 }).place, [0.5, 0.25], 1e-5)
})

test('a variable that begins at a bound leaves it if that helps', () => {
  const bowl: Objective = (x, gradient) => {
    for (const [axis, value] of x.entries()) gradient[axis] = 2 * (value - 0.3)
    return x.reduce((sum, value) => sum + (value - 0.3) ** 2, 0)
  }
  near(minimise(bowl, [0, 1, 5], { low: [0, 0, 0.5], high: [1, 1, 5] }).place, [0.3, 0.3, 0.5], 1e-6)
})

test('it stops where the function ends, and at a start that has no value', () => {
  const wall: Objective = (x, gradient) => {
    gradient[0] = -1
    return x[0]! < 1 ? -x[0]! : NaN
  }
  const found = minimise(wall, [0], { low: [-10], high: [10] })
  assert.ok(found.place[0]! > 0.9 && found.place[0]! < 1)
  assert.equal(minimise(() => NaN, [0.5], { low: [0], high: [1] }).place[0], 0.5)
})

test('quadratic functions in a box: every evaluation lies inside, the end is not above the start, and no free variable has a slope left', () => {
  const unit = fc.double({ min: -1, max: 1, noNaN: true })
  const rows = fc.integer({ min: 1, max: 6 }).chain((size) =>
    fc.record({
      matrix: fc.array(fc.array(unit, { minLength: size, maxLength: size }), { minLength: size, maxLength: size }),
      centre: fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: size, maxLength: size }),
      start: fc.array(unit, { minLength: size, maxLength: size }),
    }),
  )
  fc.assert(
    fc.property(rows, ({ matrix, centre, start }) => {
      const size = start.length
      const low = Array<number>(size).fill(-1)
      const high = Array<number>(size).fill(1)
      // |M (x - c)|^2 + |x - c|^2
      const objective: Objective = (x, gradient) => {
        assert.ok(x.every((value) => value >= -1 && value <= 1))
        const step = x.map((value, axis) => value - centre[axis]!)
        const image = matrix.map((row) => row.reduce((sum, m, axis) => sum + m * step[axis]!, 0))
        for (let axis = 0; axis < size; axis++)
          gradient[axis] = 2 * (step[axis]! + matrix.reduce((sum, row, index) => sum + row[axis]! * image[index]!, 0))
        return image.reduce((sum, v) => sum + v * v, 0) + step.reduce((sum, v) => sum + v * v, 0)
      }
      const gradient = new Float64Array(size)
      const before = objective(Float64Array.from(start), gradient)
      const { place, value } = minimise(objective, start, { low, high, iterations: 300, valueTolerance: 0 })
      assert.ok(value <= before)
      assert.equal(objective(place, gradient), value)
      for (const [axis, derivative] of gradient.entries())
        if (derivative > 0 ? place[axis]! > -1 : place[axis]! < 1)
          assert.ok(Math.abs(derivative) < 1e-3, `${derivative}`)
    }),
  )
})
