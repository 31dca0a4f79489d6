import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { best } from '../core/study/views/best.ts'
import { curves, followCourse, newCourse } from '../core/study/views/curves.ts'
import type { Curve, Curves } from '../core/study/views/curves.ts'
import { countText } from '../core/study/views/number-text.ts'
import { evolve } from '../core/study/evolve.ts'
import { createStudy } from '../core/study/study.ts'
import type { Study } from '../core/study/study.ts'
import type { TrialState } from '../core/trial.ts'
import { algorithms } from '../library/algorithms.ts'
import { brailleChart } from '../pictures/braille-chart.ts'
import { shownRange } from '../pictures/scale.ts'
import type { Range } from '../pictures/scale.ts'
import { flagValueInvalid, metricUnknown, trialNotFound } from './cli-errors.ts'
import type { Args, Command, Io } from './command.ts'
import { jsonFlag, storeFlag } from './command.ts'
import { curvesSvg, drawingOrder } from '../pictures/curves-svg.ts'
import { paint } from './paint.ts'
import { openStudyForReading } from './study-reference.ts'
import type { OpenStudy } from './study-reference.ts'

export const command: Command = {
  name: 'curves',
  summary: 'Learning curves in the terminal, or as a picture.',
  usage: 'STUDY',
  operands: [0, 1],
  options: {
    metric: { type: 'text', value: 'METRIC', doc: 'Default: the first objective.' },
    trials: { type: 'text', value: 'NUMBERS', doc: 'Only these, for example 3,7,12.' },
    limit: { type: 'number', short: 'n', value: 'N', doc: 'At most so many curves, evenly chosen; default 300.' },
    course: { type: 'boolean', doc: 'Instead: the best value so far against epochs spent.' },
    svg: { type: 'text', value: 'FILE', doc: 'Write a picture.' },
    json: { ...jsonFlag, doc: 'One curve a line, as JSON.' },
    store: storeFlag,
  },
  examples: ['foretune curves digits', 'foretune curves digits --metric val_accuracy --svg curves.svg'],
  run: async (args, io) => {
    const open = await openStudyForReading(args.operands[0], args, io)
    try {
      const drawn = args.has('course') ? await courseOf(open) : curvesOf(open.study, args)
      if (args.has('json'))
        for (const curve of drawn.curves.curves)
          io.stdout.write(
            `${JSON.stringify({ metric: drawn.curves.metric, ...curve, values: curve.values.map(jsonNumber) })}\n`,
          )
      else if (drawn.curves.curves.length === 0) io.stdout.write(`nothing was reported of ${drawn.curves.metric} yet\n`)
      else await draw(drawn, open, args.text('svg'), io)
    } finally {
      await open.close()
    }
  },
}

interface Drawn {
  readonly curves: Curves
  readonly best: number | null
  readonly xLabel: string
  /** How many curves there are besides those drawn. */
  readonly left: number
}

function curvesOf(study: Study, args: Args): Drawn {
  const { state } = study
  const metric = args.text('metric')
  if (metric !== undefined && !state.metrics.includes(metric)) throw metricUnknown(metric, state.metrics)
  const all = curves(study, metric, trialNumbers(study, args.text('trials')))
  const first = best(study).trials[0]?.trial ?? null
  const limit = Math.max(1, args.number('limit') ?? 300)
  const chosen = evenly(all.curves, limit, first)
  return {
    curves: { ...all, curves: chosen },
    best: chosen.some((curve) => curve.trial === first) ? first : null,
    xLabel: state.definition.epochs.resource,
    left: all.curves.length - chosen.length,
  }
}

function trialNumbers(study: Study, text: string | undefined): number[] | undefined {
  return text?.split(',').map((part) => {
    const number = /^\s*\d+\s*$/.test(part) ? Number(part) : -1
    if (number < 0) throw flagValueInvalid('--trials', 'numbers separated by commas', text)
    if (!study.state.trials[number]) throw trialNotFound(study.state.definition.name, part, study.state.trials.length)
    return number
  })
}

function evenly(all: readonly Curve[], limit: number, always: number | null): readonly Curve[] {
  if (all.length <= limit) return all
  const picked = new Set(Array.from({ length: limit }, (_, index) => all[Math.floor((index * all.length) / limit)]))
  const kept = all.find((curve) => curve.trial === always)
  if (kept) picked.add(kept)
  return all.filter((curve) => picked.has(curve))
}

