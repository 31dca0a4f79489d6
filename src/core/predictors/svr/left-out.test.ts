import { test } from 'node:test'
import { equal, ok } from 'node:assert/strict'
import fc from 'fast-check'
import { type Matrix, matrixOf } from '../../maths/matrix.ts'
import { fitScaler, scaled, scaledMatrix, type Scaling, unscaled } from '../scaling.ts'
import { predictLeftOut } from './left-out.ts'
import { predictSvr } from './predict-svr.ts'
import { fitSvr, type SvrSettings } from './settings.ts'
import { svrData, svrSettings } from './svr.laws.ts'

/** The plain way: everything anew without the rows. */
function refitted(x: Matrix, y: Float64Array, settings: SvrSettings, scaling: Scaling, left: number[]): number[] {
  const kept = [...y.keys()].filter((row) => !left.includes(row))
  const rowOf = (row: number): number[] => Array.from(x.values.subarray(row * x.columns, (row + 1) * x.columns))
  const rows = { ...matrixOf(kept.map(rowOf)), columns: x.columns }
  const targets = { ...matrixOf(kept.map((row) => [y[row]!])), columns: 1 }
  const [xScaler, yScaler] = [fitScaler(scaling, rows), fitScaler(scaling, targets)]
  const svr = fitSvr(scaledMatrix(xScaler, rows), scaledMatrix(yScaler, targets).values, settings)
  return left.map((row) => unscaled(yScaler, 0, predictSvr(svr, scaled(xScaler, rowOf(row)))))
}

test('leaving rows out is refitting without them, scaling and all', () => {
  const settings = fc.oneof(svrSettings['nu-svr'], svrSettings['epsilon-svr'])
  const scalings = fc.constantFrom<Scaling>('min-max', 'quantile', 'none')
  fc.assert(
    fc.property(svrData, settings, scalings, fc.integer({ min: 1, max: 4 }), (data, given, scaling, size) => {
      const x = matrixOf(data.rows)
      const y = Float64Array.from(data.y)
      const tight = { ...given, C: Math.min(given.C, 5.55), tolerance: 1e-10 }
      const rows = [...y.keys()]
      const parts = rows.filter((row) => row % size === 0).map((row) => rows.slice(row, row + size))
      const predicted = predictLeftOut(x, y, { ...tight, scaling }, parts)
      equal(predicted.length, y.length)
      for (const part of parts) {
        const expected = refitted(x, y, tight, scaling, part)
        for (const [place, row] of part.entries())
          ok(
            Math.abs(predicted[row]! - expected[place]!) <= 1e-5 * (1 + Math.abs(expected[place]!)),
            `${row}: ${predicted[row]}, ${expected[place]}`,
          )
      }
    }),
  )
})

test('by default each row is left out alone', () => {
  const x = matrixOf([[0], [1], [2], [3], [4]])
  const y = Float64Array.of(0, 1, 2, 3, 9)
  const settings = { type: 'nu-svr', C: 1, nu: 0.5, kernel: 'rbf', gamma: 'scale', scaling: 'min-max' } as const
  const predicted = predictLeftOut(x, y, settings)
  // Without the outlier nothing above 3 was seen, and its neighbours are pulled towards it by nobody.
  ok(predicted[4]! < 4)
  ok(Math.abs(predicted[4]! - refitted(x, y, settings, 'min-max', [4])[0]!) < 1e-6)
})
