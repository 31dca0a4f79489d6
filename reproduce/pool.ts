/**
 * Measurements on several threads. Equal ones are measured once; the dearest begin first; outcomes go where they were asked for, so that nothing depends on
 * the number of threads.
 */
import { Worker } from 'node:worker_threads'
import type { Kind, Kinds, Measure } from './measurement.ts'
import { costOf } from './perform.ts'
import type { Answer, Order } from './worker.ts'

interface Ordered extends Order {
  readonly cost: number
  readonly outcome: Promise<Kinds[Kind]['outcome']>
  readonly settle: (answer: Answer) => void
}

export interface Progress {
  readonly done: number
  readonly all: number
  /** Shares of the estimated work. */
  readonly share: number
}

export interface Pool {
  readonly measure: Measure
  /** Of all that has been asked for so far. */
  progress(): Progress
  close(): Promise<void>
}

export function pool(folder: string, threads: number): Pool {
  const known = new Map<string, Ordered>()
  const waiting: Ordered[] = []
  const count = { done: 0, cost: 0, doneCost: 0 }
  const idle: (() => void)[] = []
  const workers = Array.from({ length: threads }, () => {
    const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: { folder } })
    let current: Ordered | null = null
    const next = (): void => {
      current = waiting.pop() ?? null
      if (current === null) idle.push(next)
      else worker.postMessage({ kind: current.kind, spec: current.spec } satisfies Order)
    }
    worker.on('message', (answer: Answer) => {
      count.done++
      count.doneCost += current?.cost ?? 0
      current?.settle(answer)
      next()
    })
    worker.on('error', (error) => current?.settle({ error: error.stack ?? error.message }))
    next()
    return worker
  })

  function ordered<K extends Kind>(kind: K, spec: Kinds[K]['spec']): Ordered {
    const text = JSON.stringify([kind, spec])
    const before = known.get(text)
    if (before !== undefined) return before
    const { promise, resolve, reject } = Promise.withResolvers<Kinds[Kind]['outcome']>()
    const settle = (answer: Answer): void =>
      'outcome' in answer ? resolve(answer.outcome) : reject(new Error(`${text}: ${answer.error}`))
    const order: Ordered = { kind, spec, cost: costOf(kind, spec), outcome: promise, settle }
    known.set(text, order)
    count.cost += order.cost
    waiting.push(order)
    return order
  }

  return {
    measure(kind, specs) {
      const orders = specs.map((spec) => ordered(kind, spec))
      waiting.sort((a, b) => a.cost - b.cost)
      // In a microtask: whoever asks for more at once has it all in the queue before anything begins.
      queueMicrotask(() => idle.splice(0).forEach((next) => next()))
      return Promise.all(orders.map(({ outcome }) => outcome)) as ReturnType<typeof this.measure>
    },
    progress: () => ({ done: count.done, all: known.size, share: count.cost === 0 ? 0 : count.doneCost / count.cost }),
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}
