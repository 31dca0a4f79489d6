/** What every support vector regression must do. The test of each kind calls `svrLaws`. */
import { test } from 'node:test'
import { deepEqual, equal, ok } from 'node:assert/strict'
import fc from 'fast-check'
import { type Matrix, matrixOf } from '../../maths/matrix.ts'
import { kernelMatrix, kernelOf } from './kernel.ts'
import { predictSvr } from './predict-svr.ts'
import { fitSvr, solveSvr, type SvrSettings } from './settings.ts'

export interface SvrData {
  readonly rows: readonly (readonly number[])[]
  readonly y: readonly number[]
}

const thousandths = (min: number): fc.Arbitrary<number> => fc.integer({ min, max: 1000 }).map((value) => value / 1000)

/** Few values, so that equal rows, equal targets and constant columns abound; no features and one row too. */
export const svrData: fc.Arbitrary<SvrData> = fc.nat(3).chain((columns) =>
  fc
    .array(
      fc.record({
        row: fc.array(fc.oneof(fc.constantFrom(0, 0.5, 1), thousandths(0)), {
          minLength: columns,
          maxLength: columns,
        }),
        y: fc.oneof(fc.constantFrom(-1, 0, 0.25), thousandths(-1000)),
      }),
      { minLength: 1, maxLength: 24 },
    )
    .map((all) => ({ rows: all.map(({ row }) => row), y: all.map(({ y }) => y) })),
)

const kernels = {
  kernel: fc.constantFrom('rbf' as const, 'linear' as const),
  gamma: fc.constantFrom('scale' as const, 'auto' as const, 0.1, 5),
  C: fc.constantFrom(0.01, 1, 5.55, 100),
  tolerance: fc.constantFrom(1e-3, 1e-8),
}

export const svrSettings = {
  'nu-svr': fc.record({
    type: fc.constant('nu-svr' as const),
    nu: fc.oneof(fc.constantFrom(0, 0.5, 1), fc.double({ min: 0, max: 1, noNaN: true })),
    ...kernels,
  }),
  'epsilon-svr': fc.record({
    type: fc.constant('epsilon-svr' as const),
    epsilon: fc.oneof(fc.constantFrom(0, 0.1, 3), fc.double({ min: 0, max: 1, noNaN: true })),
    ...kernels,
  }),
}

