/**
 * A CSV reader that is fed in pieces of any size: quotes with doubled quotes and line breaks inside, CRLF, a byte order mark, and
 * `;` or tab instead of the comma where the first line has no comma. Blank lines are skipped; lines are counted from 1.
 * Records without a quote, which is nearly all of a table of curves, are split by the engine's own `split`.
 */
import { curvesInvalid } from './errors.ts'

export interface CsvReader {
  push(text: string): void
  end(): void
}

/** Longest record: an unclosed quote at the top of a large file is named instead of swallowing the file. */
const recordMax = 32 * 1024 * 1024

interface Reading {
  readonly source: string
  readonly onRecord: (cells: string[], line: number) => void
  /** What was read of a record whose end has not come yet. */
  rest: string
  /** The line on which the next record begins. */
  line: number
  /** '' until the first line is known. */
  delimiter: string
}

export function csvReader(source: string, onRecord: (cells: string[], line: number) => void): CsvReader {
  const reading: Reading = { source, onRecord, rest: '', line: 1, delimiter: '' }
  return { push: (text) => feed(reading, text, false), end: () => feed(reading, '', true) }
}

function feed(reading: Reading, text: string, isLast: boolean): void {
  reading.rest = reading.rest === '' ? text : reading.rest + text
  if (reading.delimiter === '') {
    if (reading.rest.charCodeAt(0) === 0xfeff) reading.rest = reading.rest.slice(1)
    const newline = reading.rest.indexOf('\n')
    if (newline >= 0) reading.delimiter = delimiterOf(reading.rest.slice(0, newline))
    else if (isLast) reading.delimiter = delimiterOf(reading.rest)
  }
  if (reading.delimiter !== '') reading.rest = reading.rest.slice(consume(reading, reading.rest, isLast))
  if (reading.rest.length > recordMax) {
    const got = 'a longer one (is a quote left open?)'
    throw curvesInvalid(reading.source, reading.line, `a line of at most ${recordMax} characters`, got)
  }
}

function delimiterOf(header: string): string {
  if (header.includes(',')) return ','
  return header.includes('\t') ? '\t' : header.includes(';') ? ';' : ','
}

/** Hands on every record that is whole; returns how much of the text that was. */
function consume(reading: Reading, text: string, isLast: boolean): number {
  let position = 0
  let quote = text.indexOf('"')
  while (position < text.length) {
    const newline = text.indexOf('\n', position)
    if (newline < 0 && !isLast) break
    const end = newline < 0 ? text.length : newline
    if (quote >= 0 && quote < position) quote = text.indexOf('"', position)
    if (quote >= 0 && quote < end) {
      const record = quotedRecord(reading, text, position, isLast)
      if (record === null) break
      reading.onRecord(record.cells, reading.line)
      reading.line += record.lines
      position = record.next
      continue
    }
    const stop = end > position && text[end - 1] === '\r' ? end - 1 : end
    if (stop > position) reading.onRecord(text.slice(position, stop).split(reading.delimiter), reading.line)
    reading.line++
    position = end + 1
  }
  return position
}

/** One record from `start` on, cell by cell; null = its end has not been read yet. */
function quotedRecord(
  reading: Reading,
  text: string,
  start: number,
  isLast: boolean,
): { readonly cells: string[]; readonly lines: number; readonly next: number } | null {
  const { source, delimiter } = reading
  const cells: string[] = []
  let lines = 0
  let position = start
  for (;;) {
    const isQuoted = text[position] === '"'
    const end = isQuoted ? closingQuote(text, position + 1) : plainEnd(text, position, delimiter)
    if (isQuoted && end === text.length && isLast) {
      throw curvesInvalid(source, reading.line + lines, 'a closing quote (")', 'the end of the file')
    }
    // The end of what was read so far may lie between two quotes or before a line feed: only more text can tell.
    if (end + 2 >= text.length && !isLast) return null
    const cell = text.slice(isQuoted ? position + 1 : position, end)
    position = isQuoted ? end + 1 : end
    const isLineEnd =
      position >= text.length || text[position] === '\n' || /^\r(\n|$)/.test(text.slice(position, position + 2))
    cells.push(isQuoted ? cell.replaceAll('""', '"') : cell)
    lines += isQuoted ? cell.split('\n').length - 1 : 0
    if (isLineEnd) {
      return { cells, lines: lines + 1, next: position + (text[position] === '\r' ? 2 : 1) }
    }
    if (text[position] !== delimiter) {
      const expected = `\`${delimiter}\` or a line break after a closing quote`
      throw curvesInvalid(source, reading.line + lines, expected, `\`${text[position]}\``)
    }
    position++
  }
}

/** Where the quoted cell's closing quote stands; the text's end if it has none. */
function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from)
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2)
  return at < 0 ? text.length : at
}

/** Where an unquoted cell ends: at a delimiter or a line break. */
function plainEnd(text: string, from: number, delimiter: string): number {
  let at = from
  while (at < text.length && text[at] !== delimiter && text[at] !== '\n') at++
  return at > from && text[at - 1] === '\r' && text[at] !== delimiter ? at - 1 : at
}
