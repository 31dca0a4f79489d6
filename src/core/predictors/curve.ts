/**
 * Learning curves as predictors take them: dense and finite.
 *
 * A value that is missing or not finite repeats the last finite one before it; before the first finite one, the first. A magnitude beyond
 * 1e100 counts as not finite: it says no more than an infinity, and no square of what is left overflows. One below 1e-100 counts as 0.
 *
 * Training curves stand in an order of their own, by what they hold, so that no fit depends on the order in which trials ended.
 */
import type { CurveStart, FitInput } from './predictor.ts'

export function isKnown(value: number | undefined): value is number {
  return value !== undefined && Math.abs(value) <= 1e100
}

export function plain(value: number): number {
  return Math.abs(value) < 1e-100 ? 0 : value
}

/** The first `known` losses without gaps, or null if none of them is finite. */
export function filledStart(values: readonly number[], known: number): number[] | null {
  let last = NaN
  for (let epoch = 0; epoch < known && !isKnown(last); epoch++) last = values[epoch] ?? NaN
  if (!isKnown(last)) return null
  return Array.from({ length: known }, (_, epoch) => {
    const value = values[epoch]
    return plain(isKnown(value) ? (last = value) : last)
  })
}

/** What a fit learns from. `starts` are filled; of `curves` only what lies beyond `known` may have gaps. */
export interface TrainingCurves {
  readonly starts: readonly CurveStart[]
  /** The whole curves up to `target`. */
  readonly curves: readonly (readonly number[])[]
  readonly targets: readonly number[]
}

/** The curves whose loss at `target` is finite, and of which something is known by then: smallest loss first. */
export function trainingCurves({ known, target, curves, hyperparameters }: FitInput): TrainingCurves {
  const rows = curves.flatMap((curve, row) => {
    const loss = curve[target - 1]
    const values = filledStart(curve, known)
    if (values === null || !isKnown(loss)) return []
    const whole = [...values, ...curve.slice(known, target).map(plain)]
    return [{ loss: plain(loss), whole, start: { values, hyperparameters: hyperparameters?.[row] ?? null } }]
  })
  rows.sort(
    (a, b) =>
      a.loss - b.loss ||
      compare(a.start.values, b.start.values) ||
      compare(a.start.hyperparameters ?? [], b.start.hyperparameters ?? []) ||
      compare(a.whole, b.whole),
  )
  return {
    starts: rows.map(({ start }) => start),
    curves: rows.map(({ whole }) => whole),
    targets: rows.map(({ loss }) => loss),
  }
}

/** By the first number in which they differ; what is not finite comes last. */
function compare(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const left = a[index]
    const right = b[index]
    if (isKnown(left) !== isKnown(right)) return isKnown(left) ? -1 : 1
    if (isKnown(left) && isKnown(right) && left !== right) return left - right
  }
  return 0
}
