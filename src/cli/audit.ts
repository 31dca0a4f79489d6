import type { AuditedDrop } from '../core/schedulers/scheduler.ts'
import type { Study } from '../core/study/study.ts'
import { intervalSds, prediction } from '../core/study/views/prediction.ts'
import type { PredictionReport } from '../core/study/views/prediction.ts'
import { numberText } from '../core/study/views/number-text.ts'
import { schedulers } from '../core/schedulers/index.ts'
import { predictionSvg } from '../pictures/prediction-svg.ts'
import { nothingPredicted } from './cli-errors.ts'
import type { Command } from './command.ts'
import { jsonFlag, storeFlag } from './command.ts'
import { writeTo } from './file-out.ts'
import { summaryLines } from './prediction-text.ts'
import { openStudyForReading } from './study-reference.ts'
import { tableText, wholeWidth } from './table.ts'
import { resolve } from 'node:path'

export const command: Command = {
  name: 'audit',
  summary: 'Predicted against true for trials that were dropped and trained on anyway.',
  usage: 'STUDY',
  doc: 'With `audit: 0.05` a random twentieth of the trials that prediction drops is trained on all the same, to see whether that was right. One that ends better than the threshold which its prediction missed was dropped falsely. `± sd` is one standard deviation, as the predictor tells it; the 80 % interval is 1.28 times as wide. Shares have their exact 95 % confidence interval in brackets.',
  operands: [0, 1],
  options: {
    svg: {
      type: 'text',
      value: 'FILE',
      doc: 'Write a picture: true against predicted values, with their 80 % intervals.',
    },
    json: { ...jsonFlag, doc: 'All of it as one JSON object.' },
    store: storeFlag,
  },
  examples: ['foretune audit digits', 'foretune audit digits --svg audit.svg'],
  run: async (args, io) => {
    const open = await openStudyForReading(args.operands[0], args, io)
    try {
      const { study, name } = open
      const report = prediction(study)
      if (report === null) throw nothingPredicted(name, study.state.definition.scheduler.type, predicting())
      const metric = study.state.definition.objectives[0]?.metric ?? 'value'
      const file = args.text('svg')
      if (file !== undefined) {
        const title = `${name}: what was predicted, and what came true`
        await writeTo(
          resolve(io.cwd, file),
          io.stdout,
          (out) => void out.write(predictionSvg({ title, metric, report })),
        )
        io.stderr.write(`wrote ${file}\n`)
      }
      if (args.has('json')) io.stdout.write(`${JSON.stringify({ study: name, ...report })}\n`)
      else if (file === undefined) {
        const width = wholeWidth(io)
        io.stdout.write(`${auditScreen(study, report, width).join('\n')}\n`)
      }
    } finally {
      await open.close()
    }
  },
}

/** Schedulers that predict and audit. */
function predicting(): string[] {
  return Object.keys(schedulers).filter((name) => 'predictor' in (schedulers[name]?.options ?? {}))
}

function auditScreen(study: Study, report: PredictionReport, width: number): string[] {
  const audits = report.audit?.audits ?? []
  const table = audits.length === 0 ? [] : [...tableOf(study, audits, width), '']
  return [...table, ...summaryLines(report)]
}

function tableOf(study: Study, audits: readonly AuditedDrop[], width: number): string[] {
  const right = { align: 'right' } as const
  const metric = study.state.definition.objectives[0]?.metric ?? 'value'
  const hasPasses = audits.some(({ pass }) => pass > 0)
  const rows = audits.map((audit) => [
    String(audit.trial),
    ...(hasPasses ? [String(audit.pass)] : []),
    String(audit.bracket),
    String(audit.round),
    `${audit.known} to ${audit.epoch}`,
    `${numberText(audit.predicted, 5)} ± ${numberText(audit.sd, 3)}`,
    audit.value === null ? '' : numberText(audit.value, 5),
    audit.threshold === null ? '' : numberText(audit.threshold, 5),
    verdictOf(study, audit),
  ])
  const columns = [
    { title: 'trial', ...right },
    ...(hasPasses ? [{ title: 'pass', ...right }] : []),
    { title: 'bracket', ...right },
    { title: 'round', ...right },
    { title: 'epochs', ...right },
    { title: `predicted ${metric} ± sd`, ...right },
    { title: 'true', ...right },
    { title: 'threshold', ...right },
    { title: 'verdict' },
  ]
  return tableText(columns, rows, width)
}

function verdictOf(study: Study, audit: AuditedDrop): string {
  if (audit.isFalseDrop === null) {
    const state = study.state.trials[audit.trial]?.state
    return audit.value === null ? `not there yet (${state ?? 'unknown'})` : 'its round is not over'
  }
  const isInside = audit.value !== null && Math.abs(audit.value - audit.predicted) <= intervalSds * audit.sd
  return `${audit.isFalseDrop ? 'falsely dropped' : 'rightly dropped'}${isInside ? '' : ', outside the 80 % interval'}`
}
