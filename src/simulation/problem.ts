/** What a simulated trial learns: a search space, and for every configuration a learning curve. */
import type { Configuration, Json, Metrics } from '../core/trial.ts'
import type { Objective } from '../core/study/definition.ts'
import type { SpaceDefinition } from '../core/space/definition.ts'
import type { CurveTable } from './curve-table.ts'

export interface Problem {
  readonly name: string
  readonly space: SpaceDefinition
  /** The first one is what results show. */
  readonly objectives: readonly Objective[]
  /** Epochs of a full training. */
  readonly epochs: number
  /** What is reported at an epoch from 1 to `length`. `note` is the sampler's note of the trial (a table's row). */
  metrics(configuration: Configuration, note: Json | undefined, epoch: number): Metrics
  /** How many epochs there are of this configuration's curve: a program ends by itself after so many. */
  length(configuration: Configuration, note: Json | undefined): number
  /** The best value at the last epoch that any configuration reaches; null = unknown. */
  readonly best: number | null
  /** The recorded curves, if the problem is a table. */
  readonly table?: CurveTable
}

/** The row that a table's sampler noted, or null. */
export function rowOf(note: Json | undefined): number | null {
  const row = note !== null && typeof note === 'object' && 'row' in note ? note['row'] : undefined
  return typeof row === 'number' ? row : null
}
