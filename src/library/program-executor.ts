/** From a study's recorded program to the executor that runs its trials. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ForetuneError } from '../errors.ts'
import { localExecutor } from '../executors/local.ts'
import type { AttemptPaths, Command, LocalMetrics } from '../executors/local.ts'
import type { SlotOptions } from '../executors/slots.ts'
import type { AttemptOrder, Executor } from '../ports.ts'
import type { StudyToRun } from '../runtime/controller.ts'
import { metricsReader } from '../wire/metrics-source.ts'
import { fillCommand, fillText } from '../wire/placeholders.ts'
import type { ReservedValues } from '../wire/placeholders.ts'
import type { Program } from '../wire/program.ts'
import { programFromJson } from '../wire/program.ts'

/** The study directory: as the study file says, else `foretune/<name>/` beside the store's file. */
export function studyDirectory(program: Program, name: string, storeLocation: string): string {
  if (program.directory !== null) return resolve(program.folder, program.directory)
  const file = /^sqlite:(.+)$/.exec(storeLocation)?.[1]
  return join(file === undefined ? program.folder : dirname(resolve(file)), 'foretune', name)
}

export function executorOf(study: StudyToRun): Executor {
  const program = programFromJson(study.program)
  const { command } = program
  if (command === null) throw studyWithoutCommand(study.definition.name)
  if (program.executor.type !== 'local') throw executorNotHere(program.executor.type)
  const { definition } = study
  expectUsable(study.directory)
  return localExecutor({
    ...(program.executor as SlotOptions),
    study: `${definition.name} ${study.createdAt}`,
    directory: study.directory,
    command: (order, paths) => commandOf({ ...program, command }, order, paths),
    lingerMs: definition.lingerMs,
    graceMs: definition.failures.graceMs,
    resumable: definition.resumable,
    ...metricsOf(program, study),
  })
}

/** Before anything is recorded or started: the directory is part of the study for good. */
function expectUsable(directory: string): void {
  const probe = join(directory, `.writable.${process.pid}`)
  try {
    mkdirSync(directory, { recursive: true })
    try {
      writeFileSync(probe, 'x')
    } finally {
      rmSync(probe, { force: true })
    }
  } catch (cause) {
    throw directoryUnusable(directory, cause as NodeJS.ErrnoException)
  }
}

function commandOf(
  program: Program & { readonly command: string | readonly string[] },
  order: AttemptOrder,
  paths: AttemptPaths,
): Command {
  const argv = fillCommand(program, order.configuration, reservedOf(order, paths))
  // `node` alone means the Node that runs Foretune: the one that is known to be new enough.
  if (argv[0] === 'node') argv[0] = process.execPath
  return {
    argv,
    env: { ...program.env, PYTHONPATH: withClient(program.env['PYTHONPATH'] ?? process.env['PYTHONPATH']) },
    cwd: program.folder,
  }
}

/** `import foretune` finds the client that belongs to this controller. Without it, Python would take the study's folder `foretune/` for the module. */
function withClient(path: string | undefined): string {
  const client = fileURLToPath(new URL('../../python', import.meta.url))
  return path === undefined || path === '' ? client : `${path}${delimiter}${client}`
}

function reservedOf(order: AttemptOrder, paths: AttemptPaths): ReservedValues {
  const { trial, seed, from, until } = order
  return { trial, seed, from, until, checkpoint: paths.checkpoint, attempt: paths.attempt }
}

function metricsOf(program: Program, study: StudyToRun): { readonly metrics?: LocalMetrics } {
  const source = program.metrics
  if (source === null) return {}
  const { objectives, constraints, epochs } = study.definition
  const required = [...new Set([...objectives, ...constraints].map(({ metric }) => metric))]
  const reader: LocalMetrics['reader'] = (order) =>
    metricsReader(source, required, { from: order.from, finalOnly: epochs.max === 1 })
  if (source.from === 'stdout') return { metrics: { file: 'stdout', reader } }
  const file = (order: AttemptOrder, paths: AttemptPaths): string => {
    const path = fillText(source.path, order.configuration, reservedOf(order, paths)) ?? source.path
    return isAbsolute(path) ? path : join(paths.attempt, path)
  }
  return { metrics: { file, reader } }
}

function directoryUnusable(directory: string, cause: NodeJS.ErrnoException): ForetuneError {
  return new ForetuneError(
    'STUDY_DIRECTORY_UNUSABLE',
    `Expected a study directory that can be written at ${directory}, but ${cause.message}. Mend that, or, for a study that was not begun, name another place as \`directory:\` in the study file.`,
    { details: { directory }, cause, exit: 3 },
  )
}

function executorNotHere(type: string): ForetuneError {
  return new ForetuneError(
    'EXECUTOR_NOT_AVAILABLE',
    `Expected an executor that this version runs (local), got '${type}'. Write \`executor: { type: local, slots: N }\` into the study file.`,
    { details: { type } },
  )
}

function studyWithoutCommand(name: string): ForetuneError {
  return new ForetuneError(
    'STUDY_WITHOUT_COMMAND',
    `Expected a \`command\` that trains, but study '${name}' has none: a loop of your own drives it. \`foretune ask ${name}\` gives it the next thing to train.`,
    { details: { name } },
  )
}
