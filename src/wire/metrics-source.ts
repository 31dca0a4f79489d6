/**
 * Metrics of programs that know nothing of Foretune: read from the lines they print, or from a file they write.
 *
 * A reader is fed every line of one attempt in order, from the first one on (also after a restart of the controller), and answers each at
 * once. The caller cuts lines at `\n`, `\r\n` and `\r` (progress bars) and feeds no unfinished one. Where no epoch is named, the lines
 * with metrics are epochs `from + 1`, `from + 2`, ... With `finalOnly` (a study with `epochs.max: 1`) nothing is reported before the end: then
 * `end` gives the last line with metrics, as epoch 1, whatever epoch it names.
 */
import type { Constraint, Objective } from '../core/study/definition.ts'
import type { Metrics } from '../core/trial.ts'
import type { MetricsSource } from './program.ts'
import { parseCsvRow } from './csv-row.ts'

export type Reading = { readonly epoch: number; readonly metrics: Metrics } | { readonly problem: string }

export interface MetricsReader {
  /** Null: the line has nothing to do with metrics. */
  read(line: string): Reading | null
  /** The report that only the end of the output brings, or null. */
  end(): Reading | null
}

/** The numbers of one line by name, not judged yet; null: an ordinary line. */
type Fields = { readonly [name: string]: number } | { readonly problem: string } | null

/** `required`: the metrics of the objectives and constraints; a line with none of them is ignored, one with only some is a problem. */
export function metricsReader(
  source: MetricsSource,
  required: readonly string[],
  options: { readonly from?: number; readonly finalOnly?: boolean } = {},
): MetricsReader {
  const fieldsOf = fieldReader(source, required)
  const from = options.from ?? 0
  let last: Reading | null = null
  let count = 0

  function read(line: string): Reading | null {
    const fields = fieldsOf(line)
    if (fields === null || 'problem' in fields) return fields as Reading | null
    const metrics: { [name: string]: number } = { ...fields }
    delete metrics[source.epoch]
    const missing = required.filter((name) => !Object.hasOwn(metrics, name))
    if (missing.length === required.length) return null
    if (missing.length > 0)
      return { problem: `expected ${missing.join(', ')} beside ${Object.keys(metrics).join(', ')}` }
    if (options.finalOnly === true) {
      last = { epoch: 1, metrics }
      return null
    }
    count++
    return atEpoch(fields[source.epoch], metrics)
  }

  function atEpoch(named: number | undefined, metrics: Metrics): Reading {
    if (named === undefined) return { epoch: from + count, metrics }
    const epoch = named - source.firstEpoch + 1
    if (Number.isSafeInteger(epoch) && epoch >= 1) return { epoch, metrics }
    const hint = named === 0 ? ' (`firstEpoch: 0` is for programs that count from 0)' : ''
    return {
      problem: `expected \`${source.epoch}\` to be a whole number of at least ${source.firstEpoch}, got ${named}${hint}`,
    }
  }

  return { read, end: () => last }
}

/** What every report has to hold: the metrics of objectives and constraints. */
export function requiredMetrics(study: {
  readonly objective?: Objective
  readonly objectives?: readonly Objective[]
  readonly constraints?: readonly Constraint[]
}): string[] {
  const objectives = study.objectives ?? (study.objective === undefined ? [] : [study.objective])
  return [...new Set([...objectives, ...(study.constraints ?? [])].map(({ metric }) => metric))]
}

function fieldReader(source: MetricsSource, required: readonly string[]): (line: string) => Fields {
  if ('pattern' in source) return patternFields(source.pattern, source.epoch)
  if (source.format === 'csv') return csvFields([...required, source.epoch])
  const isOnlyMetrics = source.from === 'file'
  return (line) => jsonFields(line, [...required, source.epoch], isOnlyMetrics)
}

function patternFields(pattern: string, epoch: string): (line: string) => Fields {
  const expression = metricsPattern(pattern)
  return (line) => {
    const groups = expression.exec(withoutColours(line))?.groups
    if (groups === undefined) return null
    const fields: { [name: string]: number } = {}
    for (const [name, text] of Object.entries(groups) as [string, string | undefined][]) {
      if (text === undefined) continue
      const value = parseNumber(text)
      if (value === null || (name === epoch && !Number.isFinite(value))) return notANumber(name, text)
      fields[name] = value
    }
    return fields
  }
}

