/** Whether the curves of an earlier study are of this study's scale: looked at before they teach. */
import { sortedQuantile } from '../maths/quantile.ts'
import { denseCurve } from '../study/dense-curve.ts'
import type { EarlierCurves } from '../study/fit-input.ts'
import type { StudyView } from '../study/study-view.ts'

/** The range of the earlier curves is widened by so much of it to each side. */
const rangeMargin = 0.5

/** The spread of the trials may be so many times that of the earlier curves, or that part of it. */
const spreadRatio = 10

/** Why they are not, in the user's sign. */
export interface EarlierRefusal {
  readonly [key: string]: string | number | readonly number[]
  readonly source: string
  readonly epoch: number
  /** So many of the trials that reached this epoch lie beyond the range there. */
  readonly outside: number
  readonly of: number
  readonly range: readonly number[]
  /** Interquartile ranges at that epoch: of the earlier curves, and of the trials. */
  readonly spreads: readonly [number, number]
}

/**
 * They are refused where more than half of these trials lie beyond their range at this epoch, or where their spread there is another by a factor of ten. Null = they
 * are of this scale.
 */
export function earlierRefusal(
  study: StudyView,
  { source, curves }: EarlierCurves,
  trials: readonly number[],
  epoch: number,
): EarlierRefusal | null {
  const sorted = (values: readonly number[]): number[] => values.filter(Number.isFinite).toSorted((a, b) => a - b)
  const earlier = sorted(curves.map((curve) => curve[epoch - 1] ?? NaN))
  const own = sorted(trials.map((trial) => denseCurve(study, trial, epoch).at(-1) ?? NaN))
  const [low = 0, high = 0] = [earlier[0], earlier.at(-1)]
  const margin = rangeMargin * (high - low)
  const inside = own.filter((loss) => loss >= low - margin && loss <= high + margin).length
  const [was, is] = [spreadOf(earlier), spreadOf(own)]
  const isFar = 2 * (trials.length - inside) > trials.length
  const isStretched = own.length >= 4 && (is > spreadRatio * was || was > spreadRatio * is)
  if (!isFar && !isStretched) return null
  const range = [low, high].map((loss) => study.shown(loss) + 0).toSorted((a, b) => a - b)
  return { source, epoch, outside: trials.length - inside, of: trials.length, range, spreads: [was, is] }
}

function spreadOf(sorted: readonly number[]): number {
  return sorted.length === 0 ? 0 : sortedQuantile(sorted, 0.75) - sortedQuantile(sorted, 0.25)
}
