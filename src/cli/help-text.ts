/** Help as text, from the commands' own data. */
import type { Command, Flag, Io } from './command.ts'
import type { CommandEntry } from './commands.ts'
import { paint } from './paint.ts'

export function mainHelp(commands: readonly CommandEntry[], io: Io): string {
  const width = Math.max(...commands.map((entry) => entry.name.length))
  const lines: string[] = [
    'Foretune finds good hyperparameters for a training program with as little training as possible.',
    '',
    `${paint(io, 'bold', 'Usage:')} foretune COMMAND [OPTIONS]`,
  ]
  for (const [group, entries] of Map.groupBy(commands, (entry) => entry.group)) {
    lines.push('', paint(io, 'bold', `${group}:`))
    for (const entry of entries) lines.push(`  ${entry.name.padEnd(width)}  ${entry.summary}`)
  }
  lines.push(
    '',
    'STUDY is a name in the store, or the path of a study file or folder.',
    'The store is --store, else FORETUNE_STORE, else sqlite:foretune.db in this folder.',
    '`foretune COMMAND --help` tells more about a command, with an example.',
    '',
  )
  return lines.join('\n')
}

export function commandHelp(command: Command, io: Io): string {
  const usage = ['foretune', command.name, command.usage, '[OPTIONS]'].filter((word) => word !== '').join(' ')
  const lines = [command.summary, '', `${paint(io, 'bold', 'Usage:')} ${usage}`]
  if (command.doc !== undefined) lines.push('', ...wrap(command.doc, 96))
  const flags: [string, string][] = Object.entries(command.options).map(([name, flag]) => [
    flagText(name, flag),
    flagDoc(flag),
  ])
  flags.push(['-h, --help', 'Print this help.'])
  const width = Math.max(...flags.map(([text]) => text.length))
  lines.push('', paint(io, 'bold', 'Options:'))
  for (const [text, doc] of flags) {
    const [first = '', ...rest] = wrap(doc, 72)
    lines.push(`  ${text.padEnd(width)}  ${first}`, ...rest.map((line) => ' '.repeat(width + 4) + line))
  }
  lines.push('', paint(io, 'bold', command.examples.length === 1 ? 'Example:' : 'Examples:'))
  lines.push(...command.examples.map((example) => `  ${example}`), '')
  return lines.join('\n')
}

function flagText(name: string, flag: Flag): string {
  const short = flag.short === undefined ? '' : `-${flag.short}, `
  if (flag.type === 'boolean') return `${short}--${name}`
  return `${short}--${name} ${flag.value ?? (flag.type === 'number' ? 'N' : 'VALUE')}`
}

function flagDoc(flag: Flag): string {
  const choices = flag.choices ? ` One of ${flag.choices.join(', ')}.` : ''
  return flag.doc + choices + (flag.type === 'list' ? ' May be repeated.' : '')
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const paragraph of text.split('\n')) {
    let line = ''
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > width) {
        lines.push(line)
        line = word
      } else {
        line = line === '' ? word : `${line} ${word}`
      }
    }
    lines.push(line)
  }
  return lines
}
