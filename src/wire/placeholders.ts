/**
 * `{name}` in a command stands for a parameter's value or one of the reserved names; `{{` and `}}` are braces. Where a parameter is absent
 * (its condition does not hold) the whole argument goes, and with it a flag before it if the argument is nothing but the placeholder:
 * `--momentum {momentum}` and `--momentum={momentum}` both vanish.
 */
import type { Configuration, Value } from '../core/trial.ts'
import { type CommandProblem, shellSyntax, splitCommand } from './command-words.ts'

/**
 * What Foretune itself puts into a command: the trial's number, its seed, the epoch to start after and the epoch to reach,
 * the checkpoint folder and the attempt folder.
 */
export const reservedPlaceholders = ['trial', 'seed', 'from', 'until', 'checkpoint', 'attempt'] as const

export type ReservedPlaceholder = (typeof reservedPlaceholders)[number]

export type ReservedValues = { readonly [name in ReservedPlaceholder]: Value }

export interface CommandSource {
  readonly command: string | readonly string[]
  readonly shell: boolean
}

type Piece =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'placeholder'; readonly name: string; readonly start: number }
  | { readonly type: 'stray'; readonly text: string }

const pieces = /\{\{|\}\}|\{([^{}\s"':,]+)\}|\{[^{}]*\}?|\}/g

function* takeApart(text: string): Generator<Piece> {
  let end = 0
  for (const match of text.matchAll(pieces)) {
    if (match.index > end) yield { type: 'text', text: text.slice(end, match.index) }
    end = match.index + match[0].length
    if (match[0] === '{{' || match[0] === '}}') yield { type: 'text', text: match[0][0]! }
    else if (match[1] !== undefined) yield { type: 'placeholder', name: match[1], start: match.index }
    else yield { type: 'stray', text: match[0] }
  }
  if (end < text.length) yield { type: 'text', text: text.slice(end) }
}

/** The names used, each once, in order. */
export function placeholderNames(command: string | readonly string[]): string[] {
  const names = new Set<string>()
  for (const text of typeof command === 'string' ? [command] : command) {
    for (const piece of takeApart(text)) if (piece.type === 'placeholder') names.add(piece.name)
  }
  return [...names]
}

/** All that is wrong with a command, but for what only running it can tell. `index` is the place in a list of arguments. */
export function commandProblems(
  source: CommandSource,
  parameters: readonly string[],
): (CommandProblem & { readonly index?: number })[] {
  if (typeof source.command !== 'string') {
    return source.command.flatMap((argument, index) =>
      placeholderProblems(argument, parameters).map((problem) => ({ ...problem, index })),
    )
  }
  const problems = placeholderProblems(source.command, parameters)
  const split = splitCommand(source.command)
  if (source.shell) return problems
  if ('problem' in split) return [split.problem, ...problems]
  const foreign = shellSyntax(split.words)
  if (foreign !== undefined) {
    problems.unshift({
      code: 'SHELL_SYNTAX',
      expected: 'a program and its arguments (only with `shell: true` does a shell read the command)',
      got: `'${foreign.text}'`,
      within: foreign.text,
    })
  }
  return problems
}

/** What is wrong with the placeholders of one text. */
export function placeholderProblems(text: string, parameters: readonly string[]): CommandProblem[] {
  const problems: CommandProblem[] = []
  const known = new Set<string>([...parameters, ...reservedPlaceholders])
  for (const piece of takeApart(text)) {
    if (piece.type === 'stray') {
      problems.push({
        code: 'BAD_PLACEHOLDER',
        expected: 'a name between braces, as in {lr}, or {{ and }} for braces',
        got: `'${piece.text}'`,
        within: piece.text,
      })
    } else if (piece.type === 'placeholder' && !known.has(piece.name)) {
      problems.push({
        code: 'UNKNOWN_PLACEHOLDER',
        expected: 'a parameter or one of {trial} {seed} {from} {until} {checkpoint} {attempt} (for braces: {{ and }})',
        got: `{${piece.name}}`,
        within: `{${piece.name}}`,
      })
    }
  }
  return problems
}

/** The text with its values, or null where one of them is absent. */
export function fillText(
  text: string,
  configuration: Configuration,
  reserved: ReservedValues,
  write: (value: Value) => string = String,
): string | null {
  let filled = ''
  for (const piece of takeApart(text)) {
    if (piece.type !== 'placeholder') {
      filled += piece.text
      continue
    }
    const value = valueOf(piece.name, configuration, reserved)
    if (value === undefined) return null
    filled += write(value)
  }
  return filled
}

function valueOf(name: string, configuration: Configuration, reserved: ReservedValues): Value | undefined {
  if ((reservedPlaceholders as readonly string[]).includes(name)) return reserved[name as ReservedPlaceholder]
  return Object.hasOwn(configuration, name) ? configuration[name] : undefined
}

/** The program and its arguments. A command that a shell reads comes back as `sh -c TEXT`. */
export function fillCommand(source: CommandSource, configuration: Configuration, reserved: ReservedValues): string[] {
  if (source.shell && typeof source.command === 'string') {
    return ['/bin/sh', '-c', fillShellText(source.command, configuration, reserved)]
  }
  const args: string[] = []
  let previous: string | undefined
  for (const argument of argumentsOf(source.command)) {
    const filled = fillText(argument, configuration, reserved)
    if (filled !== null) args.push(filled)
    else if (isOnlyPlaceholder(argument) && isFlag(previous)) args.pop()
    previous = argument
  }
  return args
}

function argumentsOf(command: string | readonly string[]): readonly string[] {
  if (typeof command !== 'string') return command
  const split = splitCommand(command)
  if ('problem' in split) throw new Error(`bug: a command with ${split.problem.code} was accepted`)
  return split.words.map((word) => word.text)
}

function isOnlyPlaceholder(argument: string): boolean {
  return /^\{[^{}]+\}$/.test(argument)
}

/** The program's own name is no flag, and neither is a negative number. */
function isFlag(argument: string | undefined): boolean {
  return argument !== undefined && /^--?[A-Za-z][^=\s]*$/.test(argument)
}

/**
 * Values are written so that the shell takes them as they are, whatever the quotes around the placeholder. Where a parameter is absent the
 * word that holds it goes, as without a shell; what counts as a word there is what stands between white space outside quotes.
 */
function fillShellText(text: string, configuration: Configuration, reserved: ReservedValues): string {
  const split = splitCommand(text)
  if ('problem' in split) return quoteInPlace(text, configuration, reserved)
  let filled = ''
  let end = 0
  let flagStart: number | null = null
  for (const word of split.words) {
    filled += text.slice(end, word.start)
    const raw = text.slice(word.start, word.end)
    const isWhole = placeholderNames(raw).every((name) => valueOf(name, configuration, reserved) !== undefined)
    if (isWhole) {
      flagStart = isFlag(word.text) ? filled.length : null
      filled += quoteInPlace(raw, configuration, reserved)
    } else {
      if (flagStart !== null && isOnlyPlaceholder(word.text)) filled = filled.slice(0, flagStart)
      flagStart = null
    }
    end = word.end
  }
  return filled + text.slice(end)
}

/** Follows the quotes of the shell text, so that each value is escaped as the place it stands in needs. */
function quoteInPlace(text: string, configuration: Configuration, reserved: ReservedValues): string {
  let filled = ''
  let quote: '' | '"' | "'" = ''
  for (const piece of takeApart(text)) {
    if (piece.type === 'placeholder') {
      const value = valueOf(piece.name, configuration, reserved)
      if (value !== undefined) filled += quoteFor(quote, String(value))
      continue
    }
    filled += piece.text
    for (let at = 0; at < piece.text.length; at++) {
      const sign = piece.text[at]!
      if (sign === '\\' && quote !== "'") at++
      else if (sign === quote) quote = ''
      else if (quote === '' && (sign === '"' || sign === "'")) quote = sign
    }
  }
  return filled
}

function quoteFor(quote: '' | '"' | "'", value: string): string {
  if (quote === '"') return value.replaceAll(/["\\$`]/g, '\\$&')
  if (quote === "'") return value.replaceAll("'", String.raw`'\''`)
  return quoteForShell(value)
}

/** One word of `sh` that means exactly this text. */
export function quoteForShell(value: string): string {
  if (/^[\w.,:/=@%+-]+$/.test(value)) return value
  return `'${value.replaceAll("'", String.raw`'\''`)}'`
}
