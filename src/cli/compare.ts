import { best } from '../core/study/views/best.ts'
import type { Best } from '../core/study/views/best.ts'
import { configurationText, durationText, numberText } from '../core/study/views/number-text.ts'
import { prediction } from '../core/study/views/prediction.ts'
import type { PredictionReport } from '../core/study/views/prediction.ts'
import { progress } from '../core/study/views/progress.ts'
import type { Progress } from '../core/study/views/progress.ts'
import type { Command } from './command.ts'
import { jsonFlag, storeFlag } from './command.ts'
import { rateText } from './prediction-text.ts'
import { begunStudies, openIn, openStoreForReading, resolveStudy } from './study-reference.ts'
import type { OpenStudy } from './study-reference.ts'
import { tableText } from './table.ts'

export const command: Command = {
  name: 'compare',
  summary: 'Studies side by side: what each has spent and found.',
  usage: 'STUDY...',
  doc: 'All from one store; without STUDY all that it holds.',
  operands: [0, 100],
  options: { json: { ...jsonFlag, doc: 'One study a line, as JSON.' }, store: storeFlag },
  examples: ['foretune compare digits-asha digits-hyperband'],
  run: async (args, io) => {
    const store = await openStoreForReading(args, io)
    try {
      const all = args.operands.length === 0 ? (await begunStudies(store)).map((study) => study.name) : args.operands
      const sides: Side[] = []
      for (const reference of all) {
        // One study in memory at a time: what is compared is small.
        const open = await openIn(store, await resolveStudy(store, reference, io.cwd))
        sides.push(sideOf(open))
      }
      if (args.has('json')) for (const side of sides) io.stdout.write(`${JSON.stringify(side)}\n`)
      else io.stdout.write(`${sideBySide(sides, io.isTerminal ? io.columns : Infinity).join('\n')}\n`)
    } finally {
      await store.close()
    }
  },
}

interface Side {
  readonly study: string
  readonly sampler: string
  readonly scheduler: string
  readonly seed: number
  readonly progress: Progress
  readonly prediction: PredictionReport | null
  readonly best: Best
  readonly bestConfiguration: string
}

function sideOf({ name, study }: OpenStudy): Side {
  const { definition } = study.state
  const found = best(study)
  return {
    study: name,
    sampler: definition.sampler.type,
    scheduler: definition.scheduler.type,
    seed: definition.seed,
    progress: progress(study),
    prediction: prediction(study),
    best: found,
    bestConfiguration: found.trials[0] ? configurationText(found.trials[0].configuration, study.space.names) : '',
  }
}

/** One column a study; values of different metrics or directions stand side by side with their names, not ranked. */
function sideBySide(sides: readonly Side[], width: number): string[] {
  const row = (title: string, cell: (side: Side) => string): string[] => [title, ...sides.map(cell)]
  const rows = [
    row('sampler', (side) => side.sampler),
    row('scheduler', (side) => side.scheduler),
    row('seed', (side) => String(side.seed)),
    row('trials', ({ progress: { trials } }) => String(trials.created)),
    row('complete', ({ progress: { counts } }) => String(counts.complete)),
    row('stopped', ({ progress: { counts } }) => String(counts.stopped)),
    row('failed', ({ progress: { counts } }) => String(counts.failed)),
    row('epochs spent', ({ progress: { epochs } }) => String(epochs.spent)),
    row('epochs saved', ({ progress: { epochs } }) => String(epochs.saved)),
    ...predictionRows(sides),
    row('time', ({ progress: { time } }) => durationText(time.elapsedMs)),
    row('best', ({ best: found }) => bestCell(found)),
    row('of trial', ({ best: found }) =>
      found.trials[0] ? `${found.trials[0].trial} at epoch ${found.trials[0].epoch}` : '',
    ),
    row('among', ({ best: found }) => found.among),
    row('configuration', (side) => side.bestConfiguration),
  ]
  return tableText([{ title: '' }, ...sides.map(({ study }) => ({ title: study }))], rows, width)
}

/** Where one of them predicts. */
function predictionRows(sides: readonly Side[]): string[][] {
  if (sides.every(({ prediction: report }) => report === null)) return []
  const row = (title: string, cell: (report: PredictionReport) => string): string[] => [
    title,
    ...sides.map(({ prediction: report }) => (report === null ? '' : cell(report))),
  ]
  return [
    row('dropped by prediction', ({ dropped }) => String(dropped)),
    row('epochs spared by it, net', ({ epochs }) => String(epochs.net)),
    row('false drops', ({ audit }) => (audit?.falseDropRate ? rateText(audit.falseDropRate) : 'not audited')),
  ]
}

function bestCell({ trials, objectives }: Best): string {
  const [first] = trials
  if (!first) return 'none yet'
  const values = objectives.map(
    ({ metric, direction }) => `${metric} ${numberText(first.values[metric] ?? NaN)} (${direction})`,
  )
  return trials.length > 1 ? `front of ${trials.length}` : values.join(', ')
}
