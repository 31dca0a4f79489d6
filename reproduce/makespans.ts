/** The searches whose wall time is compared: with the published waves and without, on several workers. */
import type { Measure, SimulationOutcome, Timing } from './measurement.ts'
import { searches, specsOf } from './searches.ts'
import type { TableName } from './tables.ts'

export const variants = {
  hyperbandWaves: { label: 'Hyperband, waves', scheduler: { ...searches.hyperband, waves: true } },
  swiftWaves: { label: 'Swift, waves', scheduler: { ...searches.swift, waves: true } },
  hyperbandPublished: {
    label: 'Hyperband, bracket by bracket',
    scheduler: { ...searches.hyperband, order: 'published' },
  },
  hyperbandPath: { label: 'Hyperband, longest path first', scheduler: { ...searches.hyperband, order: 'path' } },
  arrivalNever: {
    label: 'Swift, arrival, bracket by bracket',
    scheduler: { ...searches.swift, sent: 'arrival', order: 'published', speculate: 'never' },
  },
  arrivalIdle: {
    label: 'Swift, arrival, bracket by bracket, speculating',
    scheduler: { ...searches.swift, sent: 'arrival', order: 'published', speculate: 'idle' },
  },
  arrivalDefault: {
    label: 'Swift, arrival, default order, speculating',
    scheduler: { ...searches.swift, sent: 'arrival' },
  },
  planNever: { label: 'Swift, plan', scheduler: { ...searches.swift, speculate: 'never' } },
  planIdle: { label: 'Swift, plan, speculating (default)', scheduler: searches.swift },
} as const

export type Variant = keyof typeof variants

export const variantNames = Object.keys(variants) as Variant[]
export const timings: readonly Timing[] = ['unit', 'log-normal']
export const workerCounts = [1, 4, 10, 50] as const
export const several = [4, 10, 50] as const

/** Hyperband in the order that it has by default, which is that of Swift, too: bracket by bracket up to 8 workers, then longest path first. */
export function baseOf(workers: number): Variant {
  return workers <= 8 ? 'hyperbandPublished' : 'hyperbandPath'
}

/** By timing, then by workers. */
export type Outcomes = {
  readonly [variant in Variant]: {
    readonly [timing in Timing]: { readonly [workers: number]: readonly SimulationOutcome[] }
  }
}

export async function outcomesOf(measure: Measure, name: TableName, seeds: readonly number[]): Promise<Outcomes> {
  const entries = await Promise.all(
    variantNames.map(async (variant) => {
      const { scheduler } = variants[variant]
      const byTiming = await Promise.all(
        timings.map(async (timing) => {
          const byWorkers = await Promise.all(
            workerCounts.map((workers) =>
              measure('simulation', specsOf({ table: name, scheduler, workers, timing }, seeds)),
            ),
          )
          return [timing, Object.fromEntries(workerCounts.map((workers, index) => [workers, byWorkers[index]]))]
        }),
      )
      return [variant, Object.fromEntries(byTiming)]
    }),
  )
  return Object.fromEntries(entries) as Outcomes
}

export function makespansOf(outcomes: readonly SimulationOutcome[] | undefined): number[] {
  return (outcomes ?? []).map(({ result }) => result.makespan)
}
