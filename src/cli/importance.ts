import { resolve } from 'node:path'
import type { Study } from '../core/study/study.ts'
import { countText } from '../core/study/views/number-text.ts'
import { importanceMethods, isNoMoreThanChance } from '../core/study/views/importance.ts'
import type { ImportanceOptions, ImportanceReport, ParameterImportance } from '../core/study/views/importance.ts'
import { importanceOf } from '../library/importance.ts'
import { importanceSvg, percentText } from '../pictures/importance-svg.ts'
import type { Args, Command } from './command.ts'
import { jsonFlag, storeFlag } from './command.ts'
import { writeTo } from './file-out.ts'
import { openStudyForReading } from './study-reference.ts'
import { tableText, wholeWidth } from './table.ts'

export const command: Command = {
  name: 'importance',
  summary: 'Which parameters mattered.',
  usage: 'STUDY',
  doc: 'PED-ANOVA (the default, milliseconds) tells what set the best tenth of the trials apart, for one metric or for the front of several objectives. fANOVA fits a forest and tells how much of the variance over the space each parameter explains, and pairs of them. Complete trials count; where a scheduler has left too few of those, all that came as far as enough trials came.',
  operands: [0, 1],
  options: {
    method: { type: 'text', choices: importanceMethods, value: 'METHOD', doc: 'Default ped-anova.' },
    metric: {
      type: 'text',
      value: 'METRIC',
      doc: 'An objective, or any metric that was reported. Default: the objective; with several, the front.',
    },
    direction: {
      type: 'text',
      choices: ['minimize', 'maximize'],
      value: 'DIRECTION',
      doc: 'What is good of a metric that is no objective.',
    },
    'target-quantile': {
      type: 'number',
      value: 'SHARE',
      doc: 'Which share of the trials is the best, for ped-anova. Default 0.1, but at least 5 trials.',
    },
    epoch: { type: 'number', value: 'N', doc: 'Compare trials at this epoch.' },
    interactions: { type: 'boolean', doc: 'Of pairs too; takes fanova.' },
    svg: { type: 'text', value: 'FILE', doc: 'Write a picture.' },
    json: { ...jsonFlag, doc: 'All of it as one JSON object.' },
    store: storeFlag,
  },
  examples: ['foretune importance digits', 'foretune importance digits --method fanova --interactions'],
  run: async (args, io) => {
    const options = optionsOf(args)
    const open = await openStudyForReading(args.operands[0], args, io)
    try {
      const report = importanceOf(open.study, options)
      const file = args.text('svg')
      if (file !== undefined) {
        const svg = importanceSvg({
          title: `${open.name}: which parameters mattered for ${metricsText(report)}`,
          subtitle: headline(report, open.study),
          bars: report.parameters.map((one) => ({
            label: one.parameter,
            share: shownOf(report, one),
            byChance: one.byChance,
          })),
        })
        await writeTo(resolve(io.cwd, file), io.stdout, (out) => void out.write(svg))
        io.stderr.write(`wrote ${file}\n`)
      }
      if (args.has('json')) io.stdout.write(`${JSON.stringify({ study: open.name, ...report })}\n`)
      else if (file === undefined) {
        const lines = screen(report, open.study, wholeWidth(io))
        io.stdout.write(`${lines.join('\n')}\n`)
      }
    } finally {
      await open.close()
    }
  },
}

function optionsOf(args: Args): ImportanceOptions {
  const asked = args.text('method')
  const interactions = args.has('interactions')
  const [metric, direction] = [args.text('metric'), args.text('direction')]
  const [targetQuantile, epoch] = [args.number('target-quantile'), args.number('epoch')]
  return {
    method: (asked ?? (interactions ? 'fanova' : 'ped-anova')) as 'ped-anova' | 'fanova',
    interactions,
    ...(metric === undefined ? {} : { metric }),
    ...(direction === undefined ? {} : { direction: direction as 'minimize' | 'maximize' }),
    ...(targetQuantile === undefined ? {} : { targetQuantile }),
    ...(epoch === undefined ? {} : { epoch }),
  }
}

