/** What the flags of `simulate` mean: one problem, and the schedulers that are tried on it over the same seeds. */
import { existsSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import type { AlgorithmDefinition, Budget } from '../core/study/definition.ts'
import { algorithms } from '../library/algorithms.ts'
import { taughtScheduler } from '../library/earlier-lessons.ts'
import type { Contender } from '../simulation/compare.ts'
import { readCurveTable } from '../simulation/curve-file.ts'
import { simulationNeedsTable, unknownProblem } from '../simulation/errors.ts'
import { parseFaults } from '../simulation/faults.ts'
import type { Problem } from '../simulation/problem.ts'
import { builtInProblem, problemNames } from '../simulation/problems.ts'
import { parseSeconds } from '../simulation/seconds.ts'
import { setUp } from '../simulation/simulation-setup.ts'
import type { SimulateOptions } from '../simulation/simulation-setup.ts'
import { tableProblem } from '../simulation/table-problem.ts'
import { tableSampler } from '../simulation/table-sampler.ts'
import { parseDuration } from '../wire/duration.ts'
import { algorithmWithSettings } from './algorithm-settings.ts'
import { flagValueInvalid } from './cli-errors.ts'
import type { Args, Io } from './command.ts'

/** The scheduler that a study file gets, too, if it names none. */
export const defaultScheduler = 'asha'

/** Workers and seeds: each of them takes room from the beginning. */
const most = 1_000_000

export interface AskedSimulations {
  readonly contenders: readonly [Contender, ...Contender[]]
  readonly seeds: readonly [number, ...number[]]
}

/** Throws whatever is wrong with any of them before the first one is simulated. */
export async function askedSimulations(args: Args, io: Io): Promise<AskedSimulations> {
  const named = [...new Set((args.text('scheduler') ?? defaultScheduler).split(',').map((name) => name.trim()))]
  const schedulers = schedulersOf(named, args)
  const problem = await problemOf(args, io)
  const common = commonOptions(problem, args)
  const study = { objectives: problem.objectives, space: problem.space, epochs: { max: problem.epochs } }
  const place = { store: null, folder: io.cwd }
  const taught = await Promise.all(schedulers.map((scheduler) => taughtScheduler(scheduler, study, place)))
  const contenders = taught.map((scheduler) => ({ label: scheduler.type, options: { ...common, scheduler } }))
  for (const { options } of contenders) setUp(options)
  const first = wholeNumber(args, 'seed', 0) ?? 0
  const seeds = Array.from({ length: wholeNumber(args, 'seeds', 1, most) ?? 1 }, (_, index) => first + index)
  return { contenders: contenders as [Contender, ...Contender[]], seeds: seeds as [number, ...number[]] }
}

/** The name of a built-in problem, unless a file is called so; else a table. */
async function problemOf(args: Args, io: Io): Promise<Problem> {
  const [operand = ''] = args.operands
  const path = resolve(io.cwd, operand)
  const maxEpochs = wholeNumber(args, 'max-epochs', 1)
  const direction = args.text('direction') === 'maximize' ? 'maximize' : 'minimize'
  if (!existsSync(path) && /^[\w-]*$/.test(operand)) {
    if (!problemNames.includes(operand)) throw unknownProblem(operand, problemNames)
    if (direction === 'maximize') throw simulationNeedsTable('--direction maximize', operand)
    for (const flag of ['metric', 'order', 'seconds-column', 'non-finite'])
      if (args.has(flag)) throw simulationNeedsTable(`--${flag} ${args.text(flag)}`, operand)
    if (args.text('sampler') === 'table') throw simulationNeedsTable('--sampler table', operand)
    return builtInProblem(operand, maxEpochs)
  }
  const metric = args.text('metric')
  const secondsColumn = args.text('seconds-column')
  const table = await readCurveTable(path, {
    ...(metric === undefined ? {} : { metric }),
    ...(secondsColumn === undefined ? {} : { secondsColumn }),
  })
  const problem = tableProblem(table, {
    direction,
    nonFinite: args.text('non-finite') === 'worst' ? 'worst' : 'failed',
    ...(metric === undefined ? {} : { metric }),
    ...(maxEpochs === undefined ? {} : { maxEpochs }),
  })
  return { ...problem, name: basename(path) }
}

type Shared = Omit<SimulateOptions, 'scheduler' | 'seed'>

function commonOptions(problem: Problem, args: Args): Shared {
  const minEpochs = wholeNumber(args, 'min-epochs', 1)
  if (minEpochs !== undefined && minEpochs > problem.epochs)
    throw flagValueInvalid('--min-epochs', `at most ${problem.epochs}, the last epoch`, String(minEpochs))
  const sampler = samplerOf(problem, args)
  const order = args.text('order')
  if (order !== undefined && sampler !== undefined && sampler.type !== 'table')
    throw flagValueInvalid('--order', `the sampler table, which --order is of, beside it`, `--sampler ${sampler.type}`)
  const seconds = secondsOf(problem, args)
  const faults = args.text('faults')
  return {
    problem,
    workers: wholeNumber(args, 'workers', 1, most) ?? 1,
    budget: budgetOf(args),
    fitSeconds: fitSecondsOf(args),
    ...(sampler === undefined ? {} : { sampler }),
    ...(order === undefined ? {} : { order: order === 'rows' ? 'rows' : 'shuffled' }),
    ...(minEpochs === undefined ? {} : { minEpochs }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(faults === undefined ? {} : { faults: parseFaults(faults) }),
  }
}

/** An option is given to every scheduler that has it; one that none of them has is a mistake. */
function schedulersOf(names: readonly string[], args: Args): AlgorithmDefinition[] {
  const eta = args.number('eta')
  if (eta !== undefined && !(eta > 1)) throw flagValueInvalid('--eta', 'a number above 1', String(eta))
  return schedulersWithSettings(names, [...(eta === undefined ? [] : [`eta=${eta}`]), ...settingsOf('scheduler', args)])
}

/** `OPTION=VALUE` each. */
export function schedulersWithSettings(names: readonly string[], settings: readonly string[]): AlgorithmDefinition[] {
  const known = algorithms.schedulers
  const has = (name: string, setting: string): boolean => Object.hasOwn(known[name]?.options ?? {}, optionOf(setting))
  return names.map((name) => {
    const its = settings.filter((setting) => has(name, setting) || !names.some((other) => has(other, setting)))
    return algorithmWithSettings('scheduler', name, known, its, 'scheduler.')
  })
}

function samplerOf({ table }: Problem, args: Args): AlgorithmDefinition | undefined {
  const settings = settingsOf('sampler', args)
  const name = args.text('sampler') ?? (settings.length === 0 ? undefined : table ? 'table' : 'random')
  if (name === undefined) return undefined
  const known = { ...algorithms.samplers, ...(table ? { table: tableSampler(table) } : {}) }
  return algorithmWithSettings('sampler', name, known, settings, 'sampler.')
}

/** Those of `--set` that begin with `scheduler.` or `sampler.`, without that. */
function settingsOf(what: 'sampler' | 'scheduler', args: Args): string[] {
  return args.list('set').flatMap((setting) => {
    const [, owner, rest] = /^(sampler|scheduler)\.(.+=.*)$/s.exec(setting) ?? []
    if (owner === undefined) throw flagValueInvalid('--set', 'scheduler.OPTION=VALUE or sampler.OPTION=VALUE', setting)
    return owner === what ? [rest as string] : []
  })
}

function optionOf(setting: string): string {
  return setting.slice(0, setting.indexOf('='))
}

function secondsOf({ table, name }: Problem, args: Args): SimulateOptions['seconds'] {
  const text = args.text('seconds-per-epoch')
  if (!args.has('seconds-column')) return text === undefined ? undefined : parseSeconds(text)
  if (text !== undefined) throw flagValueInvalid('--seconds-per-epoch', 'no --seconds-column beside it', text)
  if (!table?.seconds) throw simulationNeedsTable('--seconds-column', name)
  return { type: 'rows', seconds: table.seconds }
}

function fitSecondsOf(args: Args): number | 'measured' {
  const text = args.text('fit-seconds') ?? '0'
  if (text === 'measured') return text
  const seconds = text.trim() === '' ? NaN : Number(text)
  if (seconds >= 0 && seconds < Infinity) return seconds
  throw flagValueInvalid('--fit-seconds', '`measured`, or a number of seconds from 0 on', text)
}

/** `trials=100,epochs=5000,time=8h,target=0.05`. */
function budgetOf(args: Args): Budget {
  const budget: { trials?: number; epochs?: number; timeMs?: number; target?: number } = {}
  const maxTrials = wholeNumber(args, 'max-trials', 1)
  if (maxTrials !== undefined) budget.trials = maxTrials
  for (const entry of args.text('budget')?.split(',') ?? []) {
    const [, name, text = ''] = /^\s*(trials|epochs|time|target)\s*=\s*(\S+)\s*$/.exec(entry) ?? []
    const field = name === 'time' ? 'timeMs' : (name as keyof typeof budget | undefined)
    const value = name === 'time' ? parseDuration(text) : Number(text)
    const isWhole = Number.isSafeInteger(value) && (value as number) > 0
    const isRight = name === 'target' ? Number.isFinite(value) : isWhole
    if (field === undefined || !isRight)
      throw flagValueInvalid('--budget', 'trials=N, epochs=N, time=8h or target=VALUE, separated by commas', entry)
    if (budget[field] !== undefined) throw flagValueInvalid('--budget', `${name} once`, entry)
    budget[field] = value as number
  }
  return budget
}

function wholeNumber(args: Args, flag: string, least: number, most: number = Infinity): number | undefined {
  const value = args.number(flag)
  if (value === undefined || (Number.isSafeInteger(value) && value >= least && value <= most)) return value
  const range = most < Infinity ? `from ${least} to ${most}` : `from ${least} on`
  throw flagValueInvalid(`--${flag}`, `a whole number ${range}`, String(value))
}
