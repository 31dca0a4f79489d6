/** Asking the controller of a running study for something: through the store, answered when the owner has recorded it. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Json } from '../core/trial.ts'
import { ForetuneError } from '../errors.ts'
import type { Store } from '../ports.ts'
import { controllerSilent } from '../library/asking.ts'
import { openStore } from '../stores/open.ts'
import type { Args, Command, Io } from './command.ts'
import { jsonFlag, storeFlag } from './command.ts'
import { resolveStudy, storeUrl } from './study-reference.ts'

const pollMs = 100
const patienceMs = 30_000

/** The owner's answer; throws `CONTROLLER_SILENT` if none comes, `STUDY_NOT_RUNNING` if there is no owner. */
export async function ask(
  store: Store,
  name: string,
  type: string,
  data: { readonly [key: string]: Json },
  io: Pick<Io, 'env'>,
): Promise<Json> {
  const owner = (await store.studies()).find((study) => study.name === name)?.owner
  if (!owner) throw studyNotRunning(name, type)
  const by = io.env['USER'] ?? 'another process'
  const id = await store.request(name, type, { by, ...data })
  for (let waited = 0; waited < patienceMs; waited += pollMs) {
    const answer = await store.answered(name, id)
    if (answer !== undefined) return answer
    await delay(pollMs)
  }
  throw controllerSilent(name, owner)
}

/** A command that does nothing but ask: `stop`, `pause`. */
export function askingCommand(of: {
  readonly name: string
  readonly summary: string
  readonly doc: string
  readonly done: string
}): Command {
  return {
    name: of.name,
    summary: of.summary,
    usage: '[STUDY]',
    doc: of.doc,
    operands: [0, 1],
    options: { store: storeFlag, json: jsonFlag },
    examples: [`foretune ${of.name} digits`],
    run: async (args: Args, io: Io) => {
      const store = await openStore(storeUrl(args, io))
      try {
        const name = await resolveStudy(store, args.operands[0], io.cwd)
        await ask(store, name, of.name, {}, io)
        io.stdout.write(
          args.has('json') ? `${JSON.stringify({ study: name, asked: of.name })}\n` : `${name}: ${of.done}\n`,
        )
      } finally {
        await store.close()
      }
    },
  }
}

function studyNotRunning(name: string, type: string): ForetuneError {
  return new ForetuneError(
    'STUDY_NOT_RUNNING',
    `Expected a controller that runs '${name}', but none does, so there is nothing to ${type}. \`foretune resume ${name}\` continues it.`,
    {
      details: { name, type },
    },
  )
}