export function svrLaws(type: SvrSettings['type']): void {
  const settings: fc.Arbitrary<SvrSettings> = svrSettings[type]
  const tight = settings.map((given) => ({ ...given, tolerance: 1e-10 }))

  test(`${type}: the optimality conditions hold to the tolerance, in the box and with the sums kept`, () => {
    fc.assert(
      fc.property(svrData, settings, (data, given) => {
        const { x, y } = arrays(data)
        const kernel = kernelMatrix(kernelOf(given, x), x)
        const { coefficients, parts } = solveSvr(kernel, y, given)
        for (const [group, [low, high, sum, tube]] of boxes(given, y.length).entries()) {
          const own = parts[group]!
          let [grows, shrinks, found] = [Infinity, -Infinity, 0]
          for (const [row, part] of own.entries()) {
            ok(part >= low && part <= high, `part ${part} outside ${low} .. ${high}`)
            const slope = slopeOf(kernel, y, coefficients, row)
            if (part < high) grows = Math.min(grows, slope + (part >= 0 ? tube : -tube))
            if (part > low) shrinks = Math.max(shrinks, slope + (part > 0 ? tube : -tube))
            found += part
          }
          ok(shrinks - grows <= given.tolerance! + 1e-9, `violated by ${shrinks - grows}`)
          ok(Math.abs(found - sum) <= 1e-10 * given.C * y.length, `sum ${found}, not ${sum}`)
        }
      }),
    )
  })

  test(`${type}: the order of the rows changes no prediction`, () => {
    fc.assert(
      fc.property(svrData, tight, fc.infiniteStream(fc.nat()), (data, given, keys) => {
        const order = data.y.map((_, row) => ({ row, key: keys.next().value as number }))
        const shuffled = order.toSorted((a, b) => a.key - b.key).map(({ row }) => row)
        const other = { rows: shuffled.map((row) => data.rows[row]!), y: shuffled.map((row) => data.y[row]!) }
        near(predictions(other, given, data.rows), predictions(data, given, data.rows), given)
      }),
    )
  })

  test(`${type}: targets that are stretched and moved stretch and move the predictions`, () => {
    fc.assert(
      fc.property(svrData, tight, fc.constantFrom(-4, 0.25, 8), (data, given, factor) => {
        const size = Math.abs(factor)
        const stretched: SvrSettings =
          given.type === 'nu-svr'
            ? { ...given, C: given.C * size }
            : { ...given, C: given.C * size, epsilon: given.epsilon * size }
        const moved = { rows: data.rows, y: data.y.map((y) => factor * y + 3) }
        const expected = predictions(data, given, data.rows).map((value) => factor * value + 3)
        near(predictions(moved, stretched, data.rows), expected, stretched)
      }),
    )
  })

  test(`${type}: a constant target is what is predicted, everywhere, by no support vector`, () => {
    fc.assert(
      fc.property(svrData, settings, fc.double({ min: -1e6, max: 1e6, noNaN: true }), ({ rows }, given, target) => {
        const svr = fitSvr(matrixOf(rows), new Float64Array(rows.length).fill(target), given)
        equal(svr.coefficients.length, 0)
        for (const row of rows) ok(Math.abs(predictSvr(svr, row) - target) <= 1e-12 * (1 + Math.abs(target)))
      }),
    )
  })

  test(`${type}: the same input gives the same regression to the last bit`, () => {
    fc.assert(
      fc.property(svrData, settings, (data, given) => {
        const { x, y } = arrays(data)
        deepEqual(fitSvr(x, y, given), fitSvr(x, y, given))
      }),
      { numRuns: 30 },
    )
  })

  test(`${type}: no rows predict 0, and one row its target`, () => {
    fc.assert(
      fc.property(settings, fc.double({ min: -10, max: 10, noNaN: true }), (given, target) => {
        equal(predictSvr(fitSvr(matrixOf([]), new Float64Array(0), given), []), 0)
        const svr = fitSvr(matrixOf([[1, 2]]), Float64Array.of(target), given)
        ok(Math.abs(predictSvr(svr, [5, 6]) - target) <= 1e-12)
      }),
    )
  })
}

function arrays({ rows, y }: SvrData): { x: Matrix; y: Float64Array } {
  return { x: matrixOf(rows), y: Float64Array.from(y) }
}

function predictions(data: SvrData, settings: SvrSettings, rows: SvrData['rows']): number[] {
  const { x, y } = arrays(data)
  const svr = fitSvr(x, y, settings)
  return rows.map((row) => predictSvr(svr, row))
}

/** Of each group: low, high, sum, epsilon. */
function boxes(settings: SvrSettings, rows: number): (readonly [number, number, number, number])[] {
  const { C } = settings
  if (settings.type === 'epsilon-svr') return [[-C, C, 0, settings.epsilon]]
  const half = (C * settings.nu * rows) / 2
  return [
    [0, C, half, 0],
    [-C, 0, -half, 0],
  ]
}

function slopeOf(kernel: Float64Array, y: Float64Array, coefficients: Float64Array, row: number): number {
  let slope = -y[row]!
  for (const [other, coefficient] of coefficients.entries()) slope += kernel[row * y.length + other]! * coefficient
  return slope
}

/** Where the kernel is nearly singular, coefficients and with them predictions are fixed less well than the conditions are. */
function near(found: readonly number[], expected: readonly number[], { C }: SvrSettings): void {
  for (const [row, value] of found.entries())
    ok(Math.abs(value - expected[row]!) <= 1e-6 * Math.max(1, C), `row ${row}: ${value}, ${expected[row]}`)
}
