import { executorOf } from '../library/program-executor.ts'
import { openSession } from '../library/session.ts'
import { openStore } from '../stores/open.ts'
import { attend, openView } from './attend.ts'
import type { Command } from './command.ts'
import { jsonFlag, storeFlag } from './command.ts'
import { ask } from './request.ts'
import { resolveStudy, storeUrl } from './study-reference.ts'

export const command: Command = {
  name: 'resume',
  summary: 'Continue a study after a stop or a crash; trials that still train are adopted.',
  usage: '[STUDY]',
  doc: 'Where a controller runs the study already, this lifts a pause.',
  operands: [0, 1],
  options: {
    store: storeFlag,
    quiet: { type: 'boolean', short: 'q', doc: 'Show nothing until the end.' },
    json: { ...jsonFlag, doc: 'Print every event as one line of JSON.' },
  },
  examples: ['foretune resume digits', 'foretune resume runs/digits --quiet'],
  run: async (args, io) => {
    const store = await openStore(storeUrl(args, io))
    try {
      const name = await resolveStudy(store, args.operands[0], io.cwd)
      const owner = (await store.studies()).find((study) => study.name === name)?.owner
      if (owner) {
        await ask(store, name, 'resume', {}, io)
        io.stderr.write(`${name} is run by process ${owner.pid} on ${owner.host}: it goes on\n`)
        return 0
      }
      const json = args.has('json')
      const view = await openView(io, { json, quiet: args.has('quiet') })
      const controller = await openSession({
        store,
        name,
        executor: executorOf,
        openWith: (study) => (study.state.paused === null ? [] : [{ type: 'ResumeRequested', by: 'resume' }]),
        onEvents: view.onEvents,
      })
      return await attend(controller, view, io, { json })
    } finally {
      await store.close()
    }
  },
}
