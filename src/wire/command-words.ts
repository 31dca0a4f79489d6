/**
 * A command line taken apart into words as `sh` would, without a shell: white space separates, single quotes keep everything, double
 * quotes keep all but `\` before `"`, `\`, `$`, `` ` ``, and a bare `\` keeps the next character. Nothing is expanded.
 */

export interface Word {
  /** What the program gets. */
  readonly text: string
  /** Where the word stands in the command line. */
  readonly start: number
  readonly end: number
  /** False as soon as any of it was quoted: then it is never an operator of a shell. */
  readonly isBare: boolean
}

export interface CommandProblem {
  /** A short phrase that continues `expected ...`. */
  readonly expected: string
  readonly got: string
  /** The piece of the text that is wrong, for its position. */
  readonly within?: string
  readonly code: 'UNBALANCED_QUOTES' | 'SHELL_SYNTAX' | 'EMPTY_COMMAND' | 'BAD_PLACEHOLDER' | 'UNKNOWN_PLACEHOLDER'
}

type Scanned = { readonly words: readonly Word[] } | { readonly problem: CommandProblem }

export function splitCommand(line: string): Scanned {
  const words: Word[] = []
  let at = 0
  while (at < line.length) {
    if (/\s/.test(line[at]!)) {
      at++
      continue
    }
    const word = readWord(line, at)
    if ('expected' in word) return { problem: word }
    words.push(word)
    at = word.end
  }
  return { words }
}

function readWord(line: string, start: number): Word | CommandProblem {
  let text = ''
  let isBare = true
  let at = start
  while (at < line.length && !/\s/.test(line[at]!)) {
    const sign = line[at]!
    if (sign === "'" || sign === '"') {
      isBare = false
      const quoted = readQuoted(line, at)
      if (quoted === null) return unbalanced(line, at, sign)
      text += quoted.text
      at = quoted.end
    } else if (sign === '\\') {
      isBare = false
      if (at + 1 >= line.length) return unbalanced(line, at, 'a character after the last `\\`')
      text += line[at + 1]!
      at += 2
    } else {
      text += sign
      at++
    }
  }
  return { text, start, end: at, isBare }
}

function readQuoted(line: string, start: number): { text: string; end: number } | null {
  const quote = line[start]!
  let text = ''
  for (let at = start + 1; at < line.length; at++) {
    const sign = line[at]!
    if (sign === quote) return { text, end: at + 1 }
    if (quote === '"' && sign === '\\' && /["\\$`]/.test(line[at + 1] ?? '')) text += line[++at]!
    else text += sign
  }
  return null
}

function unbalanced(line: string, at: number, what: string): CommandProblem {
  return {
    code: 'UNBALANCED_QUOTES',
    expected: what.length === 1 ? `a closing ${what}` : what,
    got: 'the end of the command',
    within: line.slice(at),
  }
}

/** The first word that only a shell would understand. */
export function shellSyntax(words: readonly Word[]): Word | undefined {
  return words.find(
    ({ text, isBare }, index) =>
      isBare &&
      (/^(?:&&?|\|\|?|;|\d?>{1,2}(?:&\d)?|<{1,2})$/.test(text) ||
        /^\d?>>?[^=]/.test(text) ||
        /^\$\(|^`/.test(text) ||
        text.endsWith(';') ||
        (index === 0 && /^[A-Za-z_]\w*=/.test(text))),
  )
}
