import type { Command } from './command.ts'
import { askingCommand } from './request.ts'

export const command: Command = askingCommand({
  name: 'stop',
  summary: 'Like the first Ctrl-C: trials save, the controller leaves.',
  doc: 'Waits until the controller has left, two minutes at most. The study can be continued with `resume`.',
  left: 'stopped; `foretune resume` continues it',
  done: 'asked to stop; trials save, then its controller leaves',
})
