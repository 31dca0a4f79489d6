/** Asking the controller of a running study for something: through the store, answered when the owner has recorded it. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Json } from '../core/trial.ts'
import { ForetuneError } from '../errors.ts'
import type { Store } from '../ports.ts'
import { controllerSilent } from '../library/asking.ts'
import { openStore } from '../stores/open.ts'
import type { Args, Command, Flags, Io } from './command.ts'
import { jsonFlag, storeFlag } from './command.ts'
import { resolveStudy, storeUrl } from './study-reference.ts'

const pollMs = 100
const patienceMs = 30_000
const leavingMs = 120_000

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
  /** What is said once the controller has left; asked for by a command that waits for it. */
  readonly left?: string
}): Command {
  const { left } = of
  const waitFlag: Flags =
    left === undefined ? {} : { 'no-wait': { type: 'boolean', doc: 'Do not wait until the controller has left.' } }
  return {
    name: of.name,
    summary: of.summary,
    usage: '[STUDY]',
    doc: of.doc,
    operands: [0, 1],
    options: { ...waitFlag, store: storeFlag, json: jsonFlag },
    examples: [`foretune ${of.name} digits`],
    run: async (args: Args, io: Io) => {
      const store = await openStore(storeUrl(args, io))
      try {
        const name = await resolveStudy(store, args.operands[0], io.cwd)
        await ask(store, name, of.name, {}, io)
        const hasLeft = left !== undefined && !args.has('no-wait') && (await untilLeft(store, name))
        const done = hasLeft ? left : of.done
        io.stdout.write(
          args.has('json') ? `${JSON.stringify({ study: name, asked: of.name, hasLeft })}\n` : `${name}: ${done}\n`,
        )
      } finally {
        await store.close()
      }
    },
  }
}

/** False if it is still there after a while: a trial may take long to save. */
async function untilLeft(store: Store, name: string): Promise<boolean> {
  for (let waited = 0; waited < leavingMs; waited += pollMs) {
    if (!(await store.studies()).find((study) => study.name === name)?.owner) return true
    await delay(pollMs)
  }
  return false
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
