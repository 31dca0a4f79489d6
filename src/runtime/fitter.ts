/**
 * The fitter of real studies: one worker thread, made by the first fit and kept for the next, so that the loop never waits for a fit, not even for
 * the first of a kind, which is slow because its code is new. What an annealer is to solve goes to the annealer; only the problems are made here.
 */
import { Worker } from 'node:worker_threads'
import { predictorOf } from '../core/study/fit-input.ts'
import type { AlgorithmDefinition } from '../core/study/definition.ts'
import type { Qubo, Sample } from '../core/predictors/qsvr/qubo.ts'
import type { Json } from '../core/trial.ts'
import type { FitAnswer, Fitter, FitOrder } from '../ports.ts'
import type { ThreadAnswer, ThreadQuestion } from './fit-thread.ts'

/** Solves the problems of one fit. What cannot be had is an answer, too. */
export type Anneal = (problems: readonly Qubo[]) => Promise<
  | { readonly type: 'solved'; readonly answers: readonly (readonly Sample[])[]; readonly note: Json }
  /** Not by a device: the predictor is to do it by itself. */
  | { readonly type: 'fallback'; readonly note: Json }
  | Extract<FitAnswer, { type: 'failed' }>
>

export interface Annealers {
  /** Null = this predictor anneals by itself, or not at all. */
  of(predictor: AlgorithmDefinition): Anneal | null
  close(): Promise<void>
}

export function fitter(annealers: Annealers | null = null): Fitter {
  let thread: FitThread | null = null
  let isClosed = false

  // What an annealer answers as it is closed must not begin a thread that nobody ends.
  const compute = (order: FitOrder, answers?: readonly (readonly Sample[])[]): Promise<FitAnswer> =>
    isClosed ? Promise.reject(hasLeft()) : (thread ??= fitThread()).fit(order, answers)

  async function fit(order: FitOrder): Promise<FitAnswer> {
    const anneal = annealers?.of(order.predictor)
    const annealed = predictorOf(order.predictor).annealed
    if (!anneal || !annealed) return compute(order)
    const solved = await anneal(annealed.problems(order.input))
    switch (solved.type) {
      case 'solved':
        return withNote(await compute(order, solved.answers), solved.note)
      case 'fallback':
        return withNote(await compute(order), solved.note)
      case 'failed':
        return solved
    }
  }

  return {
    fit,
    async close() {
      isClosed = true
      await Promise.all([thread?.close(), annealers?.close()])
    },
  }
}

function hasLeft(): Error {
  return new Error('the controller has left')
}

function withNote(answer: FitAnswer, note: Json): FitAnswer {
  return answer.type === 'failed' ? answer : { ...answer, note }
}

interface FitThread {
  /** `answers`: what a device found for the fit's problems. */
  fit(order: FitOrder, answers?: readonly (readonly Sample[])[]): Promise<FitAnswer>
  close(): Promise<void>
}

/** Answers come by the number of their fit. A thread that dies takes the controller with it: the log has it all. */
function fitThread(): FitThread {
  const file = import.meta.url.endsWith('.ts') ? './fit-thread.ts' : './fit-thread.js'
  const worker = new Worker(new URL(file, import.meta.url))
  const waiting = new Map<number, PromiseWithResolvers<FitAnswer>>()
  worker.on('message', ({ fit, model, ms, error }: ThreadAnswer) => {
    const waiter = waiting.get(fit)
    waiting.delete(fit)
    if (waiting.size === 0) worker.unref()
    if (model === undefined) waiter?.reject(new Error(error))
    else waiter?.resolve({ type: 'fitted', model, note: { ms } })
  })
  const giveUp = (error: Error): void => {
    for (const waiter of waiting.values()) waiter.reject(error)
    waiting.clear()
  }
  worker.on('error', giveUp)
  worker.on('exit', () => giveUp(new Error('the thread that trains predictors has ended')))
  worker.unref()
  return {
    fit(order, answers) {
      const waiter = Promise.withResolvers<FitAnswer>()
      waiting.set(order.fit, waiter)
      worker.ref()
      worker.postMessage({ order, answers } satisfies ThreadQuestion)
      return waiter.promise
    },
    async close() {
      giveUp(hasLeft())
      await worker.terminate()
    },
  }
}