/** What a bar shows: shares of all importance, or of the variance, which has other parts as well. */
function shownOf({ method }: ImportanceReport, { share, raw }: ParameterImportance): number {
  return method === 'fanova' ? raw : share
}

function metricsText({ metrics }: ImportanceReport): string {
  const named = metrics.map(({ metric, direction }) => `${metric} (${direction})`)
  return metrics.length === 1 ? named.join() : `the front of ${named.join(', ')}`
}

function headline({ method, target, trials, among, epoch }: ImportanceReport, { state }: Study): string {
  const { resource } = state.definition.epochs
  const which =
    among === 'complete'
      ? countText(trials, 'complete trial')
      : `${countText(trials, 'trial')} that came to ${resource === 'epochs' ? 'epoch' : resource} ${epoch ?? 0}, judged there`
  return method === 'fanova'
    ? `fANOVA: parts of the variance over the space, from ${which}`
    : `PED-ANOVA: what set the best ${target ?? 0} apart, of ${which}`
}

function screen(report: ImportanceReport, study: Study, width: number): string[] {
  return [
    `${metricsText(report)}. ${headline(report, study)}.`,
    '',
    ...parameterTable(report, width),
    ...interactionTable(report, width),
    ...remarks(report),
  ]
}

const barWidth = 24

function parameterTable(report: ImportanceReport, width: number): string[] {
  const right = { align: 'right' } as const
  const { parameters, method } = report
  const isPed = method === 'ped-anova'
  const isConditional = parameters.some(({ exists }) => exists < 1)
  const most = Math.max(...parameters.map((one) => shownOf(report, one)))
  const rows = parameters.map((one) => [
    one.parameter,
    percentText(shownOf(report, one)),
    barText(shownOf(report, one), most).padEnd(barWidth),
    ...(isPed ? [one.byChance === null ? '' : percentText(one.byChance)] : []),
    ...(isConditional ? [one.exists < 1 ? percentText(one.exists) : ''] : []),
  ])
  const columns = [
    { title: 'parameter' },
    { title: isPed ? 'importance' : 'of variance', ...right },
    { title: '' },
    ...(isPed ? [{ title: 'by chance', ...right }] : []),
    ...(isConditional ? [{ title: 'exists in', ...right }] : []),
  ]
  return tableText(columns, rows, width)
}

const pairsShown = 10
/** Weaker ones print as 0.0 %. */
const shownFrom = 0.0005

function interactionTable({ interactions }: ImportanceReport, width: number): string[] {
  if (interactions.length === 0) return []
  const shown = interactions.filter(({ raw }) => raw >= shownFrom).slice(0, pairsShown)
  const rows = shown.map(({ parameters, raw }) => [
    parameters.join(' x '),
    percentText(raw),
    barText(raw, shown[0]?.raw ?? 0),
  ])
  const left = interactions.length - rows.length
  const columns = [{ title: 'pair' }, { title: 'of variance', align: 'right' } as const, { title: '' }]
  return ['', ...tableText(columns, rows, width), ...(left > 0 ? [`${countText(left, 'weaker pair')}: --json`] : [])]
}

function remarks(report: ImportanceReport): string[] {
  const { method, parameters, interactions } = report
  if (method === 'fanova') {
    const alone = parameters.reduce((sum, { raw }) => sum + raw, 0)
    const together = interactions.reduce((sum, { raw }) => sum + raw, 0)
    const pairs = interactions.length > 0 ? `, pairs ${percentText(together)}` : ''
    return [
      '',
      `Single parameters explain ${percentText(alone)} of the variance${pairs}; the rest is noise and what several do together.`,
    ]
  }
  const weak = parameters.filter(({ share, byChance }) => byChance !== null && isNoMoreThanChance(share, byChance))
  if (weak.length === 0) return []
  return ['', `Hardly told from chance: ${weak.map(({ parameter }) => parameter).join(', ')}.`]
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

function barText(value: number, most: number): string {
  const length = most > 0 ? Math.round((8 * barWidth * value) / most) : 0
  return '█'.repeat(length >> 3) + (eighths[length & 7] ?? '')
}
