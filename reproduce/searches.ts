/** The algorithms that are simulated, with published settings (eta = 2; the others are the defaults: d = 15, k = 0.5, half of a round known). */
import type { AlgorithmDefinition } from '../src/core/study/definition.ts'
import type { SimulationOutcome, SimulationSpec, Timing } from './measurement.ts'
import { eta, type TableName } from './tables.ts'

export const searches = {
  hyperband: { type: 'hyperband', eta },
  fast: { type: 'fast-hyperband', eta },
  swift: { type: 'swift-hyperband', eta },
  quantumSwift: { type: 'quantum-swift-hyperband', eta },
} as const satisfies { readonly [name: string]: AlgorithmDefinition }

export type SearchName = keyof typeof searches

export const searchNames: { readonly [name in SearchName]: string } = {
  hyperband: 'Hyperband',
  fast: 'Fast-Hyperband',
  swift: 'Swift-Hyperband',
  quantumSwift: 'Quantum-Swift-Hyperband',
}

/** One simulation a seed. */
export function specsOf(
  given: {
    readonly table: TableName
    readonly scheduler: AlgorithmDefinition
    readonly workers?: number
    readonly timing?: Timing
    readonly keepsTrajectory?: true
  },
  seeds: readonly SimulationSpec['seed'][],
): SimulationSpec[] {
  const { table, scheduler, workers = 1, timing = 'unit', keepsTrajectory } = given
  const shared = { table, scheduler, workers, timing }
  return seeds.map((seed) => ({ ...shared, seed, ...(keepsTrajectory ? { keepsTrajectory } : {}) }))
}

/** Epochs that the algorithm asked for: those trained ahead of a decision on idle workers count apart. */
export function ownEpochs({ result }: SimulationOutcome): number {
  return result.epochs - result.speculativeEpochs
}

export function bestValue({ result }: SimulationOutcome): number {
  return result.best?.value ?? NaN
}
