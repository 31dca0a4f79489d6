import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ForetuneError } from '../errors.ts'
import { changesAsFacts } from '../library/changes-as-facts.ts'
import { executorOf, studyDirectory } from '../library/program-executor.ts'
import { openSession } from '../library/session.ts'
import { openStore } from '../stores/open.ts'
import type { Program } from '../wire/program.ts'
import { programAsJson } from '../wire/program.ts'
import type { StudyFileResult } from '../wire/study-file.ts'
import { readStudyFile } from '../wire/study-file.ts'
import { attend, openView } from './attend.ts'
import type { Args, Command, Io } from './command.ts'
import { jsonFlag, storeFlag } from './command.ts'
import { storeUrl } from './study-reference.ts'

export const command: Command = {
  name: 'run',
  summary: 'Run the study of a file; continues it if the store holds it already.',
  usage: 'FILE',
  doc: 'Shows a live view on a terminal, one line an event otherwise. Ctrl-C once: trials save, then it leaves. Twice: it leaves at once. Both lose no report; `resume` goes on.',
  operands: [1, 1],
  options: {
    store: storeFlag,
    slots: { type: 'number', value: 'N', doc: 'Trials at once, instead of what the file says.' },
    seed: { type: 'number', value: 'N', doc: 'The seed of a file that names none.' },
    quiet: { type: 'boolean', short: 'q', doc: 'Show nothing until the end.' },
    json: { ...jsonFlag, doc: 'Print every event as one line of JSON.' },
  },
  examples: ['foretune run study.yaml', 'foretune run study.yaml --slots 4 --store sqlite:results.db'],
  run: async (args, io) => {
    const file = await readFileAsStudy(args.operands[0] as string, args, io)
    const store = await openStore(storeUrl(args, io))
    try {
      const json = args.has('json')
      const view = await openView(io, { json, quiet: args.has('quiet') })
      const program = withSlots(file.program, args)
      const { definition } = file
      const { name } = definition
      const known = (await store.studies()).find((study) => study.name === name)
      if (known && known.lastSeq > 0 && !json && !args.has('quiet'))
        io.stderr.write(`the store holds ${name} already: it goes on\n`)
      const controller = await openSession({
        store,
        name,
        create: {
          definition,
          program: programAsJson(program),
          directory: studyDirectory(program, name, store.location),
        },
        executor: executorOf,
        openWith: (study) => changesAsFacts(study, { definition, program }, 'run'),
        onEvents: view.onEvents,
      })
      return await attend(controller, view, io, { json })
    } finally {
      await store.close()
    }
  },
}

export async function readFileAsStudy(path: string, args: Args, io: Io): Promise<StudyFileResult> {
  const full = resolve(io.cwd, path)
  let text: string
  try {
    text = await readFile(full, 'utf8')
  } catch (cause) {
    throw studyFileUnreadable(path, cause as NodeJS.ErrnoException)
  }
  const seed = args.number('seed')
  return readStudyFile(text, { path: full, ...(seed === undefined ? {} : { seed }) })
}

export function withSlots(program: Program, args: Args): Program {
  const slots = args.number('slots')
  return slots === undefined ? program : { ...program, executor: { ...program.executor, slots } }
}

function studyFileUnreadable(path: string, cause: NodeJS.ErrnoException): ForetuneError {
  const plain: { readonly [code: string]: string } = { ENOENT: 'there is no such file', EISDIR: 'that is a folder' }
  const why = plain[cause.code ?? ''] ?? cause.message
  return new ForetuneError(
    'STUDY_FILE_UNREADABLE',
    `Expected a study file at ${path}, but ${why}. \`foretune init\` writes one.`,
    {
      details: { path },
      cause,
    },
  )
}
