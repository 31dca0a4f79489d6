/** One of the threads that measure: takes a measurement, answers with its outcome. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Kind, Kinds } from './measurement.ts'
import { perform } from './perform.ts'

export interface Order {
  readonly kind: Kind
  readonly spec: Kinds[Kind]['spec']
}

export type Answer = { readonly outcome: Kinds[Kind]['outcome'] } | { readonly error: string }

const { folder } = workerData as { readonly folder: string }

parentPort?.on('message', ({ kind, spec }: Order) => {
  void perform(folder, kind, spec).then(
    (outcome) => parentPort?.postMessage({ outcome } satisfies Answer),
    (error: unknown) => {
      const words = error instanceof Error ? (error.stack ?? error.message) : String(error)
      parentPort?.postMessage({ error: words } satisfies Answer)
    },
  )
})
