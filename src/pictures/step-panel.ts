/** A diagram of values that hold until they change: step lines, a shaded band where the quartiles lie apart, a dot where each line ends. */
import { axes } from './axes.ts'
import type { Frame } from './axes.ts'
import { linearScale, logScale } from './scale.ts'
import type { Range, Scale } from './scale.ts'
import { coordinate, element } from './svg.ts'

export interface StepLine {
  /** Ascending. A value holds from its place to the next one. */
  readonly x: readonly number[]
  readonly low: readonly number[]
  readonly median: readonly number[]
  readonly high: readonly number[]
  readonly colour: string
  readonly dash: string | null
}

export interface StepPanel extends Frame {
  readonly xLabel: string
  readonly yLabel: string
  readonly y: Range
  readonly lines: readonly StepLine[]
}

export function stepPanel(panel: StepPanel): string {
  const { left, top, width, height, lines } = panel
  const x = across(panel)
  const y = linearScale(panel.y, top + height, top, 6)
  const clip = `clip-${left}`
  // Above and on the right there is room for half a line and for the dots.
  const window = { x: left, y: top, width: width + 6, height }
  return [
    element('clipPath', { id: clip }, element('rect', window)),
    axes(panel, x, { ...y, label: panel.yLabel }),
    element(
      'g',
      { 'clip-path': `url(#${clip})` },
      ...lines.map((line) => shade(line, x, y)),
      ...lines.map((line) => curve(line, x, y)),
    ),
  ].join('')
}

/** Where one line ends long before another, a linear axis would press it flat against the left. */
const logFrom = 4

function across({ lines, left, width, xLabel }: StepPanel): Scale & { readonly label: string } {
  const ends = lines.map(({ x }) => x.at(-1) ?? 0).filter((end) => end > 0)
  const longest = Math.max(...ends, 1e-9)
  const shortest = Math.min(...ends, longest)
  if (longest < logFrom * shortest) {
    return { ...linearScale({ low: 0, high: longest }, left, left + width, 5), label: xLabel }
  }
  const scale = logScale({ low: shortest / 50, high: longest }, left, left + width)
  return { ...scale, label: `${xLabel} (logarithmic)` }
}

/**
 * The range of a panel's values. The first guesses may be absurdly bad: what a line has left behind in its first twentieth does not set the
 * scale.
 */
export function shownValues(lines: readonly Pick<StepLine, 'x' | 'low' | 'high'>[]): Range {
  const values: number[] = []
  for (const line of lines) {
    const from = (line.x.at(-1) ?? 0) / 20
    for (const [index, low] of line.low.entries())
      if ((line.x[index + 1] ?? Infinity) >= from) values.push(low, line.high[index] as number)
  }
  const finite = values.filter((value) => Number.isFinite(value))
  if (finite.length === 0) return { low: 0, high: 1 }
  const low = finite.reduce((a, b) => Math.min(a, b))
  const high = finite.reduce((a, b) => Math.max(a, b))
  const margin = (high - low || Math.abs(high) || 1) * 0.05
  return { low: low - margin, high: high + margin }
}

function curve(line: StepLine, x: Scale, y: Scale): string {
  const points = steps(line.x, line.median, x, y)
  if (points.length === 0) return ''
  const drawn = { d: `M${points.join('L')}`, fill: 'none', stroke: line.colour, 'stroke-width': 2 }
  const [cx = '', cy = ''] = (points.at(-1) as string).split(' ')
  return (
    element('path', line.dash ? { ...drawn, 'stroke-dasharray': line.dash } : drawn) +
    element('circle', { cx, cy, r: 4, fill: line.colour })
  )
}

function shade(line: StepLine, x: Scale, y: Scale): string {
  const isFlat = line.low.every((value, index) => value === line.high[index])
  if (isFlat) return ''
  const upper = steps(line.x, line.high, x, y)
  const lower = steps(line.x, line.low, x, y).reverse()
  return element('path', { d: `M${[...upper, ...lower].join('L')}Z`, fill: line.colour, 'fill-opacity': 0.15 })
}

function steps(places: readonly number[], values: readonly number[], x: Scale, y: Scale): string[] {
  const points: string[] = []
  for (const [index, place] of places.entries()) {
    const at = coordinate(x.place(place))
    if (index > 0) points.push(`${at} ${coordinate(y.place(values[index - 1] as number))}`)
    points.push(`${at} ${coordinate(y.place(values[index] as number))}`)
  }
  return points
}
