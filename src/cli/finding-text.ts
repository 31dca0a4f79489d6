import type { Finding } from '../library/finding.ts'
import type { Io } from './command.ts'
import { paint } from './paint.ts'

const colour = { ok: 'green', note: 'dim', warn: 'yellow', error: 'red' } as const

/** One line a finding: its level, what it is about, what was found. Further lines of a text are indented below. */
export function findingLines(findings: readonly Finding[], io: Pick<Io, 'colours'>): string[] {
  const width = Math.max(...findings.map(({ about }) => about.length))
  return findings.map(({ level, about, text }) => {
    const mark = paint(io, colour[level], level.padEnd(5))
    return `${mark}  ${about.padEnd(width)}  ${text.replaceAll('\n', `\n${' '.repeat(width + 9)}`)}`
  })
}
