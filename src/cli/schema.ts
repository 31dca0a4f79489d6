import type { Command } from './command.ts'

export const command: Command = {
  name: 'schema',
  summary: 'The JSON Schema of study files, for editors.',
  usage: '',
  doc: 'An editor completes and checks a YAML study file whose first line is `# yaml-language-server: $schema=study.schema.json`.',
  operands: [0, 0],
  options: {},
  examples: ['foretune schema > study.schema.json'],
  run: async (_args, io) => {
    const { studyFileJsonSchema } = await import('../wire/study-file.ts')
    io.stdout.write(`${JSON.stringify(await studyFileJsonSchema(), null, 2)}\n`)
  },
}