/** The order in which reports came is only in the log: it is folded once more. */
async function courseOf({ store, name, study: { state } }: OpenStudy): Promise<Drawn> {
  const course = newCourse()
  let study: Study | null = null
  for await (const chunk of store.read(name)) {
    for (const { event } of chunk) {
      if (!study && event.type === 'StudyCreated') study = createStudy(event, algorithms)
      else if (study) {
        evolve(study, event)
        followCourse(course, study, event)
      }
    }
  }
  const objective = state.definition.objectives[0]
  const spent = state.epochsTrained + state.epochsRepeated
  const line = (list: typeof course.reported, trial: number, as: TrialState): Curve[] =>
    list.length === 0 ? [] : [stairs(list, spent, trial, as)]
  const both = [...line(course.reported, 0, 'stopped'), ...line(course.complete, 1, 'complete')]
  return {
    curves: { metric: objective?.metric ?? '', direction: objective?.direction ?? null, curves: both },
    best: null,
    xLabel: `${state.definition.epochs.resource} spent (grey: best report so far, blue: best complete trial so far)`,
    left: 0,
  }
}

/** A value holds until the next improvement. */
function stairs(
  list: readonly { readonly epochs: number; readonly value: number }[],
  spent: number,
  trial: number,
  state: TrialState,
): Curve {
  const epochs: number[] = []
  const values: number[] = []
  for (const { epochs: at, value } of list) {
    const before = values.at(-1)
    if (before !== undefined) {
      epochs.push(at)
      values.push(before)
    }
    epochs.push(at)
    values.push(value)
  }
  epochs.push(spent)
  values.push(values.at(-1) as number)
  return { trial, state, epochs, values }
}

async function draw(drawn: Drawn, open: OpenStudy, file: string | undefined, io: Io): Promise<void> {
  const { curves: set, best: bestTrial, xLabel } = drawn
  const x = epochRange(set.curves)
  const y = shownRange(
    set.curves.flatMap((curve) => curve.values),
    set.direction,
  )
  if (file !== undefined) {
    const title = `${open.name}: ${set.metric}`
    await writeFile(resolve(io.cwd, file), curvesSvg({ title, curves: set, x, y, xLabel, best: bestTrial }))
    io.stderr.write(`wrote ${file}\n`)
    return
  }
  io.stdout.write(`${chartText(drawn, x, y, io)}\n`)
}

function epochRange(set: readonly Curve[]): Range {
  let low = Infinity
  let high = 1
  for (const { epochs } of set) {
    low = Math.min(low, epochs[0] ?? Infinity)
    high = Math.max(high, epochs.at(-1) ?? 1)
  }
  return { low: low < high ? low : high - 1, high }
}

const inks = ['blackBright', 'red', 'white', 'cyan', 'green', 'blue', 'yellow'] as const
const inkOf: { readonly [state in TrialState]: number } = {
  stopped: 0,
  failed: 1,
  waiting: 2,
  paused: 3,
  running: 4,
  complete: 5,
}

function chartText({ curves: set, best: bestTrial, xLabel, left }: Drawn, x: Range, y: Range, io: Io): string {
  const height = Math.max(8, Math.min(24, io.rows - 6))
  const ordered = drawingOrder(set.curves, bestTrial)
  const chart = brailleChart(
    ordered.map((curve) => ({
      x: curve.epochs,
      y: curve.values,
      ink: curve.trial === bestTrial ? 6 : inkOf[curve.state],
    })),
    { width: Math.min(io.columns, 160), height, x, y },
  )
  const rows = chart.rows.map((row, index) => {
    const cells = row.map(({ character, ink }) => (ink < 0 ? character : paint(io, inks[ink] ?? 'white', character)))
    return `${chart.labels[index] ?? ''}│${cells.join('').trimEnd()}`
  })
  const direction = set.direction === null ? '' : ` (${set.direction})`
  const notes = [`${set.metric}${direction} by ${xLabel}, ${countText(set.curves.length, 'curve')}`]
  if (left > 0) notes.push(`${left} more not drawn (--limit)`)
  if (bestTrial !== null) notes.push(`best: trial ${bestTrial}`)
  return [...rows, chart.axis, notes.join('; ')].join('\n')
}

/** JSON has no infinities: they are words, as in the log. */
function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value)
}
