/** The figures: panels of lines with error bars, of values that hold until they change, and of ranges. */
import { axes, type Frame } from '../src/pictures/axes.ts'
import { linearScale, logScale, type Range, type Scale } from '../src/pictures/scale.ts'
import { shownValues, stepPanel } from '../src/pictures/step-panel.ts'
import { element, legendEntry, picture, text } from '../src/pictures/svg.ts'
import type { Band } from '../src/simulation/bands.ts'

/** Told apart by colour-blind eyes too (Okabe and Ito 2008). */
export const colours = {
  blue: '#0072b2',
  red: '#d55e00',
  green: '#009e73',
  pink: '#cc79a7',
  brown: '#b07d00',
  sky: '#3a9ad9',
  grey: '#8c959f',
} as const

export interface Line {
  readonly label: string
  readonly colour: string
  /** Published values: a broken line and open circles. */
  readonly isBroken?: boolean
  readonly places: readonly number[]
  readonly values: readonly number[]
  /** Half the length of the error bars. */
  readonly spread?: readonly number[]
}

export interface Panel {
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
  readonly lines: readonly Line[]
  readonly xLog?: boolean
  readonly yLog?: boolean
  readonly y: Range
  /** Marks of the horizontal axis, if not round numbers. */
  readonly xMarks?: readonly number[]
}

const panelSize = { width: 370, height: 260 }
const margin = { left: 78, gap: 96, right: 24, bottom: 62, legendRow: 20, legendColumn: 300 }

/** Panels side by side, `columns` a row, one legend for all. */
export function lineChart(title: string, panels: readonly Panel[], columns = 2): string {
  const labels = legendOf(panels)
  const across = Math.min(columns, panels.length)
  const width = margin.left + across * panelSize.width + (across - 1) * margin.gap + margin.right
  const perRow = Math.max(1, Math.floor((width - margin.left) / margin.legendColumn))
  const head = 44 + margin.legendRow * Math.ceil(labels.length / perRow)
  const rowHeight = panelSize.height + margin.bottom + 30
  const height = head + rowHeight * Math.ceil(panels.length / across)
  const frameOf = (index: number): Frame => ({
    left: margin.left + (index % across) * (panelSize.width + margin.gap),
    top: head + 24 + Math.floor(index / across) * rowHeight,
    ...panelSize,
  })
  return picture(
    { width, height, title },
    text(margin.left, 26, title, { 'font-size': 15, 'font-weight': 600 }),
    ...labels.map((line, index) => {
      const [x, y] = [
        margin.left + (index % perRow) * margin.legendColumn,
        52 + margin.legendRow * Math.floor(index / perRow),
      ]
      return legendEntry(x, y, line.label, look(line)) + mark(x + 12, y - 4, line)
    }),
    ...panels.map((panel, index) => linePanel(panel, frameOf(index))),
  )
}

function legendOf(panels: readonly Panel[]): Line[] {
  const found = new Map<string, Line>()
  for (const line of panels.flatMap(({ lines }) => lines)) if (!found.has(line.label)) found.set(line.label, line)
  return [...found.values()]
}

function linePanel(panel: Panel, frame: Frame): string {
  const { left, top, width, height } = frame
  const places = panel.lines.flatMap((line) => line.places)
  const range = { low: Math.min(...places), high: Math.max(...places) }
  const x = axisScale(panel.xLog === true, range, left, left + width)
  const y = axisScale(panel.yLog === true, panel.y, top + height, top)
  return [
    text(left, top - 8, panel.title, { 'font-weight': 600 }),
    axes(frame, { ...x, marks: panel.xMarks ?? x.marks, label: panel.xLabel }, { ...y, label: panel.yLabel }),
    ...panel.lines.map((line) => drawn(line, x, y, frame)),
  ].join('')
}

function axisScale(isLog: boolean, range: Range, start: number, stop: number): Scale {
  return isLog ? logScale(range, start, stop) : linearScale(range, start, stop, 6)
}

function drawn(line: Line, x: Scale, y: Scale, { top, height }: Frame): string {
  const at = line.values.map((value, index) => [x.place(line.places[index] as number), y.place(value)] as const)
  const bars = line.values.map((value, index) => {
    const half = line.spread?.[index] ?? 0
    const [place] = at[index] as readonly [number, number]
    if (half === 0) return ''
    const [upper, lower] = [y.place(value + half), y.place(value - half)]
    return element('line', {
      x1: place,
      x2: place,
      y1: Math.max(upper, top),
      y2: Math.min(lower, top + height),
      stroke: line.colour,
      'stroke-opacity': 0.5,
    })
  })
  const path = `M${at.map(([px, py]) => `${round(px)} ${round(py)}`).join('L')}`
  return [
    ...bars,
    element('path', { d: path, fill: 'none', ...look(line) }),
    ...at.map(([px, py]) => mark(px, py, line)),
  ].join('')
}

