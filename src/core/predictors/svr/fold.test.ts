import { test } from 'node:test'
import { equal, ok } from 'node:assert/strict'
import fc from 'fast-check'
import { columnOf, type Matrix, matrixOf, rowOf, rowsOf } from '../../maths/matrix.ts'
import { fitScaler, scaled, scaledMatrix, type Scaling, unscaled } from '../scaling.ts'
import { predictLeftOut } from './fold.ts'
import { kernelMatrix, kernelOf } from './kernel.ts'
import { predictSvr } from './predict-svr.ts'
import { fitSvr, solveSvr, type SvrSettings } from './settings.ts'
import { svrData, svrSettings } from './svr.laws.ts'

/** The plain way: everything anew without the rows. */
function refitted(x: Matrix, y: Float64Array, settings: SvrSettings, scaling: Scaling, left: number[]): number[] {
  const kept = [...y.keys()].filter((row) => !left.includes(row))
  const rows = rowsOf(x, kept)
  const targets = columnOf(kept.map((row) => y[row]!))
  const [xScaler, yScaler] = [fitScaler(scaling, rows), fitScaler(scaling, targets)]
  const svr = fitSvr(scaledMatrix(xScaler, rows), scaledMatrix(yScaler, targets).values, settings)
  return left.map((row) => unscaled(yScaler, 0, predictSvr(svr, scaled(xScaler, rowOf(x, row)))))
}

/** Of all rows, scaled. */
function wholeParts(x: Matrix, y: Float64Array, settings: SvrSettings, scaling: Scaling): readonly Float64Array[] {
  const scaledX = scaledMatrix(fitScaler(scaling, x), x)
  const targets = columnOf(y)
  const kernel = kernelMatrix(kernelOf(settings, scaledX), scaledX)
  return solveSvr(kernel, scaledMatrix(fitScaler(scaling, targets), targets).values, settings).parts
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
      const predicted = predictLeftOut(x, y, { ...tight, scaling }, parts, wholeParts(x, y, tight, scaling))
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

test('without the outlier nothing like it was seen', () => {
  const x = matrixOf([[0], [1], [2], [3], [4]])
  const y = Float64Array.of(0, 1, 2, 3, 9)
  const settings = { type: 'nu-svr', C: 1, nu: 0.5, kernel: 'rbf', gamma: 'scale', scaling: 'min-max' } as const
  const predicted = predictLeftOut(x, y, settings, [[4], [0, 1, 2, 3]], [])
  ok(predicted[4]! < 4)
  ok(predicted.subarray(0, 4).every((value) => value === 9))
})
