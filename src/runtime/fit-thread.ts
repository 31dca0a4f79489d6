/** The worker thread of `fitter.ts`: one fit after the other. */
import { isMainThread, parentPort } from 'node:worker_threads'
import { predictorOf } from '../core/study/fit-input.ts'
import type { Sample } from '../core/predictors/qsvr/qubo.ts'
import type { Model } from '../core/predictors/predictor.ts'
import type { FitOrder } from '../ports.ts'

export interface ThreadAnswer {
  readonly fit: number
  readonly model?: Model
  /** CPU time would count what other threads did meanwhile; this is the time on the clock. */
  readonly ms: number
  readonly error?: string
}

export interface ThreadQuestion {
  readonly order: FitOrder
  /** What a device found for the fit's problems; undefined = the predictor does it all by itself. */
  readonly answers: readonly (readonly Sample[])[] | undefined
}

function modelOf({ predictor, input }: FitOrder, answers: ThreadQuestion['answers']): Model {
  const its = predictorOf(predictor)
  return answers && its.annealed ? its.annealed.assemble(input, answers) : its.fit(input)
}

function answerTo({ order, answers }: ThreadQuestion): ThreadAnswer {
  const begun = performance.now()
  const { fit } = order
  try {
    const model = modelOf(order, answers)
    return { fit, model, ms: Math.round(performance.now() - begun) }
  } catch (error) {
    return { fit, ms: 0, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

if (!isMainThread) parentPort?.on('message', (question: ThreadQuestion) => parentPort?.postMessage(answerTo(question)))
