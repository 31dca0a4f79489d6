import type { Command } from './command.ts'
import { askingCommand } from './request.ts'

export const command: Command = askingCommand({
  name: 'pause',
  summary: 'Start nothing more; running attempts go on to their epoch, the controller stays.',
  doc: '`foretune resume` lifts it.',
  done: 'paused; nothing more is started until `foretune resume`',
})
