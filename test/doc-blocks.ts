/**
 * The fenced blocks of the documents. The words after a block's language say what the tests do with it:
 *
 * - `file=NAME`: the block is that file of the page's folder.
 * - `run`: a shell script, a TypeScript program, or a console session whose `$` lines are run and whose other lines are their output. A line
 *   `...` stands for any lines, `...` within a line for anything; durations, dates and process numbers are not compared.
 * - `wrong`: a study file with mistakes.
 * - `exit=N`: the last command of the session ends with N.
 *
 * `<!-- files of OTHER.md -->` puts the files of another page into this page's folder first.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root: string = fileURLToPath(new URL('..', import.meta.url))

export interface Block {
  /** Relative to the root. */
  readonly page: string
  /** Of the opening fence, from 1 on. */
  readonly line: number
  readonly language: string
  readonly isRun: boolean
  readonly isWrong: boolean
  readonly file: string | null
  readonly exit: number
  readonly text: string
}

export interface Page {
  readonly path: string
  readonly text: string
  readonly blocks: readonly Block[]
  /** The page whose files come first. */
  readonly filesOf: string | null
}

export function pages(): Page[] {
  const paths = globSync(['docs/*.md', 'README.md', 'python/README.md'], { cwd: root }).sort()
  return paths.map((path) => {
    const text = readFileSync(join(root, path), 'utf8')
    const filesOf = /<!-- files of (\S+) -->/.exec(text)?.[1]
    return { path, text, blocks: blocksOf(path, text), filesOf: filesOf === undefined ? null : `docs/${filesOf}` }
  })
}

function blocksOf(page: string, text: string): Block[] {
  const lines = text.split('\n')
  const blocks: Block[] = []
  for (let at = 0; at < lines.length; at++) {
    const [, language = '', info = ''] = /^```(\w+)?(.*)$/.exec(lines[at] as string) ?? []
    if (!lines[at]?.startsWith('```')) continue
    const end = lines.indexOf('```', at + 1)
    if (end < 0) throw new Error(`${page}:${at + 1} opens a block that nothing closes`)
    const words = info.trim().split(/\s+/)
    const valueOf = (name: string): string | undefined =>
      words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1)
    blocks.push({
      page,
      line: at + 1,
      language,
      isRun: words.includes('run'),
      isWrong: words.includes('wrong'),
      file: valueOf('file') ?? null,
      exit: Number(valueOf('exit') ?? 0),
      text: lines.slice(at + 1, end).join('\n') + '\n',
    })
    at = end
  }
  return blocks
}

/** One command of a console session, with what it should print; null: not compared. */
export interface Session {
  readonly command: string
  readonly output: string | null
}

export function sessionsOf(block: Block): Session[] {
  const sessions: { command: string; lines: string[] }[] = []
  for (const line of block.text.trimEnd().split('\n')) {
    const last = sessions.at(-1)
    if (line.startsWith('$ ')) sessions.push({ command: line.slice(2), lines: [] })
    else if (last === undefined) throw new Error(`${block.page}:${block.line} begins with no command`)
    else if (line.startsWith('> ') && last.lines.length === 0) last.command += `\n${line.slice(2)}`
    else last.lines.push(line)
  }
  return sessions.map(({ command, lines }) => ({ command, output: lines.length === 0 ? null : lines.join('\n') }))
}

/** Whether a command printed what the document shows. */
export function isLike(shown: string, got: string): boolean {
  const lines = comparable(shown)
    .split('\n')
    .map((line) => (line === '...' ? '(?:.*\n)*' : `${escaped(line).replaceAll('\\.\\.\\.', '.*')}\n`))
  return new RegExp(`^${lines.join('')}$`).test(`${comparable(got)}\n`)
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

export function comparable(text: string): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d/g, 'DATE')
    .replaceAll(/ *\+\d+(?:\.\d+)?(?:ms|s|m|h)(?: ?\d+(?:s|m))?(?= )/g, ' +TIME')
    .replaceAll(/\b\d+(?:\.\d+)?(?:ms|s|m|h)(?: ?\d+(?:s|m))?\b/g, 'TIME')
    .replaceAll(/process \d+/g, 'process N')
    .replaceAll(/[ \t]+$/gm, '')
    .trim()
}