/** Throws a `SyntaxError` where the pattern is none. Python's way of naming groups is understood as well. */
export function metricsPattern(pattern: string): RegExp {
  return new RegExp(pattern.replaceAll(/(?<!\\)\(\?P</g, '(?<'))
}

/** The names of a pattern's groups. */
export function groupNames(pattern: RegExp): string[] {
  const groups = new RegExp(`${pattern.source}|`).exec('')?.groups
  return groups === undefined ? [] : Object.keys(groups)
}

function csvFields(needed: readonly string[]): (line: string) => Fields {
  let header: readonly string[] | null = null
  return (line) => {
    if (line.trim() === '') return null
    const cells = parseCsvRow(line)
    if (cells === null) return { problem: 'expected a row of comma-separated values, got an unbalanced quote' }
    const row = cells.map((cell) => cell.trim())
    if (header === null) {
      header = row
      const hasMetric = needed.slice(0, -1).some((name) => row.includes(name))
      return hasMetric
        ? null
        : { problem: `expected a header with ${needed.slice(0, -1).join(', ')}, got ${row.join(', ')}` }
    }
    // A program that appends to its file may write the header again.
    if (row.length === header.length && row.every((cell, index) => cell === header![index])) return null
    if (row.length !== header.length)
      return { problem: `expected ${header.length} values as in the header, got ${row.length}` }
    return numbersOf(
      header.map((name, index) => [name, row[index]!] as const),
      needed,
    )
  }
}

/** Columns that no one asked for may hold anything; they are metrics only where they are numbers. */
function numbersOf(cells: readonly (readonly [string, string])[], needed: readonly string[]): Fields {
  const fields: { [name: string]: number } = {}
  for (const [name, text] of cells) {
    if (name === '' || text === '') continue
    const value = parseNumber(text)
    if (value !== null) fields[name] = value
    else if (needed.includes(name)) return notANumber(name, text)
  }
  return fields
}

function jsonFields(line: string, needed: readonly string[], isOnlyMetrics: boolean): Fields {
  const text = isOnlyMetrics ? line.trim() : withoutColours(line).trim()
  if (text === '') return null
  if (!text.startsWith('{')) return isOnlyMetrics ? { problem: 'expected a JSON object' } : null
  const parsed = parseJson(text)
  // Programs also print things that only look like JSON; a file that holds nothing else is held to it.
  if (parsed === null) return isOnlyMetrics ? { problem: 'expected a JSON object, got something unreadable' } : null
  const fields: { [name: string]: number } = {}
  for (const [name, value] of Object.entries(parsed)) {
    const number = typeof value === 'number' ? value : typeof value === 'string' ? parseNumber(value) : null
    if (number !== null) fields[name] = number
    else if (needed.includes(name)) return notANumber(name, JSON.stringify(value))
  }
  return fields
}

/** Strict JSON, or what Python's `json` writes: bare NaN, Infinity and -Infinity. */
function parseJson(text: string): { readonly [name: string]: unknown } | null {
  try {
    return JSON.parse(text) as { readonly [name: string]: unknown }
  } catch {
    // Whole strings are matched first, so that a NaN inside one stays what it is.
    const worded = text.replaceAll(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (token) =>
      token.startsWith('"') ? token : `"${token}"`,
    )
    try {
      return worded === text ? null : (JSON.parse(worded) as { readonly [name: string]: unknown })
    } catch {
      return null
    }
  }
}

/** A number as programs print it, non-finite ones by name; null for everything else (`1,234`, `0x10`, `12%`, nothing). */
export function parseNumber(text: string): number | null {
  const trimmed = text.trim()
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed)) return Number(trimmed)
  const word = /^([+-]?)(nan|inf|infinity)$/i.exec(trimmed)
  if (word === null) return null
  if (word[2]!.toLowerCase() === 'nan') return NaN
  return word[1] === '-' ? -Infinity : Infinity
}

function notANumber(name: string, text: string): { readonly problem: string } {
  return { problem: `expected \`${name}\` to be a number, got '${text.slice(0, 60)}'` }
}

/** Terminal control sequences would stand between a name and its number. */
function withoutColours(line: string): string {
  // oxlint-disable-next-line no-control-regex
  return line.includes('\u001B') ? line.replaceAll(/\u001B\[[0-9;?]*[A-Za-z]/g, '') : line
}
