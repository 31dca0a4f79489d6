/** The user's command as it is started: with a slot's GPUs and cores, under the wrapper. */
import { existsSync } from 'node:fs'
import type { AttemptOrder } from '../ports.ts'
import type { AttemptPaths, Command, LocalExecutorOptions } from './local-options.ts'
import type { Slot } from './slots.ts'
import { wrapped } from './wrapper.ts'

export interface PreparedCommand {
  /** As the user names it, for messages. */
  readonly program: string
  readonly file: string
  readonly args: string[]
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string | undefined
}

export interface Surroundings {
  readonly options: LocalExecutorOptions
  readonly environment: NodeJS.ProcessEnv
  /** The program that ties a process to cores; null where it is not wanted or not there. */
  readonly taskset: string | null
}

export function prepareCommand(
  at: Surroundings,
  order: AttemptOrder,
  paths: AttemptPaths,
  slot: Slot,
): PreparedCommand {
  const command = at.options.command(order, paths)
  const [program] = command.argv
  if (program === undefined) throw new Error('the command is empty')
  const isTied = at.taskset !== null && slot.cores.length > 0
  const tie = isTied ? [at.taskset, '-c', slot.cores.join(',')] : []
  const env = { ...environmentOf(at, command, slot), ...attemptVariables(order, paths, slot) }
  return { program, ...wrapped([...tie, ...command.argv]), env, cwd: command.cwd }
}

/** What the user says wins, for the command before for the shell that Foretune was started in. */
function environmentOf(at: Surroundings, command: Command, slot: Slot): NodeJS.ProcessEnv {
  const { cores } = at.options
  return {
    PYTHONUNBUFFERED: '1',
    ...(cores === undefined ? {} : { OMP_NUM_THREADS: String(cores) }),
    ...at.environment,
    ...(slot.gpu === null ? {} : { CUDA_VISIBLE_DEVICES: slot.gpu, ROCR_VISIBLE_DEVICES: slot.gpu }),
    ...command.env,
  }
}

function attemptVariables(order: AttemptOrder, paths: AttemptPaths, slot: Slot): NodeJS.ProcessEnv {
  return {
    FORETUNE_ATTEMPT: paths.attempt,
    FORETUNE_CONFIGURATION: JSON.stringify(order.configuration),
    FORETUNE_SLOT: String(slot.index),
  }
}

/** Why the system did not start it. A missing folder to run in comes as a missing program. */
export function refusalOf(error: Error, cwd: string | undefined): string {
  return cwd !== undefined && !existsSync(cwd) ? `the folder to run in does not exist: ${cwd}` : error.message
}
