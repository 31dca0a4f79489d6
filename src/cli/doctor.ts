import { inspectMachine } from '../library/inspect-machine.ts'
import type { Command } from './command.ts'
import { jsonFlag, storeFlag } from './command.ts'
import { findingLines } from './finding-text.ts'
import { storeUrl } from './study-reference.ts'
import { packageVersion } from './version.ts'

export const command: Command = {
  name: 'doctor',
  summary: 'What this machine and its engines can do, what is missing, and how to get it.',
  usage: '',
  doc: 'Node, SQLite, cores, memory, GPUs, the shell, the store and its file system, Python with the client, and the engines that trials may run on. Exit 1 if something is missing that every study needs.',
  operands: [0, 0],
  options: { json: { ...jsonFlag, doc: 'One finding a line, as JSON.' }, store: storeFlag },
  examples: ['foretune doctor'],
  run: async (args, io) => {
    const version = { level: 'ok', about: 'foretune', text: packageVersion() } as const
    const findings = [version, ...(await inspectMachine({ env: io.env, cwd: io.cwd, store: storeUrl(args, io) }))]
    if (args.has('json')) for (const finding of findings) io.stdout.write(`${JSON.stringify(finding)}\n`)
    else io.stdout.write(`${findingLines(findings, io).join('\n')}\n`)
    return findings.some(({ level }) => level === 'error') ? 1 : 0
  },
}
