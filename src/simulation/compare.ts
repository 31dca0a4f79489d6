/**
 * Several schedulers (or anything else that a simulation has options for) over the same seeds: what each spent and found, and how each differs
 * from the first one, pair by pair.
 */
import type { Objective } from '../core/study/definition.ts'
import { quantile, pairedDifference } from './paired.ts'
import type { PairedDifference } from './paired.ts'
import { simulate } from './simulate.ts'
import type { Simulation } from './simulate.ts'
import type { SimulationResult } from './simulation-result.ts'
import type { SimulateOptions } from './simulation-setup.ts'
import type { Trajectory } from './tally.ts'

export interface Contender {
  readonly label: string
  /** Everything but the seed. */
  readonly options: SimulateOptions
}

export interface ContenderRuns {
  readonly label: string
  /** By seed, in the order of the seeds. */
  readonly results: readonly SimulationResult[]
  readonly trajectories: readonly Trajectory[]
}

export interface Comparison {
  readonly problem: string
  readonly objective: Objective
  readonly seeds: readonly number[]
  readonly contenders: readonly ContenderRuns[]
}

export async function compare(
  contenders: readonly Contender[],
  seeds: readonly number[],
  onSimulation?: (label: string, simulation: Simulation) => void | Promise<void>,
): Promise<Comparison> {
  const runs: ContenderRuns[] = []
  for (const { label, options } of contenders) {
    const results: SimulationResult[] = []
    const trajectories: Trajectory[] = []
    for (const seed of seeds) {
      const simulation = await simulate({ ...options, seed })
      results.push(simulation.result)
      trajectories.push(simulation.trajectory)
      await onSimulation?.(label, simulation)
    }
    runs.push({ label, results, trajectories })
  }
  const { problem } = (contenders[0] as Contender).options
  return { problem: problem.name, objective: problem.objectives[0] as Objective, seeds, contenders: runs }
}

/** What is compared. */
export const quantities = {
  epochs: (result: SimulationResult): number | null => result.epochs,
  makespan: (result: SimulationResult): number | null => result.makespan,
  best: (result: SimulationResult): number | null => result.best?.value ?? null,
} as const

export type Quantity = keyof typeof quantities

export interface ComparisonRow {
  readonly label: string
  /** Means over the seeds; null = no value at any seed. */
  readonly mean: { readonly [quantity in Quantity]: number | null }
  readonly medianBest: number | null
  readonly utilisation: number
  /** Against the first contender; null for the first one itself. */
  readonly difference: { readonly [quantity in Quantity]: PairedDifference | null } | null
}

export function comparisonRows(comparison: Comparison): ComparisonRow[] {
  const [first] = comparison.contenders
  return comparison.contenders.map((contender) => {
    const of = (runs: ContenderRuns, quantity: Quantity) => runs.results.map(quantities[quantity])
    const each = <T>(value: (quantity: Quantity) => T) => ({
      epochs: value('epochs'),
      makespan: value('makespan'),
      best: value('best'),
    })
    const bests = present(of(contender, 'best')).sort((a, b) => a - b)
    return {
      label: contender.label,
      mean: each((quantity) => meanOf(present(of(contender, quantity)))),
      medianBest: bests.length === 0 ? null : quantile(bests, 0.5),
      utilisation: meanOf(contender.results.map((result) => result.utilisation)) ?? 0,
      difference:
        first === undefined || contender === first
          ? null
          : each((quantity) => pairedDifference(of(contender, quantity), of(first, quantity))),
    }
  })
}

function present(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null)
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}

export const comparisonHeader: readonly string[] = [
  'scheduler',
  'epochs',
  'makespan s',
  'utilisation',
  'best (mean)',
  'best (median)',
  'epochs, difference',
  'makespan, difference',
  'best, difference',
]

/** The cells of the table, under `comparisonHeader`: differences as `mean [low, high]` at 95 %. */
export function comparisonCells(rows: readonly ComparisonRow[]): string[][] {
  return rows.map(({ label, mean, medianBest, utilisation, difference }) => [
    label,
    shown(mean.epochs),
    shown(mean.makespan),
    utilisation.toFixed(3),
    shown(mean.best),
    shown(medianBest),
    ...(['epochs', 'makespan', 'best'] as const).map((quantity) =>
      difference ? shownDifference(difference[quantity]) : '',
    ),
  ])
}

export function shown(value: number | null): string {
  if (value === null) return '-'
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)))
}

export function shownDifference(difference: PairedDifference | null): string {
  if (difference === null) return '-'
  const { mean, low, high } = difference
  const signed = `${mean > 0 ? '+' : ''}${shown(Number(mean.toPrecision(4)))}`
  if (low === null || high === null) return signed
  return `${signed} [${shown(Number(low.toPrecision(4)))}, ${shown(Number(high.toPrecision(4)))}]`
}
