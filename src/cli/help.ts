import type { Command } from './command.ts'

/** `main` answers `help` itself; this is what `foretune help help` shows. */
export const command: Command = {
  name: 'help',
  summary: 'The list of commands, or the help of one of them.',
  usage: '[COMMAND]',
  operands: [0, 1],
  options: {},
  examples: ['foretune help story'],
  run: async () => undefined,
}
