/** Learning curves as a picture: one line a trial, coloured by how the trial stands, the best one on top with its name. Pure text. */
import type { Curve, Curves } from '../core/study/views/curves.ts'
import type { TrialState } from '../core/trial.ts'
import { axes } from './axes.ts'
import { linearScale } from './scale.ts'
import type { Range } from './scale.ts'
import { coordinate, element, legendEntry, picture, text } from './svg.ts'

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
  const frame = {
    left: size.left,
    top: size.top,
    width: size.width - size.left - size.right,
    height: size.height - size.top - size.bottom,
  }
  const bottom = frame.top + frame.height
  const across = linearScale(x, frame.left, frame.left + frame.width, 10)
  // A little room below, so that a curve at the least value does not lie upon the axis.
  const up = linearScale({ low: y.low - 0.02 * (y.high - y.low), high: y.high }, bottom, frame.top, 6)
  const place: Place = (epoch, value) => [across.place(epoch), Math.max(frame.top, Math.min(bottom, up.place(value)))]
  const yLabel = curves.direction === null ? curves.metric : `${curves.metric} (${curves.direction})`
  return picture(
    { width: size.width, height: size.height, title },
    text(size.left, 26, title, { 'font-size': 15, 'font-weight': 600 }),
    axes(frame, { ...across, label: xLabel }, { ...up, label: yLabel }),
    ...drawingOrder(curves.curves, best).map((curve) => {
      const isBest = curve.trial === best
      const look = { stroke: isBest ? bestColour : stateColours[curve.state], 'stroke-width': isBest ? 2.5 : 1.2 }
      return line(curve, place, { ...look, opacity: isBest || curve.state === 'complete' ? 1 : 0.75 })
    }),
    ...legend(curves.curves, best),
  )
}

type Place = (epoch: number, value: number) => readonly [number, number]

const order: readonly TrialState[] = ['stopped', 'failed', 'waiting', 'paused', 'running', 'complete']

/** What matters most is drawn last. */
export function drawingOrder(curves: readonly Curve[], best: number | null): Curve[] {
  const rank = (curve: Curve): number => (curve.trial === best ? order.length : order.indexOf(curve.state))
  return [...curves].sort((a, b) => rank(a) - rank(b) || a.trial - b.trial)
}

function line(
  curve: Curve,
  place: Place,
  look: { readonly stroke: string; readonly 'stroke-width': number; readonly opacity: number },
): string {
  const points = curve.epochs.flatMap((epoch, index) => {
    const value = curve.values[index] as number
    return Number.isFinite(value) ? [place(epoch, value).map(coordinate).join(',')] : []
  })
  const name = element('title', {}, `trial ${curve.trial}, ${curve.state}`)
  if (points.length === 1) {
    const [cx = '', cy = ''] = (points[0] as string).split(',')
    return element('circle', { cx, cy, r: 2, fill: look.stroke, opacity: look.opacity }, name)
  }
  return element('polyline', { fill: 'none', 'stroke-linejoin': 'round', ...look, points: points.join(' ') }, name)
}

function legend(curves: readonly Curve[], best: number | null): string[] {
  const counts = Map.groupBy(curves, (curve) => curve.state)
  const entries: [string, string][] = [...order]
    .reverse()
    .filter((state) => counts.has(state))
    .map((state) => [stateColours[state], `${counts.get(state)?.length ?? 0} ${state}`])
  if (best !== null) entries.unshift([bestColour, `best: trial ${best}`])
  let x = size.left
  return entries.map(([colour, words]) => {
    const at = x
    x += 46 + words.length * 7
    return legendEntry(at, 46, words, { stroke: colour, 'stroke-width': 3 })
  })
}
