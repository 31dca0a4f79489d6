/** What was predicted against what came true: a dot a prediction with its 80 % interval, and the diagonal on which all would lie. Pure text. */
import type { PredictedOutcome } from '../core/schedulers/scheduler.ts'
import { intervalSds } from '../core/study/views/prediction.ts'
import type { PredictionReport } from '../core/study/views/prediction.ts'
import { axes } from './axes.ts'
import { linearScale } from './scale.ts'
import type { Range, Scale } from './scale.ts'
import { element, picture, text } from './svg.ts'

const size = { width: 760, height: 640, left: 84, right: 24, top: 64, bottom: 56 }

/** Distinguishable with every common kind of colour blindness (Okabe and Ito 2008). */
const looks = {
  selected: { colour: '#bbbbbb', words: 'went on' },
  pending: { colour: '#56b4e9', words: 'audited, not judged' },
  right: { colour: '#0072b2', words: 'audited, rightly dropped' },
  wrong: { colour: '#d55e00', words: 'audited, falsely dropped' },
} as const

interface Dot {
  readonly outcome: PredictedOutcome
  readonly value: number
  readonly look: keyof typeof looks
}

export interface PredictionPicture {
  readonly title: string
  readonly metric: string
  readonly report: PredictionReport
}

export function predictionSvg({ title, metric, report }: PredictionPicture): string {
  const dots = dotsOf(report)
  const range = rangeOf(dots)
  const frame = {
    left: size.left,
    top: size.top,
    width: size.width - size.left - size.right,
    height: size.height - size.top - size.bottom,
  }
  const bottom = frame.top + frame.height
  const across = linearScale(range, frame.left, frame.left + frame.width, 6)
  const up = linearScale(range, bottom, frame.top, 6)
  return picture(
    { width: size.width, height: size.height, title },
    text(size.left, 26, title, { 'font-size': 15, 'font-weight': 600 }),
    axes(
      frame,
      { ...across, label: `predicted ${metric}, with its 80 % interval` },
      { ...up, label: `true ${metric}` },
    ),
    element('line', {
      x1: across.place(range.low),
      y1: up.place(range.low),
      x2: across.place(range.high),
      y2: up.place(range.high),
      stroke: '#57606a',
      'stroke-dasharray': '5 4',
    }),
    ...dots.map((dot) => drawn(dot, across, up, range)),
    ...legend(dots),
    ...beyond(dots, range),
  )
}

/** Audited ones lie on top, for they are few and what the picture is about. */
function dotsOf({ outcomes, audit }: PredictionReport): Dot[] {
  const there = (outcome: PredictedOutcome, look: Dot['look']): Dot[] =>
    outcome.value === null ? [] : [{ outcome, value: outcome.value, look }]
  return [
    ...outcomes.flatMap((outcome) => there(outcome, 'selected')),
    ...(audit?.audits ?? [])
      .toSorted((a, b) => Number(a.isFalseDrop) - Number(b.isFalseDrop))
      .flatMap((one) => there(one, one.isFalseDrop === null ? 'pending' : one.isFalseDrop ? 'wrong' : 'right')),
  ]
}

/** Both axes show the same stretch: from the least to the largest value, but for a few that would press all others together. */
function rangeOf(dots: readonly Dot[]): Range {
  const values = dots.flatMap(({ value, outcome }) => [value, outcome.predicted]).sort((a, b) => a - b)
  const at = (share: number): number => values[Math.round(share * (values.length - 1))] ?? 0
  const [low, high] = [at(0), at(1)]
  const middle = at(0.95) - at(0.05)
  const from = at(0.05) - low > middle ? at(0.05) : low
  const to = high - at(0.95) > middle ? at(0.95) : high
  const margin = 0.05 * (to - from || Math.abs(to) || 1)
  return { low: from - margin, high: to + margin }
}

function drawn({ outcome, value, look }: Dot, x: Scale, y: Scale, range: Range): string {
  const within = (one: number): number => Math.max(range.low, Math.min(range.high, one))
  const { predicted, sd, trial, epoch, known } = outcome
  const reach = intervalSds * sd
  const at = y.place(within(value))
  const { colour, words } = looks[look]
  const isAudit = look !== 'selected'
  const line = {
    x1: x.place(within(predicted - reach)),
    x2: x.place(within(predicted + reach)),
    y1: at,
    y2: at,
    stroke: colour,
    'stroke-width': isAudit ? 1.5 : 1,
    opacity: isAudit ? 1 : 0.6,
  }
  const name = element('title', {}, `trial ${trial}, epoch ${epoch} from ${known}: ${words}`)
  return (
    element('line', line) +
    element('circle', { cx: x.place(within(predicted)), cy: at, r: isAudit ? 4 : 2.5, fill: colour }, name)
  )
}

/** What is drawn on the edge lies beyond it. */
function beyond(dots: readonly Dot[], { low, high }: Range): string[] {
  const isOut = (value: number): boolean => value < low || value > high
  const count = dots.filter(({ value, outcome }) => isOut(value) || isOut(outcome.predicted)).length
  if (count === 0) return []
  const words = `${count} on the edge ${count === 1 ? 'lies' : 'lie'} beyond it`
  return [text(size.width - size.right, 48, words, { 'text-anchor': 'end', fill: '#57606a' })]
}

function legend(dots: readonly Dot[]): string[] {
  let x = size.left
  return Object.entries(looks).flatMap(([look, { colour, words }]) => {
    const count = dots.filter((dot) => dot.look === look).length
    if (count === 0) return []
    const label = `${count} ${words}`
    const at = x
    x += 34 + label.length * 7
    return [element('circle', { cx: at + 6, cy: 44, r: 4, fill: colour }) + text(at + 16, 48, label)]
  })
}
