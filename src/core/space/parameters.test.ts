import { test } from 'node:test'
import { deepEqual, equal, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { continuousFloat, finiteParameter } from './arbitrary-space.laws.ts'
import type { ParameterDefinition } from './definition.ts'
import { createParameter } from './kinds.ts'

interface Quantiles {
  readonly u: readonly number[]
  readonly uniform: readonly { low: number; high: number; value: readonly number[] }[]
  readonly logUniform: readonly { low: number; high: number; value: readonly number[] }[]
}
interface Quantised {
  readonly low: number
  readonly high: number
  readonly step: number
  readonly log: boolean
  readonly values: readonly number[]
  readonly probability: readonly number[]
}
const file = new URL('../../../test/golden/reference/quantiles.json', import.meta.url)
const reference = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly quantileFunctions: Quantiles
  readonly quantised: readonly Quantised[]
}

test('uniform and log-uniform numbers are the reference quantiles', () => {
  const { u, uniform, logUniform } = reference.quantileFunctions
  for (const [log, sets] of [
    [false, uniform],
    [true, logUniform],
  ] as const)
    for (const { low, high, value } of sets) {
      const parameter = createParameter({ type: 'float', low, high, log })
      for (const [index, expected] of value.entries()) {
        const got = Number(parameter.decode(u[index]!))
        // Numbers on a plain scale are rounded to 15 digits of the larger bound.
        const allowed = 1e-12 * Math.abs(expected) + (log ? 0 : 1e-14 * Math.max(Math.abs(low), Math.abs(high)))
        ok(Math.abs(got - expected) <= allowed, `${low} .. ${high} at ${u[index]}: ${got}, ${expected}`)
      }
    }
})

test('values in steps own as much of the axis as in the reference', () => {
  for (const { low, high, step, log, values, probability } of reference.quantised)
    for (const type of ['float', 'int'] as const) {
      if (type === 'int' && !Number.isInteger(step)) continue
      const parameter = createParameter({ type, low, high, step, log })
      equal(parameter.size, values.length)
      let reached = 0
      for (const [index, value] of values.entries()) {
        equal(parameter.at(index), value)
        const [from, to] = parameter.cell(value)
        ok(Math.abs(from - reached) < 1e-12, 'cells follow one another')
        ok(Math.abs(to - from - probability[index]!) <= 1e-12 * probability[index]! + 1e-15, `${value}: ${to - from}`)
        // Just inside both ends of the cell it is this value.
        const inside = (to - from) * 1e-9
        equal(parameter.decode(from + inside), value)
        equal(parameter.decode(to - inside), value)
        reached = to
      }
      equal(reached, 1)
    }
})

test('every parameter: decode gives its values, encode the centre of a cell that decodes back, index and at agree', () => {
  const unit = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(
      fc.oneof(finiteParameter, continuousFloat),
      unit,
      fc.integer({ min: 1, max: 9 }),
      (definition, u, levels) => {
        const parameter = createParameter(definition)
        const value = parameter.decode(u)
        ok(parameter.contains(value))
        const [from, to] = parameter.cell(value)
        const centre = parameter.encode(value)
        ok(from <= centre && centre <= to && from >= 0 && to <= 1)
        equal(parameter.decode(centre), value)
        equal(parameter.encode(parameter.decode(centre)), centre)
        equal(parameter.size, parameter.count())
        const count = parameter.count(levels)
        for (let index = 0; index < Math.min(count, 20); index++) {
          ok(parameter.contains(parameter.at(index, levels)))
          equal(parameter.index(parameter.at(index, levels), levels), index)
        }
        if (parameter.size < Infinity) equal(parameter.index(value), Math.round(parameter.index(value)))
        if (parameter.numeric && u < 1)
          ok(Number(parameter.decode(Math.min(u + 0.01, 1))) >= Number(value), 'grows along the axis')
      },
    ),
    { numRuns: 500 },
  )
})

test("a user's own short numbers survive the way through the cube", () => {
  const short = fc.record({ digits: fc.integer({ min: 1, max: 99999 }), exponent: fc.integer({ min: -8, max: 1 }) })
  fc.assert(
    fc.property(short, fc.boolean(), ({ digits, exponent }, log) => {
      const value = Number(`${digits}e${exponent}`)
      const parameter = createParameter({ type: 'float', low: log ? 1e-9 : 0, high: 1e7, log })
      // On a plain scale up to 1e7 there are seven digits after the point.
      fc.pre(log || exponent >= -7)
      equal(parameter.decode(parameter.encode(value)), value)
    }),
  )
})

test('floats in steps print without dust', () => {
  const dropout = createParameter({ type: 'float', low: 0, high: 0.5, step: 0.05 })
  deepEqual(
    Array.from({ length: 11 }, (_, index) => String(dropout.at(index))),
    ['0', '0.05', '0.1', '0.15', '0.2', '0.25', '0.3', '0.35', '0.4', '0.45', '0.5'],
  )
  const tiny = createParameter({ type: 'float', low: 1e-7, high: 9e-7, step: 2e-7 })
  deepEqual(
    [0, 1, 2, 3, 4].map((index) => tiny.at(index)),
    [1e-7, 3e-7, 5e-7, 7e-7, 9e-7],
  )
  const negative = createParameter({ type: 'float', low: -0.3, high: 0.3, step: 0.1 })
  deepEqual(
    Array.from({ length: 7 }, (_, index) => String(negative.at(index))),
    ['-0.3', '-0.2', '-0.1', '0', '0.1', '0.2', '0.3'],
  )
  equal(Object.is(negative.at(3), 0), true, 'never -0')
})

test('integers keep their cells apart up to the largest ranges', () => {
  for (const log of [false, true])
    for (const [low, high] of [
      [1, 1e12 - 1],
      [1e15, 1e15 + 10],
      [999, 1001],
    ] as const) {
      const parameter = createParameter({ type: 'int', low, high, log })
      for (const value of [low, low + 1, Math.floor((low + high) / 2), high - 1, high])
        equal(parameter.decode(parameter.encode(value)), value, `${low} .. ${high}, log ${log}`)
      equal(parameter.decode(0), low)
      equal(parameter.decode(1), high)
      equal(parameter.decode(1 - 2 ** -53), high)
    }
})

test('a parameter contains its own values and nothing like them', () => {
  const cases: [ParameterDefinition, readonly unknown[], readonly unknown[]][] = [
    [{ type: 'float', low: 0, high: 1 }, [0, 0.3, 1], [-1e-9, 1.1, NaN, '0.3', true, null, undefined, Infinity]],
    [{ type: 'float', low: 0, high: 0.3, step: 0.1 }, [0, 0.1, 0.2, 0.3], [0.05, 0.4, 0.1 + 0.2, '0.1', NaN]],
    [{ type: 'int', low: 1, high: 9, step: 4 }, [1, 5, 9], [2, 3, 0, 13, 5.5, '5', Infinity, -Infinity]],
    [{ type: 'ordinal', values: [1, 'two'] }, [1, 'two'], ['1', 2, true, NaN, undefined]],
    [{ type: 'categorical', choices: [true, 1, '1'] }, [true, 1, '1'], ['true', false, null]],
  ]
  for (const [definition, inside, outside] of cases) {
    const parameter = createParameter(definition)
    for (const value of inside) equal(parameter.contains(value), true, `${definition.type} ${String(value)}`)
    for (const value of outside) equal(parameter.contains(value), false, `${definition.type} ${String(value)}`)
  }
})
