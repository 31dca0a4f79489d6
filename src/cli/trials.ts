import { exportedTrial, trialTable } from '../core/study/views/export.ts'
import { numberText, valueText } from '../core/study/views/number-text.ts'
import { parseFilter, parseSort, trialColumns, trialRows } from '../core/study/views/trials.ts'
import type { SortKey, TrialFilter, TrialRow } from '../core/study/views/trials.ts'
import type { Study } from '../core/study/study.ts'
import { isSettled } from '../core/trial.ts'
import type { TrialState } from '../core/trial.ts'
import { columnUnknown, filterInvalid, stateUnknown } from './cli-errors.ts'
import type { Args, Command, Io } from './command.ts'
import { jsonFlag, storeFlag } from './command.ts'
import { csvLine } from './csv-text.ts'
import { whyText } from './status-text.ts'
import { openStudyForReading } from './study-reference.ts'
import { tableText } from './table.ts'

const states: { readonly [state in TrialState]: true } = {
  waiting: true,
  running: true,
  paused: true,
  complete: true,
  stopped: true,
  failed: true,
}

export const command: Command = {
  name: 'trials',
  summary: 'The table of trials, filtered and sorted.',
  usage: 'STUDY',
  doc: '--where takes NAME, an operator (=, !=, <, <=, >, >=) and a value; several must all hold. --sort takes names, `-` before a name for descending. A name is a column (trial, state, value, epoch, ...), a parameter or a metric.',
  operands: [0, 1],
  options: {
    where: { type: 'list', short: 'w', value: 'CONDITION', doc: 'Only trials that meet it.' },
    state: { type: 'text', value: 'STATES', doc: `Short for --where state=STATES: ${Object.keys(states).join(', ')}.` },
    sort: { type: 'text', short: 's', value: 'KEYS', doc: 'For example value or -epoch,value. Default: trial.' },
    limit: { type: 'number', short: 'n', value: 'N', doc: 'At most so many rows.' },
    json: { ...jsonFlag, doc: 'One trial a line, as JSON, without reports.' },
    csv: { type: 'boolean', doc: 'As CSV with a column for every parameter and metric.' },
    store: storeFlag,
  },
  examples: [
    'foretune trials digits --sort value --limit 10',
    "foretune trials digits --where 'lr<0.01' --where optimizer=adam --state complete,stopped",
  ],
  run: async (args, io) => {
    const open = await openStudyForReading(args.operands[0], args, io)
    try {
      const { study } = open
      const limit = args.number('limit')
      const rows = trialRows(study, { ...selection(args, study), ...(limit === undefined ? {} : { limit }) })
      if (args.has('json')) printJson(study, rows, io)
      else if (args.has('csv')) printCsv(study, rows, io)
      else printTable(study, rows, io)
      if (rows.length === 0) io.stderr.write(`none of ${study.state.trials.length} trials is shown\n`)
    } finally {
      await open.close()
    }
  },
}

function selection(args: Args, study: Study): { filters: TrialFilter[]; sort: SortKey[] } {
  const state = args.text('state')
  const conditions = [...args.list('where'), ...(state === undefined ? [] : [`state=${state}`])]
  const filters = conditions.map((text) => {
    const filter = parseFilter(text)
    if (!filter) throw filterInvalid(text)
    return filter
  })
  const sort = parseSort(args.text('sort') ?? '')
  const known = trialColumns(study)
  for (const { name, values } of filters) {
    if (!known.includes(name)) throw columnUnknown('--where', name, known)
    const unknown = name === 'state' ? values.find((value) => !Object.hasOwn(states, value)) : undefined
    if (unknown !== undefined) throw stateUnknown(unknown, Object.keys(states))
  }
  for (const { name } of sort) if (!known.includes(name)) throw columnUnknown('--sort', name, known)
  return { filters, sort }
}

function printJson(study: Study, rows: readonly TrialRow[], io: Io): void {
  for (const { trial } of rows) {
    const record = study.state.trials[trial]
    if (record) io.stdout.write(`${JSON.stringify(exportedTrial(study, record, false))}\n`)
  }
}

function printCsv(study: Study, rows: readonly TrialRow[], io: Io): void {
  const table = trialTable(
    study,
    rows.map((row) => row.trial),
  )
  io.stdout.write(csvLine(table.columns))
  for (const cells of table.rows()) io.stdout.write(csvLine(cells))
}

function printTable(study: Study, rows: readonly TrialRow[], io: Io): void {
  const { names } = study.space
  const metric = study.state.definition.objectives[0]?.metric ?? 'value'
  const right = { align: 'right' } as const
  const columns = [
    { title: 'trial', ...right },
    { title: 'state' },
    { title: metric, ...right },
    { title: 'epoch', ...right },
    ...names.map((title) => ({ title, ...right })),
    { title: 'why' },
  ]
  const cells = rows.map((row) => [
    String(row.trial),
    row.state,
    row.value === null ? '' : numberText(row.value),
    isSettled(row.state) || row.epoch >= row.until ? String(row.epoch) : `${row.epoch}/${row.until}`,
    ...names.map((name) => valueOrBlank(row, name)),
    whyText(study, row.why),
  ])
  const lines = tableText(columns, cells, io.isTerminal ? io.columns : Infinity)
  io.stdout.write(`${lines.join('\n')}\n`)
}

function valueOrBlank(row: TrialRow, name: string): string {
  const value = row.configuration[name]
  return value === undefined ? '' : valueText(value)
}
