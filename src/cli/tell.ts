import { askOf, trialNumber } from './asked-study.ts'
import type { Command } from './command.ts'
import { jsonFlag, storeFlag } from './command.ts'

export const command: Command = {
  name: 'tell',
  summary: 'You are through with a trial that `ask` gave, as far as it was to train.',
  usage: 'STUDY TRIAL',
  doc: 'Prints how the trial stands as JSON. A trial that ends before the epoch it was to reach is complete with what it reported. With --failed the attempt has failed: the trial is given again, or fails, as the study file says under `failures`.',
  operands: [2, 2],
  options: {
    failed: { type: 'boolean', doc: 'The training broke.' },
    json: { ...jsonFlag, doc: 'JSON is what it prints anyway.' },
    store: storeFlag,
  },
  examples: ['foretune tell digits 3', 'foretune tell digits 3 --failed'],
  run: async (args, io) => {
    const [study, trial = ''] = args.operands
    const data = { trial: trialNumber(trial), failed: args.has('failed') }
    io.stdout.write(`${JSON.stringify(await askOf(study, 'tell', data, args, io))}\n`)
  },
}
