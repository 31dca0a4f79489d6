/**
 * The fitter of real studies: one worker thread, made by the first fit or proposal and kept for the next, so that the loop never waits for one, not
 * even for the first of a kind, which is slow because its code is new. What an annealer is to solve goes to the annealer; only the problems are made here.
 */
import { Worker } from 'node:worker_threads'
import { predictorOf } from '../core/study/fit-input.ts'
import type { AlgorithmDefinition, StudyDefinition } from '../core/study/definition.ts'
import type { Qubo, Sample } from '../core/predictors/qsvr/qubo.ts'
import { assert } from '../core/trial.ts'
import type { Json } from '../core/trial.ts'
import type { FitAnswer, Fitter, FitOrder, ProposalAnswer, ProposalOrder } from '../ports.ts'
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

  async function propose(order: ProposalOrder): Promise<ProposalAnswer> {
    if (isClosed) throw hasLeft()
    if (order.isBuiltIn) return (thread ??= fitThread()).propose(order)
    // A sampler of the user's own lives in this thread alone.
    const begun = performance.now()
    const proposals = order.model.search(order.input)
    return { proposals, ms: Math.round(performance.now() - begun) }
  }

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
    propose,
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
  propose(order: ProposalOrder): Promise<ProposalAnswer>
  close(): Promise<void>
}

/** A thread that dies takes the controller with it: the log has it all. */
function fitThread(): FitThread {
  const file = import.meta.url.endsWith('.ts') ? './fit-thread.ts' : './fit-thread.js'
  const worker = new Worker(new URL(file, import.meta.url))
  const waiting = new Map<number, PromiseWithResolvers<ThreadAnswer>>()
  let questions = 0
  let searching: StudyDefinition | null = null
  worker.on('message', (answer: ThreadAnswer) => {
    const waiter = waiting.get(answer.question)
    waiting.delete(answer.question)
    if (waiting.size === 0) worker.unref()
    if ('error' in answer) waiter?.reject(new Error(answer.error))
    else waiter?.resolve(answer)
  })
  const giveUp = (error: Error): void => {
    for (const waiter of waiting.values()) waiter.reject(error)
    waiting.clear()
  }
  worker.on('error', giveUp)
  worker.on('exit', () => giveUp(new Error('the thread for slow mathematics has ended')))
  worker.unref()

  function ask(question: WithoutNumber<ThreadQuestion>): Promise<ThreadAnswer> {
    const waiter = Promise.withResolvers<ThreadAnswer>()
    questions++
    waiting.set(questions, waiter)
    worker.ref()
    worker.postMessage({ ...question, question: questions })
    return waiter.promise
  }

  return {
    async fit(order, answers) {
      const answer = await ask({ order, answers })
      assert('model' in answer, 'a fit is answered with a model')
      return { type: 'fitted', model: answer.model, note: { ms: answer.ms } }
    },
    async propose({ definition, input }) {
      const isNew = searching !== definition
      searching = definition
      const answer = await ask({ definition: isNew ? definition : null, search: input })
      assert('proposals' in answer, 'a search is answered with proposals')
      return answer
    },
    async close() {
      giveUp(hasLeft())
      await worker.terminate()
    },
  }
}

type WithoutNumber<Question> = Question extends ThreadQuestion ? Omit<Question, 'question'> : never
