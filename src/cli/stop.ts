import type { Command } from './command.ts'
import { askingCommand } from './request.ts'

export const command: Command = askingCommand({
  name: 'stop',
  summary: 'Like the first Ctrl-C: trials save, the controller leaves.',
  doc: 'The study can be continued with `resume`.',
  done: 'asked to stop; trials save, then its controller leaves',
})
