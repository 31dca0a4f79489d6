import { test } from 'node:test'
import { deepEqual, equal, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { polynomialMutation, simulatedBinaryCrossover } from './variation.ts'

interface Reference {
  readonly sbx: readonly {
    readonly parents: readonly [number, number]
    readonly low: number
    readonly high: number
    readonly eta: number
    readonly u: number
    readonly smaller: number
    readonly larger: number
  }[]
  readonly polynomialMutation: readonly {
    readonly x: number
    readonly low: number
    readonly high: number
    readonly eta: number
    readonly u: number
    readonly y: number
  }[]
}

const reference = JSON.parse(
  readFileSync(new URL('../../../test/golden/reference/variation.json', import.meta.url), 'utf8'),
) as Reference

function near(got: number, want: number, of: string): void {
  ok(Math.abs(got - want) <= 1e-12 * Math.abs(want) + 1e-15, `${of}: ${got}, expected ${want}`)
}

test('bounded simulated binary crossover is that of the reference', () => {
  for (const { parents, smaller, larger, u, ...bounds } of reference.sbx) {
    const [one, two] = simulatedBinaryCrossover(parents, bounds, u)
    near(one, smaller, JSON.stringify({ parents, u, ...bounds }))
    near(two, larger, JSON.stringify({ parents, u, ...bounds }))
  }
})

test('polynomial mutation is that of the reference', () => {
  for (const { x, y, u, ...bounds } of reference.polynomialMutation)
    near(polynomialMutation(x, bounds, u), y, JSON.stringify({ x, u, ...bounds }))
})

test('children and mutants stay inside; equal parents have themselves as children, and a half mutates nothing', () => {
  const unit = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(unit, unit, unit, fc.integer({ min: 0, max: 30 }), (a, b, u, eta) => {
      const bounds = { low: 0, high: 1, eta }
      for (const child of [...simulatedBinaryCrossover([a, b], bounds, u), polynomialMutation(a, bounds, u)])
        ok(child >= 0 && child <= 1, `${child}`)
      deepEqual(simulatedBinaryCrossover([a, a], bounds, u), [a, a])
      ok(Math.abs(polynomialMutation(a, bounds, 0.5) - a) < 1e-12)
    }),
  )
  equal(polynomialMutation(3, { low: 3, high: 3, eta: 20 }, 0.9), 3)
})
