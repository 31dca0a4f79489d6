/** Learning curves as a picture: one line a trial, coloured by how the trial stands, the best one on top with its name. Pure text. */
import type { Curve, Curves } from '../core/study/views/curves.ts'
import { numberText } from '../core/study/views/number-text.ts'
import type { TrialState } from '../core/trial.ts'
import type { Range } from './scale.ts'
import { ticks } from './scale.ts'

const size = { width: 900, height: 540, left: 76, right: 24, top: 56, bottom: 56 }

/** Distinguishable with every common kind of colour blindness (Okabe and Ito 2008). */
const stateColours: { readonly [state in TrialState]: string } = {
  complete: '#0072b2',
  running: '#009e73',
  paused: '#56b4e9',
  waiting: '#999999',
  stopped: '#bbbbbb',
  failed: '#d55e00',
}
const bestColour = '#000000'

export interface CurvesPicture {
  readonly title: string
  readonly curves: Curves
  readonly x: Range
  readonly y: Range
  readonly xLabel: string
  /** Drawn last, black. */
  readonly best: number | null
}

export function curvesSvg({ title, curves, x, y, xLabel, best }: CurvesPicture): string {
  const inner = { width: size.width - size.left - size.right, height: size.height - size.top - size.bottom }
  const px = (value: number): number => size.left + ((value - x.low) / (x.high - x.low)) * inner.width
  const py = (value: number): number => {
    const share = (value - y.low) / (y.high - y.low)
    return size.top + (1 - Math.max(0, Math.min(1, share))) * inner.height
  }
  const yLabel = curves.direction === null ? curves.metric : `${curves.metric} (${curves.direction})`
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}" font-family="system-ui, sans-serif" font-size="13" role="img">`,
    `<title>${escaped(title)}</title>`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    `<text x="${size.left}" y="24" font-size="16" font-weight="600" fill="#222222">${escaped(title)}</text>`,
    ...grid(x, y, px, py),
    `<text x="${size.left + inner.width / 2}" y="${size.height - 14}" text-anchor="middle" fill="#444444">${escaped(xLabel)}</text>`,
    `<text transform="translate(18 ${size.top + inner.height / 2}) rotate(-90)" text-anchor="middle" fill="#444444">${escaped(yLabel)}</text>`,
  ]
  for (const curve of drawingOrder(curves.curves, best)) {
    const isBest = curve.trial === best
    const colour = isBest ? bestColour : stateColours[curve.state]
    parts.push(line(curve, px, py, colour, isBest ? 2.5 : 1.2, isBest || curve.state === 'complete' ? 1 : 0.75))
  }
  parts.push(...legend(curves.curves, best), '</svg>', '')
  return parts.join('\n')
}

const order: readonly TrialState[] = ['stopped', 'failed', 'waiting', 'paused', 'running', 'complete']

/** What matters most is drawn last. */
export function drawingOrder(curves: readonly Curve[], best: number | null): Curve[] {
  const rank = (curve: Curve): number => (curve.trial === best ? order.length : order.indexOf(curve.state))
  return [...curves].sort((a, b) => rank(a) - rank(b) || a.trial - b.trial)
}

function grid(x: Range, y: Range, px: (value: number) => number, py: (value: number) => number): string[] {
  const right = size.width - size.right
  const bottom = size.height - size.bottom
  const parts: string[] = []
  for (const mark of ticks(y, 6)) {
    const at = py(mark).toFixed(1)
    parts.push(
      `<line x1="${size.left}" x2="${right}" y1="${at}" y2="${at}" stroke="#e6e6e6"/>`,
      `<text x="${size.left - 8}" y="${at}" dy="0.35em" text-anchor="end" fill="#444444">${numberText(mark)}</text>`,
    )
  }
  for (const mark of ticks(x, 10)) {
    const at = px(mark).toFixed(1)
    parts.push(
      `<line x1="${at}" x2="${at}" y1="${bottom}" y2="${bottom + 5}" stroke="#888888"/>`,
      `<text x="${at}" y="${bottom + 20}" text-anchor="middle" fill="#444444">${numberText(mark)}</text>`,
    )
  }
  parts.push(`<path d="M${size.left} ${size.top}V${bottom}H${right}" fill="none" stroke="#888888"/>`)
  return parts
}

function line(
  curve: Curve,
  px: (value: number) => number,
  py: (value: number) => number,
  colour: string,
  width: number,
  opacity: number,
): string {
  const points = curve.epochs
    .map((epoch, index) => [epoch, curve.values[index] as number] as const)
    .filter(([, value]) => Number.isFinite(value))
    .map(([epoch, value]) => `${px(epoch).toFixed(1)},${py(value).toFixed(1)}`)
  const look = `stroke="${colour}" stroke-width="${width}" opacity="${opacity}"`
  const name = `<title>trial ${curve.trial}, ${curve.state}</title>`
  if (points.length === 1) {
    const [cx, cy] = (points[0] as string).split(',')
    return `<circle cx="${cx}" cy="${cy}" r="2" fill="${colour}" opacity="${opacity}">${name}</circle>`
  }
  return `<polyline fill="none" stroke-linejoin="round" ${look} points="${points.join(' ')}">${name}</polyline>`
}

function legend(curves: readonly Curve[], best: number | null): string[] {
  const counts = Map.groupBy(curves, (curve) => curve.state)
  const entries: [string, string][] = [...order]
    .reverse()
    .filter((state) => counts.has(state))
    .map((state) => [stateColours[state], `${counts.get(state)?.length ?? 0} ${state}`])
  if (best !== null) entries.unshift([bestColour, `best: trial ${best}`])
  let x = size.left
  return entries.flatMap(([colour, text]) => {
    const at = x
    x += 42 + text.length * 7
    return [
      `<line x1="${at}" x2="${at + 20}" y1="42" y2="42" stroke="${colour}" stroke-width="3"/>`,
      `<text x="${at + 26}" y="42" dy="0.35em" fill="#444444">${escaped(text)}</text>`,
    ]
  })
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
