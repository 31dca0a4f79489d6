/** Markdown as prettier leaves it, and numbers in it. */
import type { PairedDifference } from '../src/simulation/paired.ts'
import type { Spread } from './statistics.ts'

/** The columns under each other, so that it can be read as it stands. The first column is on the left, the others on the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows]
  const widths = head.map((_, column) => Math.max(3, ...lines.map((line) => width(line[column] ?? ''))))
  const padded = (line: readonly string[]): string =>
    `| ${widths.map((size, column) => pad(line[column] ?? '', size, column > 0)).join(' | ')} |`
  const rule = widths.map((size, column) => (column > 0 ? `${'-'.repeat(size - 1)}:` : '-'.repeat(size)))
  return [padded(head), `| ${rule.join(' | ')} |`, ...rows.map(padded)].join('\n')
}

function pad(cell: string, size: number, isRight: boolean): string {
  const space = ' '.repeat(size - width(cell))
  return isRight ? space + cell : cell + space
}

function width(cell: string): number {
  return [...cell].length
}

/** `![words](file)`, and what it shows. */
export function figure(file: string, words: string): string {
  return `![${words}](${file})`
}

/** Paragraphs, tables and figures one below the other. */
export function page(...parts: readonly string[]): string {
  return parts.map((part) => part.trim()).join('\n\n')
}

/** Paragraphs and lists in lines of readable length; tables, headings, figures and code as they are. */
export function wrapped(text: string): string {
  const blocks = text.split('\n\n').map((block) => {
    if (/^(?:[|#<!]|```)/.test(block)) return block
    const items = block.startsWith('- ') ? block.split(/\n(?=- )/) : [block]
    return items.map((item) => lines(item, item.startsWith('- ') ? '  ' : '')).join('\n')
  })
  return blocks.join('\n\n')
}

const lineLength = 140

/** A sign or a number with a stop at the beginning of a line would begin a list. */
const notFirst = /^(?:[-+*#>|]|\d+[.)])/

function lines(text: string, indent: string): string {
  const found: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + word.length + 1 > lineLength && !notFirst.test(word)) {
      found.push(line)
      line = indent + word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...found, line].join('\n')
}

/** R2 and shares: three digits, as the papers have them. */
export function score(value: number): string {
  return fixed(value, 3).replace(/^(-?)0\./, '$1.')
}

export function fixed(value: number, digits: number): string {
  const text = value.toFixed(digits)
  return Number(text) === 0 ? text.replace('-', '') : text
}

export function plusMinus({ mean, sd }: Pick<Spread, 'mean' | 'sd'>, digits = 0): string {
  return `${fixed(mean, digits)} ± ${fixed(sd, digits)}`
}

export function scoreSpread({ mean, sd }: Pick<Spread, 'mean' | 'sd'>): string {
  return `${score(mean)} ± ${score(sd)}`
}

export function percent(share: number, digits = 0): string {
  return `${fixed(100 * share, digits)} %`
}

/** `-8.4 [-9.0, -7.7]`, with a factor of what it is told in. */
export function interval(difference: PairedDifference | null, factor = 1, digits = 1): string {
  if (difference === null) return '-'
  const { mean, low, high } = difference
  const number = (value: number): string => {
    const text = fixed(factor * value, digits)
    return factor * value > 0 && Number(text) !== 0 ? `+${text}` : text
  }
  return low === null || high === null ? number(mean) : `${number(mean)} [${number(low)}, ${number(high)}]`
}
