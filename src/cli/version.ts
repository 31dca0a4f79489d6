import { readFileSync } from 'node:fs'
import type { Command } from './command.ts'
import { jsonFlag } from './command.ts'

/** As in package.json, two folders up from the sources and from the build alike. */
export function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { readonly version: string }).version
}

export const command: Command = {
  name: 'version',
  summary: 'The version of Foretune and of the Node that runs it.',
  usage: '',
  operands: [0, 0],
  options: { json: jsonFlag },
  examples: ['foretune version'],
  run: async (args, io) => {
    const version = packageVersion()
    const { node } = process.versions
    io.stdout.write(
      args.has('json') ? `${JSON.stringify({ version, node })}\n` : `foretune ${version} (Node ${node})\n`,
    )
  },
}
