/** One diagram of a picture: axes with round ticks, step lines, and a shaded band where the quartiles lie apart. */
import type { Band } from './bands.ts'
import { coordinate, element, text } from './svg.ts'

export interface Panel {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  readonly xLabel: string
  readonly yLabel: string
  readonly lines: readonly (Band & { readonly colour: string; readonly dash: string | null })[]
}

interface Scale {
  readonly from: number
  readonly to: number
  readonly ticks: readonly number[]
  place(value: number): number
}

const grid = '#e5e9ee'
const axis = '#57606a'

export function panel(given: Panel): string {
  const { left, top, width, height, lines } = given
  const end = Math.max(1e-9, ...lines.flatMap((line) => line.x))
  const x = scale(0, end, left, left + width, false)
  const [low, high] = range(lines, end)
  const y = scale(low, high, top + height, top, true)
  const clip = `clip-${left}`
  const frame = { x: left, y: top, width, height }
  return [
    element('clipPath', { id: clip }, element('rect', frame)),
    ...x.ticks.map((tick) => verticalTick(x.place(tick), given, tick)),
    ...y.ticks.map((tick) => horizontalTick(y.place(tick), given, tick)),
    element('rect', { ...frame, fill: 'none', stroke: axis, 'stroke-width': 1 }),
    element(
      'g',
      { 'clip-path': `url(#${clip})` },
      ...lines.map((line) => shade(line, x, y)),
      ...lines.map((line) => curve(line, x, y)),
    ),
    text(left + width / 2, top + height + 40, given.xLabel, { 'text-anchor': 'middle' }),
    text(0, 0, given.yLabel, {
      'text-anchor': 'middle',
      transform: `translate(${left - 52} ${top + height / 2}) rotate(-90)`,
    }),
  ].join('')
}

/** The first guesses may be absurdly bad: what was left behind within the first hundredth of the axis does not set the scale. */
function range(lines: Panel['lines'], end: number): [number, number] {
  const values: number[] = []
  for (const line of lines) {
    for (const [index, place] of line.x.entries()) {
      const isLeftBehind = (line.x[index + 1] ?? Infinity) < end / 100
      if (!isLeftBehind && place <= end) values.push(line.low[index] as number, line.high[index] as number)
    }
  }
  const finite = values.filter((value) => Number.isFinite(value))
  if (finite.length === 0) return [0, 1]
  const low = finite.reduce((a, b) => Math.min(a, b))
  const high = finite.reduce((a, b) => Math.max(a, b))
  const margin = (high - low || Math.abs(high) || 1) * 0.05
  return [low - margin, high + margin]
}

function scale(from: number, to: number, start: number, stop: number, isTight: boolean): Scale {
  const ticks = roundTicks(from, to, 5)
  const last = isTight ? to : Math.max(to, ticks.at(-1) ?? to)
  return {
    from,
    to: last,
    ticks,
    place: (value) => start + ((value - from) / (last - from)) * (stop - start),
  }
}

/** About `count` multiples of 1, 2 or 5 times a power of ten. */
export function roundTicks(from: number, to: number, count: number): number[] {
  const rough = (to - from) / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10) * power
  const first = Math.ceil(from / step - 1e-9)
  const last = Math.floor(to / step + 1e-9)
  // Multiples are made from whole numbers, and written short: 0.30000000000000004 is nobody's tick.
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  )
}

function verticalTick(at: number, { top, height }: Panel, tick: number): string {
  const line = element('line', { x1: at, y1: top, x2: at, y2: top + height, stroke: grid })
  return line + text(at, top + height + 18, tickText(tick), { 'text-anchor': 'middle', fill: axis })
}

function horizontalTick(at: number, { left, width }: Panel, tick: number): string {
  const line = element('line', { x1: left, y1: at, x2: left + width, y2: at, stroke: grid })
  return line + text(left - 7, at + 4, tickText(tick), { 'text-anchor': 'end', fill: axis })
}

function tickText(tick: number): string {
  const size = Math.abs(tick)
  return size >= 1e5 || (size > 0 && size < 1e-3) ? tick.toExponential().replace('e+', 'e') : String(tick)
}

function curve(line: Panel['lines'][number], x: Scale, y: Scale): string {
  const points = steps(line.x, line.median, x, y)
  if (points.length === 0) return ''
  const drawn = { d: `M${points.join('L')}`, fill: 'none', stroke: line.colour, 'stroke-width': 2 }
  return element('path', line.dash ? { ...drawn, 'stroke-dasharray': line.dash } : drawn)
}

function shade(line: Panel['lines'][number], x: Scale, y: Scale): string {
  const isFlat = line.low.every((value, index) => value === line.high[index])
  if (isFlat) return ''
  const upper = steps(line.x, line.high, x, y)
  const lower = steps(line.x, line.low, x, y).reverse()
  return element('path', { d: `M${[...upper, ...lower].join('L')}Z`, fill: line.colour, 'fill-opacity': 0.15 })
}

/** A value holds until the next place. */
function steps(places: readonly number[], values: readonly number[], x: Scale, y: Scale): string[] {
  const points: string[] = []
  for (const [index, place] of places.entries()) {
    const across = coordinate(x.place(place))
    if (index > 0) points.push(`${across} ${coordinate(y.place(values[index - 1] as number))}`)
    points.push(`${across} ${coordinate(y.place(values[index] as number))}`)
  }
  return points
}
