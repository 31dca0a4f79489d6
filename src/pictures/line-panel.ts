/** A diagram of measured places joined by lines: a dot each, a shaded band for their spread, a stretch of values that is good. */
import { axes } from './axes.ts'
import type { Frame } from './axes.ts'
import type { LineStyle } from './palette.ts'
import { linearScale } from './scale.ts'
import type { Range, Scale } from './scale.ts'
import { coordinate, element, legendEntry, text } from './svg.ts'

export interface PlottedLine extends LineStyle {
  readonly label: string
  /** Ascending in x; what is not finite is left out. */
  readonly points: readonly PlottedPoint[]
}

export interface PlottedPoint {
  readonly x: number
  readonly y: number
  /** The spread around it; equal to y where there is none. */
  readonly low: number
  readonly high: number
}

export interface LinePanel extends Frame {
  readonly title: string
  readonly x: Scale & { readonly label: string }
  readonly y: Range
  readonly yLabel: string
  readonly lines: readonly PlottedLine[]
  /** Values that are as they should be. */
  readonly good?: Range
}

const legendRow = 18

/** About the width of a letter in the pictures' font size, and of the piece of line before the words. */
const letterWidth = 7
const sampleWidth = 46

/** How many legend entries stand side by side. */
function legendColumns(labels: readonly string[], width: number): number {
  const longest = Math.max(0, ...labels.map((label) => label.length))
  return Math.max(1, Math.min(3, Math.floor((width + sampleWidth) / (sampleWidth + letterWidth * longest))))
}

/** How much room there must be above a frame of this width. */
export function headHeight(labels: readonly string[], width: number): number {
  return 30 + legendRow * Math.ceil(labels.length / legendColumns(labels, width))
}

export function linePanel(panel: LinePanel): string {
  const { left, top, width, height, lines, x, good } = panel
  const y = linearScale(panel.y, top + height, top, 6)
  const clip = `clip-${left}`
  const window = { x: left - 6, y: top - 6, width: width + 12, height: height + 6 }
  const labels = lines.map(({ label }) => label)
  const columns = legendColumns(labels, width)
  const headTop = top - headHeight(labels, width)
  const legendLeft = (index: number): number => left + ((index % columns) * (width + sampleWidth)) / columns
  const look = ({ colour, dash }: LineStyle) => ({
    stroke: colour,
    'stroke-width': 2,
    ...(dash === null ? {} : { 'stroke-dasharray': dash }),
  })
  return [
    text(left, headTop + 12, panel.title, { 'font-weight': 600 }),
    ...lines.map((line, index) =>
      legendEntry(legendLeft(index), headTop + 30 + legendRow * Math.floor(index / columns), line.label, look(line)),
    ),
    element('clipPath', { id: clip }, element('rect', window)),
    good === undefined ? '' : stretch(panel, y, good),
    axes(panel, x, { ...y, label: panel.yLabel }),
    element(
      'g',
      { 'clip-path': `url(#${clip})` },
      ...lines.map((line) => spread(line, x, y)),
      ...lines.map((line) => joined(line, x, y, look(line))),
    ),
  ].join('')
}

function stretch({ left, width }: LinePanel, y: Scale, { low, high }: Range): string {
  const [upper, lower] = [y.place(high), y.place(low)]
  return element('rect', { x: left, y: upper, width, height: lower - upper, fill: '#009e73', 'fill-opacity': 0.12 })
}

function shownOf({ points }: PlottedLine): readonly PlottedPoint[] {
  return points.filter(({ x, y, low, high }) => [x, y, low, high].every(Number.isFinite))
}

function spread(line: PlottedLine, x: Scale, y: Scale): string {
  const points = shownOf(line)
  if (points.length < 2 || points.every(({ low, high }) => low === high)) return ''
  const at = (place: number, value: number): string => `${coordinate(x.place(place))} ${coordinate(y.place(value))}`
  const upper = points.map((point) => at(point.x, point.high))
  const lower = points.map((point) => at(point.x, point.low)).reverse()
  return element('path', { d: `M${[...upper, ...lower].join('L')}Z`, fill: line.colour, 'fill-opacity': 0.1 })
}

function joined(line: PlottedLine, x: Scale, y: Scale, look: { readonly [name: string]: string | number }): string {
  const places = shownOf(line).map((point) => [coordinate(x.place(point.x)), coordinate(y.place(point.y))] as const)
  if (places.length === 0) return ''
  const path = element('path', { d: `M${places.map((place) => place.join(' ')).join('L')}`, fill: 'none', ...look })
  const dots = places.map(([cx, cy]) => element('circle', { cx, cy, r: 3.5, fill: line.colour }))
  return path + dots.join('')
}
