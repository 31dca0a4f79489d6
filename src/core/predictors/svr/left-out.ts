/**
 * Out-of-sample predictions of a support vector regression by refits without some rows: leave-one-out, k-fold.
 *
 * Everything is refitted, the scaling too. A refit begins at the solution of all rows, from which leaving out a few is not far.
 *
 * Cost: one fit, and a refit a part; where the scaling stays, a refit costs n^2 exponentials and some Newton steps.
 */
import type { Matrix } from '../../maths/matrix.ts'
import { fitScaler, scaledMatrix, type Scaling } from '../scaling.ts'
import { folding, predictLeft } from './fold.ts'
import { kernelMatrix, kernelOf } from './kernel.ts'
import { solveSvr, type SvrSettings } from './settings.ts'

/** For each row, in units of y, what is predicted without the rows of its part. Each row is in one part; by default each is one of its own. */
export function predictLeftOut(
  x: Matrix,
  y: Float64Array,
  settings: SvrSettings & { readonly scaling: Scaling },
  parts: readonly (readonly number[])[] = Array.from({ length: x.rows }, (_, row) => [row]),
): Float64Array {
  const whole = scaledMatrix(fitScaler(settings.scaling, x), x)
  const targets: Matrix = { rows: x.rows, columns: 1, values: y }
  const scaledY = scaledMatrix(fitScaler(settings.scaling, targets), targets).values
  const start = solveSvr(kernelMatrix(kernelOf(settings, whole), whole), scaledY, settings).parts
  const without = folding(x, y, settings)
  const predicted = new Float64Array(x.rows)
  for (const part of parts) {
    const found = predictLeft(without(part), settings, start)
    part.forEach((row, place) => (predicted[row] = found[place]!))
  }
  return predicted
}