function look({ colour, isBroken }: Pick<Line, 'colour' | 'isBroken'>): { readonly [name: string]: string | number } {
  const solid = { stroke: colour, 'stroke-width': 2 }
  return isBroken ? { ...solid, 'stroke-dasharray': '5 4' } : solid
}

function mark(cx: number, cy: number, { colour, isBroken }: Pick<Line, 'colour' | 'isBroken'>): string {
  return element('circle', { cx, cy, r: 3.5, fill: isBroken ? '#ffffff' : colour, stroke: colour, 'stroke-width': 1.5 })
}

/** Values that hold until they change, median and quartiles. */
export function stepChart(title: string, xLabel: string, yLabel: string, bands: readonly Band[]): string {
  const palette = Object.values(colours)
  const styles = bands.map((_, index) => ({ colour: palette[index % palette.length] as string, dash: null }))
  const frame: Frame = { left: margin.left, top: 84, width: 640, height: 300 }
  return picture(
    { width: frame.left + frame.width + margin.right, height: frame.top + frame.height + margin.bottom, title },
    text(margin.left, 26, title, { 'font-size': 15, 'font-weight': 600 }),
    ...bands.map(({ label }, index) => {
      // About the width of what stands before it.
      const before = bands.slice(0, index).reduce((sum, band) => sum + 50 + 7 * band.label.length, 0)
      return legendEntry(margin.left + before, 54, label, { stroke: styles[index]?.colour ?? '', 'stroke-width': 2.5 })
    }),
    stepPanel({
      ...frame,
      xLabel,
      yLabel,
      y: shownValues(bands),
      lines: bands.map((band, index) => ({ ...band, ...(styles[index] as (typeof styles)[number]) })),
    }),
  )
}

/** From the least to the largest value, the mean as a dot. */
export interface SpanRow {
  readonly label: string
  /** null = nothing published. */
  readonly published: Span | null
  readonly ours: Span
}

export interface Span {
  readonly min: number
  readonly mean: number
  readonly max: number
}

/** One row a predictor: what was published above what was found here. Values left of `low` are cut. */
export function spanChart(title: string, xLabel: string, rows: readonly SpanRow[], range: Range): string {
  const left = 250
  const rowHeight = 34
  const frame: Frame = { left, top: 76, width: 520, height: rowHeight * rows.length }
  const x = linearScale(range, left, left + frame.width, 8)
  const middle = (index: number): number => frame.top + rowHeight * (index + 0.5)
  const published = { colour: colours.grey, isBroken: true }
  const ours = { colour: colours.blue }
  const span = (of: Span, y: number, style: Pick<Line, 'colour' | 'isBroken'>): string => {
    const from = x.place(Math.max(of.min, range.low))
    const isCut = of.min < range.low
    return [
      element('line', { x1: from, y1: y, x2: x.place(of.max), y2: y, ...look(style) }),
      isCut ? text(from + 2, y - 4, `from ${of.min.toFixed(2)}`, { fill: style.colour, 'font-size': 10 }) : '',
      mark(x.place(Math.max(of.mean, range.low)), y, style),
    ].join('')
  }
  const y: Scale & { readonly label: string } = { marks: [], place: (value) => value, label: '' }
  return picture(
    { width: left + frame.width + 40, height: frame.top + frame.height + 62, title },
    text(20, 26, title, { 'font-size': 15, 'font-weight': 600 }),
    legendEntry(left, 54, 'published: least, mean, largest', look(published)) + mark(left + 12, 50, published),
    legendEntry(left + 270, 54, 'here', look(ours)) + mark(left + 282, 50, ours),
    axes(frame, { ...x, label: xLabel }, y),
    ...rows.map((row, index) => {
      const at = middle(index)
      return [
        text(left - 12, at, row.label, { 'text-anchor': 'end', dy: '0.35em' }),
        row.published === null ? '' : span(row.published, at - 6, published),
        span(row.ours, at + 6, ours),
      ].join('')
    }),
  )
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
