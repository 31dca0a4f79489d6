/** The accuracy of predictors as a picture: R2 against the known part and against the number of curves, and whether intervals hold what they promise. */
import { headHeight, linePanel } from './line-panel.ts'
import type { PlottedLine, PlottedPoint } from './line-panel.ts'
import { lineStyle } from './palette.ts'
import { linearScale } from './scale.ts'
import type { Range, Scale } from './scale.ts'
import { picture, text } from './svg.ts'

export interface AccuracyPicture {
  readonly title: string
  readonly cells: readonly AccuracyCell[]
}

export interface AccuracyCell {
  readonly predictor: string
  readonly share: number
  readonly curves: number
  readonly r2: { readonly mean: number; readonly sd: number }
  readonly coverage80: { readonly mean: number; readonly sd: number }
}

/** How many truths an 80 % interval may hold. */
const honest: Range = { low: 0.75, high: 0.85 }

const panel = { width: 300, height: 280 }
const lefts = [80, 470, 860] as const
const pictureWidth = 1200
/** Below this a predictor is worse than no prediction by far: how far is of no interest. */
const r2Least = -0.5

export function accuracySvg({ title, cells }: AccuracyPicture): string {
  const { byShare, byCount, counts, atCount, atShare } = groupsOf(cells)
  const heads = [byShare, byCount].map((groups) => {
    const labels = groups.map(({ label }) => label)
    return headHeight(labels, panel.width)
  })
  const top = 52 + Math.max(...heads)
  const r2 = lines(byShare, (cell) => point(100 * cell.share, cell.r2))
  const r2ByCount = lines(byCount, (cell) => point(cell.curves, cell.r2))
  const y = rangeOf([...r2, ...r2ByCount])
  // The spread of a share over splits says more of how many are asked about than of the predictor.
  const coverage = lines(byShare, ({ share, coverage80 }) => point(100 * share, { ...coverage80, sd: 0 }))
  const lowest = Math.min(0.6, ...finite(coverage.flatMap(({ points }) => points.map((one) => one.low))))
  const frame = (left: number) => ({ left, top, ...panel })
  const [first, second, third] = lefts
  return picture(
    { width: pictureWidth, height: top + panel.height + 60, title },
    text(first, 28, title, { 'font-size': 15, 'font-weight': 600 }),
    linePanel({
      ...frame(first),
      title: `R2 by what is known${atCount}`,
      x: knownScale(first),
      y,
      yLabel: 'R2 (1 = exact, 0 = the mean)',
      lines: r2,
    }),
    linePanel({
      ...frame(second),
      title: `R2 by the number of curves${atShare}`,
      x: countScale(counts, second),
      y,
      yLabel: 'R2',
      lines: r2ByCount,
    }),
    linePanel({
      ...frame(third),
      title: `Truths inside 80 % intervals${atCount}`,
      x: knownScale(third),
      y: { low: lowest, high: 1 },
      yLabel: 'share of the truths (shaded: as promised)',
      lines: coverage,
      good: honest,
    }),
  )
}

interface Group {
  readonly label: string
  readonly cells: readonly AccuracyCell[]
}

/** One predictor is shown with every number of curves and every known part; several at one of each, about those at which studies decide. */
function groupsOf(cells: readonly AccuracyCell[]) {
  const predictors = distinct(cells.map(({ predictor }) => predictor))
  const counts = distinct(cells.map(({ curves }) => curves)).sort((a, b) => a - b)
  const shares = distinct(cells.map(({ share }) => share)).sort((a, b) => a - b)
  const group = (label: string, isOf: (cell: AccuracyCell) => boolean): Group => ({ label, cells: cells.filter(isOf) })
  if (predictors.length === 1) {
    const byShare = counts.map((count) => group(`${count} curves`, ({ curves }) => curves === count))
    const byCount = shares.map((known) => group(`${percent(known)} known`, ({ share }) => share === known))
    return { byShare, byCount, counts, atCount: '', atShare: '' }
  }
  const [count, known] = [nearest(counts, 40), nearest(shares, 0.25)]
  const of = (isOf: (cell: AccuracyCell) => boolean) =>
    predictors.map((name) => group(name, (cell) => cell.predictor === name && isOf(cell)))
  return {
    byShare: of(({ curves }) => curves === count),
    byCount: of(({ share }) => share === known),
    counts,
    atCount: `, ${count} curves`,
    atShare: `, ${percent(known)} known`,
  }
}

function lines(groups: readonly Group[], place: (cell: AccuracyCell) => PlottedPoint): PlottedLine[] {
  return groups.map(({ label, cells }, index) => ({
    label,
    ...lineStyle(index),
    points: cells.map(place).sort((a, b) => a.x - b.x),
  }))
}

function point(x: number, { mean, sd }: { readonly mean: number; readonly sd: number }): PlottedPoint {
  return { x, y: mean, low: mean - sd, high: Math.min(1, mean + sd) }
}

function rangeOf(drawn: readonly PlottedLine[]): Range {
  const low = finite(drawn.flatMap(({ points }) => points.map((one) => one.low)))
  return { low: Math.max(r2Least, Math.min(0.9, ...low) - 0.02), high: 1 }
}

function finite(values: readonly number[]): number[] {
  return values.filter(Number.isFinite)
}

function knownScale(left: number): Scale & { readonly label: string } {
  const scale = linearScale({ low: 0, high: 100 }, left, left + panel.width, 5)
  return { ...scale, label: 'known part of the curve, %' }
}

/** Logarithmic, with a mark at every count. */
function countScale(counts: readonly number[], left: number): Scale & { readonly label: string } {
  const [first = 1, last = 1] = [counts[0], counts.at(-1)]
  const span = Math.log(last / first)
  const place = (value: number): number =>
    span === 0 ? left + panel.width / 2 : left + (0.04 + (0.92 * Math.log(value / first)) / span) * panel.width
  return { marks: counts, place, label: 'curves learnt from' }
}

function nearest(values: readonly number[], wanted: number): number {
  return values.reduce(
    (best, value) => (Math.abs(value - wanted) < Math.abs(best - wanted) ? value : best),
    values[0] ?? wanted,
  )
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)]
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`
}
