/**
 * The command line. `--help` and `version` load this file and three small ones; every command is loaded when it is called. Errors are caught
 * here, once: a ForetuneError is told with its code, anything else is a bug (exit 70).
 */
import { ForetuneError } from '../errors.ts'
import { commandUnknown } from './cli-errors.ts'
import { parse } from './command.ts'
import type { Command, Io } from './command.ts'
import { commands } from './commands.ts'
import { commandHelp, mainHelp } from './help-text.ts'
import { paint } from './paint.ts'
import { processIo } from './process-io.ts'

/** Called by `bin/foretune`. */
export async function start(): Promise<void> {
  // Set by the launcher where it had to look for another Node; a foretune that a trial starts must look for itself.
  delete process.env['FORETUNE_REEXEC']
  process.exitCode = await main(process.argv.slice(2), processIo())
}

/** The exit code. */
export async function main(words: readonly string[], io: Io): Promise<number> {
  try {
    return await call(words, io)
  } catch (error) {
    return tellError(error, io)
  }
}

async function call(words: readonly string[], io: Io): Promise<number> {
  const [first, ...rest] = words
  if (first === undefined) {
    io.stderr.write(mainHelp(commands, io))
    return 2
  }
  if (first === '--help' || first === '-h' || (first === 'help' && rest.length === 0)) {
    io.stdout.write(mainHelp(commands, io))
    return 0
  }
  if (first === '--version' || first === '-V') return call(['version', ...rest], io)
  const command = await load(first)
  if (isHelpAsked(rest)) {
    io.stdout.write(commandHelp(command, io))
    return 0
  }
  if (first === 'help') {
    io.stdout.write(commandHelp(await load(rest[0] as string), io))
    return 0
  }
  return (await command.run(parse(command, rest), io)) ?? 0
}

async function load(name: string): Promise<Command> {
  const entry = commands.find((one) => one.name === name)
  if (!entry)
    throw commandUnknown(
      name,
      commands.map((one) => one.name),
    )
  return (await entry.load()).command
}

/** Behind `--` nothing is an option of ours. */
function isHelpAsked(words: readonly string[]): boolean {
  const end = words.indexOf('--')
  return (end < 0 ? words : words.slice(0, end)).some((word) => word === '--help' || word === '-h')
}

function tellError(error: unknown, io: Io): number {
  if (error instanceof ForetuneError) {
    io.stderr.write(`${paint(io, 'red', 'error')} ${error.code}: ${error.message}\n`)
    return error.exit
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  io.stderr.write(`${text}\n`)
  io.stderr.write('This is a bug of Foretune: nothing you did should lead here. Report it with the lines above.\n')
  return 70
}
