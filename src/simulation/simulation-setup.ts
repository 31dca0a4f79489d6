/** From what a user asks to simulate to a study's definition and the algorithms that it names. */
import { samplers } from '../core/samplers/index.ts'
import type { SamplerKind } from '../core/samplers/sampler.ts'
import { schedulers } from '../core/schedulers/index.ts'
import type { SchedulerKind } from '../core/schedulers/scheduler.ts'
import type { AlgorithmDefinition, Budget, StudyDefinition } from '../core/study/definition.ts'
import type { Algorithms } from '../core/study/study.ts'
import { defaultsOf } from '../core/options.ts'
import { unknownAlgorithm } from '../wire/unknown-algorithm.ts'
import { simulationEndless } from './errors.ts'
import type { Faults } from './faults.ts'
import type { Problem } from './problem.ts'
import { checkRows, withResolvedScheduler } from './schedule-need.ts'
import type { SecondsPerEpoch } from './seconds.ts'
import { snapToTable, tableSampler } from './table-sampler.ts'

export interface SimulateOptions {
  readonly problem: Problem
  /** With the options given, already checked; the others get their defaults. */
  readonly scheduler: AlgorithmDefinition
  /** Default: the rows of a table in the order `order`; else `random`. */
  readonly sampler?: AlgorithmDefinition
  /** Order of a table's rows. Default `shuffled`. */
  readonly order?: 'rows' | 'shuffled'
  readonly workers?: number
  readonly seed?: number
  readonly budget?: Budget
  readonly minEpochs?: number
  readonly seconds?: SecondsPerEpoch
  readonly faults?: Faults
  /** Virtual cost of a proposal or a fit. Default 0. */
  readonly fitSeconds?: number | 'measured'
  /** Default 0: a simulated program starts at no cost, so that there is nothing to linger for. */
  readonly lingerMs?: number
  readonly startupMs?: number
  readonly saveMs?: number
  /** What the study may name beside the built-in algorithms. */
  readonly algorithms?: Partial<Algorithms>
}

export interface SimulationSetup {
  readonly definition: StudyDefinition
  readonly sampler: SamplerKind
  readonly scheduler: SchedulerKind
}

export const simulationName = 'simulation'

export function setUp(options: SimulateOptions): SimulationSetup {
  const { problem, workers = 1 } = options
  const table = problem.table
  const knownSchedulers = { ...schedulers, ...options.algorithms?.schedulers }
  const knownSamplers = { ...samplers, ...options.algorithms?.samplers }
  const named = options.sampler ?? { type: table ? 'table' : 'random' }
  const order = options.order === undefined || named.type !== 'table' ? {} : { order: options.order }
  const scheduler = kindOf('scheduler', options.scheduler.type, knownSchedulers)
  const sampler = table
    ? named.type === 'table'
      ? tableSampler(table)
      : snapToTable(kindOf('sampler', named.type, knownSamplers), table)
    : kindOf('sampler', named.type, knownSamplers)
  const written: StudyDefinition = {
    name: simulationName,
    space: problem.space,
    objectives: problem.objectives,
    constraints: [],
    epochs: { min: options.minEpochs ?? 1, max: problem.epochs, resource: 'epochs' },
    sampler: { ...defaultsOf(sampler.options), ...order, ...named },
    scheduler: { ...defaultsOf(scheduler.options), ...options.scheduler },
    budget: options.budget ?? {},
    // A table may hold any number of diverged rows one after the other: they end trials, not the simulation.
    failures: { retries: 1, graceMs: 30_000, stopStudyAfter: Number.MAX_SAFE_INTEGER },
    resumable: true,
    lingerMs: options.lingerMs ?? 0,
    checkpoints: { keep: 'all' },
    seed: options.seed ?? 0,
    initial: [],
  }
  const definition = withResolvedScheduler(written, scheduler, workers)
  if (table) checkRows(written, scheduler, workers, table.rows.length)
  else if (isEndless(definition)) throw simulationEndless(problem.name, scheduler.name)
  return { definition, sampler, scheduler }
}

function kindOf<Kind>(what: 'sampler' | 'scheduler', name: string, known: { readonly [name: string]: Kind }): Kind {
  const kind = Object.hasOwn(known, name) ? known[name] : undefined
  if (kind === undefined) throw unknownAlgorithm(what, name, Object.keys(known))
  return kind
}

/** Nothing ends it: no table, no passes, no budget but perhaps a target that may never be met. */
function isEndless({ budget, scheduler }: StudyDefinition): boolean {
  const isBounded = budget.trials !== undefined || budget.epochs !== undefined || budget.timeMs !== undefined
  return !isBounded && typeof scheduler['passes'] !== 'number'
}
