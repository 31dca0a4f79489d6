/**
 * What a command is: its help as plain data, and one function. Everything that the command touches of the process comes in as `Io`, so that a
 * command can be called in a test. Adding a command = one file that exports `command`, one line in `commands.ts`.
 */
import { parseArgs } from 'node:util'
import { flagUnknown, flagWithoutValue, flagValueInvalid, operandsWrong } from './cli-errors.ts'

export interface Out {
  write(text: string): unknown
}

export interface Io {
  readonly stdout: Out
  readonly stderr: Out
  /** Whether standard output is a terminal. */
  readonly isTerminal: boolean
  /** Whether standard error is one: where progress is shown. */
  readonly stderrIsTerminal: boolean
  /** On a terminal, and `NO_COLOR` is not set. */
  readonly colours: boolean
  /** Of the terminal, as it is now; 80 and 24 where there is none. */
  readonly columns: number
  readonly rows: number
  readonly env: { readonly [name: string]: string | undefined }
  readonly cwd: string
  now(): number
  /** Asks the person at the terminal; absent where there is none. */
  readonly ask?: (question: string) => Promise<string>
  /** From now on output that nobody can be given (a closed pipe, a lost terminal, a full disk) is dropped, and the command goes on. */
  outliveReaders?(): void
}

export interface Flag {
  readonly type: 'boolean' | 'text' | 'number' | 'list'
  readonly short?: string
  /** What stands for the value in the help: `FILE`. */
  readonly value?: string
  readonly choices?: readonly string[]
  readonly doc: string
}

export type Flags = { readonly [name: string]: Flag }

export interface Command {
  readonly name: string
  /** One line, for the list of commands. */
  readonly summary: string
  /** After the command's name: `STUDY TRIAL`. */
  readonly usage: string
  /** Further sentences for the command's own help. */
  readonly doc?: string
  /** Least and most operands. */
  readonly operands: readonly [number, number]
  readonly options: Flags
  /** Complete lines that work. */
  readonly examples: readonly string[]
  /** The exit code, 0 if nothing is returned. */
  run(args: Args, io: Io): Promise<number | void>
}

/** What was written on the command line, checked against the command's flags. */
export interface Args {
  readonly operands: readonly string[]
  has(flag: string): boolean
  text(flag: string): string | undefined
  number(flag: string): number | undefined
  /** All values of a flag that may be repeated. */
  list(flag: string): readonly string[]
}

/** Of every command that opens a store. */
export const storeFlag: Flag = {
  type: 'text',
  value: 'URL',
  doc: 'The store: sqlite:FILE, memory, postgres://... Default: FORETUNE_STORE, else sqlite:foretune.db in this folder.',
}

export const jsonFlag: Flag = { type: 'boolean', doc: 'Print JSON for programs.' }

export function parse(command: Command, words: readonly string[]): Args {
  const { options } = command
  const { tokens } = parseArgs({
    args: [...words],
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(options).map(([name, { type, short }]) => [
        name,
        { type: type === 'boolean' ? ('boolean' as const) : ('string' as const), ...(short ? { short } : {}) },
      ]),
    ),
  })
  const values = new Map<string, string[]>()
  const operands: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value)
    if (token.kind !== 'option') continue
    const flag = Object.hasOwn(options, token.name) ? options[token.name] : undefined
    if (!flag) throw flagUnknown(command, token.rawName)
    if (flag.type !== 'boolean' && token.value === undefined) throw flagWithoutValue(command, token.rawName, flag)
    if (flag.type === 'boolean' && token.value !== undefined)
      throw flagValueInvalid(token.rawName, 'no value', token.value)
    checkValue(token.rawName, flag, token.value)
    const given = values.get(token.name)
    if (given && flag.type === 'list') given.push(token.value ?? '')
    else values.set(token.name, [token.value ?? ''])
  }
  const [least, most] = command.operands
  if (operands.length < least || operands.length > most) throw operandsWrong(command, operands)
  return {
    operands,
    has: (flag) => values.has(flag),
    text: (flag) => values.get(flag)?.at(-1),
    number: (flag) => {
      const text = values.get(flag)?.at(-1)
      return text === undefined ? undefined : Number(text)
    },
    list: (flag) => values.get(flag) ?? [],
  }
}

function checkValue(name: string, flag: Flag, value: string | undefined): void {
  if (value === undefined) return
  if (flag.type === 'number' && (value.trim() === '' || !Number.isFinite(Number(value)))) {
    throw flagValueInvalid(name, 'a number', value)
  }
  if (flag.choices && !flag.choices.includes(value)) {
    throw flagValueInvalid(name, `one of ${flag.choices.join(', ')}`, value)
  }
}
