import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { durationText } from '../core/study/views/number-text.ts'
import { story } from '../core/study/views/story.ts'
import type { NumberedEvent, Story } from '../core/study/views/story.ts'
import type { Study } from '../core/study/study.ts'
import { attemptFolder } from '../wire/attempt-folder.ts'
import { clockText } from './clock-text.ts'
import { trialNotFound } from './cli-errors.ts'
import type { Command } from './command.ts'
import { jsonFlag, storeFlag } from './command.ts'
import { openStudyForReading } from './study-reference.ts'

export const command: Command = {
  name: 'story',
  summary: 'Everything that happened to one trial and why, in order, with the numbers of each decision.',
  usage: 'STUDY TRIAL',
  doc: 'The first line says how the trial stands and, if a decision ended it, which.',
  operands: [2, 2],
  options: {
    reports: { type: 'boolean', doc: 'A line for each report, instead of one for all between two decisions.' },
    json: { ...jsonFlag, doc: 'The lines as JSON, each with its event number and type.' },
    store: storeFlag,
  },
  examples: ['foretune story digits 17'],
  run: async (args, io) => {
    const [reference, text = ''] = args.operands
    const open = await openStudyForReading(reference, args, io)
    try {
      const { study, store, name } = open
      const number = /^\d+$/.test(text) ? Number(text) : -1
      if (!study.state.trials[number]) throw trialNotFound(name, text, study.state.trials.length)
      const events: NumberedEvent[] = []
      for await (const chunk of store.read(name, { trial: number })) events.push(...chunk)
      const told = story(study, number, events, { everyReport: args.has('reports') })
      io.stdout.write(args.has('json') ? `${JSON.stringify({ study: name, ...told })}\n` : storyScreen(told))
      if (!args.has('json')) io.stdout.write(outputHint(study, number))
    } finally {
      await open.close()
    }
  },
}

/** Of a failed trial: where what its program wrote is to be read. Nothing if its folder is not on this machine. */
function outputHint(study: Study, number: number): string {
  const trial = study.state.trials[number]
  const last = trial?.attempts.at(-1)
  if (trial?.state !== 'failed' || !last) return ''
  const folder = join(study.state.directory, attemptFolder(number, last.attempt))
  if (!existsSync(folder)) return ''
  const { metrics } = study.state.program as { readonly metrics?: unknown }
  const silence =
    trial.why?.rule !== 'no-report'
      ? ''
      : metrics
        ? ' `metrics` found no report in it.'
        : ' It did not report with the client, and the study file has no `metrics`.'
  return `\nWhat its program wrote is in ${folder} (stdout.log, stderr.log).${silence}\n`
}

/** Each line with the time since the first one. */
function storyScreen(told: Story): string {
  const [first] = told.lines
  if (!first) return `${told.headline}\n`
  const times = told.lines.map((line) => `+${durationText(line.at - first.at)}`)
  const width = Math.max(...times.map((time) => time.length))
  const lines = told.lines.map((line, index) => `  ${(times[index] ?? '').padStart(width)}  ${line.text}`)
  return `${told.headline}\n\nFrom ${clockText(first.at)}:\n${lines.join('\n')}\n`
}
