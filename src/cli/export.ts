import { resolve } from 'node:path'
import { curveTableRows, exportedStudy, exportedTrial, reportTable, trialTable } from '../core/study/views/export.ts'
import type { Cell, Table } from '../core/study/views/export.ts'
import type { Study } from '../core/study/study.ts'
import { ForetuneError } from '../errors.ts'
import { metricUnknown } from './cli-errors.ts'
import type { Args, Command, Io, Out } from './command.ts'
import { storeFlag } from './command.ts'
import { csvLine } from './csv-text.ts'
import { outputUnwritable, writeTo } from './file-out.ts'
import { openStudyForReading } from './study-reference.ts'

export const command: Command = {
  name: 'export',
  summary: 'A study as CSV, JSON, Parquet, or the table of curves that `simulate` reads.',
  usage: 'STUDY',
  doc: 'csv and parquet: one row a trial, with a column for every parameter and the last value of every metric; with --reports one row a report. json: one object with all trials and their reports. curves: parameters, then METRIC_1 ... METRIC_T.',
  operands: [0, 1],
  options: {
    format: {
      type: 'text',
      short: 'f',
      value: 'FORMAT',
      choices: ['csv', 'json', 'parquet', 'curves'],
      doc: 'Default csv.',
    },
    json: { type: 'boolean', doc: 'Short for --format json.' },
    reports: { type: 'boolean', doc: 'One row a report instead of one a trial (csv, parquet).' },
    metric: { type: 'list', value: 'METRIC', doc: 'For curves: instead of the objectives.' },
    output: {
      type: 'text',
      short: 'o',
      value: 'FILE',
      doc: 'Write a file instead of standard output. Parquet needs it.',
    },
    store: storeFlag,
  },
  examples: [
    'foretune export digits --format json > digits.json',
    'foretune export digits --format curves -o digits.csv',
  ],
  run: async (args, io) => {
    const format = args.has('json') ? 'json' : (args.text('format') ?? 'csv')
    const output = args.text('output')
    const file = output === undefined ? undefined : resolve(io.cwd, output)
    if (format === 'parquet' && file === undefined) throw parquetNeedsFile()
    const open = await openStudyForReading(args.operands[0], args, io)
    try {
      await writeStudy(open.study, format, file, args, io)
    } finally {
      await open.close()
    }
  },
}

async function writeStudy(study: Study, format: string, file: string | undefined, args: Args, io: Io): Promise<void> {
  const table = (): Table => (args.has('reports') ? reportTable(study) : trialTable(study))
  switch (format) {
    case 'json':
      return writeTo(file, io.stdout, (out) => writeJson(study, out))
    case 'parquet':
      return writeParquet(table(), file as string)
    case 'curves':
      return writeCurves(study, args.list('metric'), file, io)
    default:
      return writeTo(file, io.stdout, (out) => writeCsv(table(), out))
  }
}

/** One object, written trial by trial. */
function writeJson(study: Study, out: Out): void {
  out.write(`{"study":${JSON.stringify(exportedStudy(study))},"trials":[`)
  for (const [index, trial] of study.state.trials.entries()) {
    out.write(`${index === 0 ? '' : ','}\n${JSON.stringify(exportedTrial(study, trial, true))}`)
  }
  out.write(']}\n')
}

function writeCsv(table: Table, out: Out): void {
  out.write(csvLine(table.columns))
  for (const row of table.rows()) out.write(csvLine(row))
}

async function writeCurves(study: Study, named: readonly string[], file: string | undefined, io: Io): Promise<void> {
  for (const metric of named)
    if (!study.state.metrics.includes(metric)) throw metricUnknown(metric, study.state.metrics)
  const metrics = named.length > 0 ? named : [...new Set(study.state.definition.objectives.map(({ metric }) => metric))]
  const { toCurveCsv } = await import('../simulation/curve-file.ts')
  const text = toCurveCsv(study.space.names, metrics, curveTableRows(study, metrics))
  await writeTo(file, io.stdout, (out) => void out.write(text))
}

async function writeParquet(table: Table, file: string): Promise<void> {
  const { parquetWriteBuffer } = await import('hyparquet-writer')
  const { writeFile } = await import('node:fs/promises')
  const columns: Cell[][] = table.columns.map(() => [])
  for (const row of table.rows()) for (const [index, cell] of row.entries()) columns[index]?.push(cell)
  const columnData = table.columns.map((name, index) => parquetColumn(name, columns[index] as Cell[]))
  try {
    await writeFile(file, new Uint8Array(parquetWriteBuffer({ columnData })))
  } catch (cause) {
    throw outputUnwritable(file, cause)
  }
}

type ParquetColumn = {
  name: string
  data: unknown[]
  type: 'BOOLEAN' | 'INT32' | 'DOUBLE' | 'STRING' | 'TIMESTAMP'
  nullable: true
}

/** A column has one type; a parameter whose choices are of several is text. */
export function parquetColumn(name: string, cells: readonly Cell[]): ParquetColumn {
  const nullable = true
  const present = cells.filter((cell) => cell !== null)
  if (/^(created|settled)_at$/.test(name)) {
    return {
      name,
      data: cells.map((cell) => (cell === null ? null : new Date(Number(cell)))),
      type: 'TIMESTAMP',
      nullable,
    }
  }
  if (present.length > 0 && present.every((cell) => typeof cell === 'boolean'))
    return { name, data: [...cells], type: 'BOOLEAN', nullable }
  if (present.every((cell) => typeof cell === 'number')) {
    const isWhole = present.length > 0 && present.every((cell) => Number.isInteger(cell) && Math.abs(cell) < 2 ** 31)
    return { name, data: [...cells], type: isWhole ? 'INT32' : 'DOUBLE', nullable }
  }
  return { name, data: cells.map((cell) => (cell === null ? null : String(cell))), type: 'STRING', nullable }
}

function parquetNeedsFile(): ForetuneError {
  return new ForetuneError(
    'PARQUET_NEEDS_FILE',
    '--format parquet is not text: expected --output FILE, got standard output. For example: foretune export digits --format parquet -o digits.parquet',
  )
}
