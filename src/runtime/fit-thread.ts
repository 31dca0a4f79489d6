/** The worker thread of `fitter.ts`: one fit or proposal after the other. */
import { isMainThread, parentPort } from 'node:worker_threads'
import { samplers } from '../core/samplers/index.ts'
import type { Model as SamplerModel, Proposal, Sampler, SearchInput } from '../core/samplers/sampler.ts'
import { space } from '../core/space/space.ts'
import type { StudyDefinition } from '../core/study/definition.ts'
import { predictorOf } from '../core/study/fit-input.ts'
import type { Sample } from '../core/predictors/qsvr/qubo.ts'
import type { Model } from '../core/predictors/predictor.ts'
import { assert } from '../core/trial.ts'
import type { FitOrder } from '../ports.ts'

/** Answers come by the number of their question. `ms` is time on the clock: CPU time would count what other threads did meanwhile. */
export type ThreadAnswer = { readonly question: number; readonly ms: number } & (
  { readonly model: Model } | { readonly proposals: readonly Proposal[] } | { readonly error: string }
)

export type ThreadQuestion = { readonly question: number } & (
  | {
      readonly order: FitOrder
      /** What a device found for the fit's problems; undefined = the predictor does it all by itself. */
      readonly answers: readonly (readonly Sample[])[] | undefined
    }
  /** `definition` comes with the first search, and stays for the next ones. */
  | { readonly definition: StudyDefinition | null; readonly search: SearchInput }
)

function modelOf({ predictor, input }: FitOrder, answers: readonly (readonly Sample[])[] | undefined): Model {
  const its = predictorOf(predictor)
  return answers && its.annealed ? its.annealed.assemble(input, answers) : its.fit(input)
}

let searching: SamplerModel | null = null

function samplerModel(definition: StudyDefinition): SamplerModel {
  const kind = samplers[definition.sampler.type]
  assert(kind, `the sampler '${definition.sampler.type}' is known`)
  const sampler: Sampler<any> = kind.create({
    space: space(definition.space),
    definition,
    options: definition.sampler,
  })
  assert(sampler.model, `the sampler '${definition.sampler.type}' has a model`)
  return sampler.model
}

function answerTo(question: ThreadQuestion): ThreadAnswer {
  const begun = performance.now()
  const end = (): { readonly question: number; readonly ms: number } => ({
    question: question.question,
    ms: Math.round(performance.now() - begun),
  })
  try {
    if ('order' in question) {
      const model = modelOf(question.order, question.answers)
      return { ...end(), model }
    }
    if (question.definition) searching = samplerModel(question.definition)
    assert(searching, 'the first search brings the definition')
    const proposals = searching.search(question.search)
    return { ...end(), proposals }
  } catch (error) {
    return { ...end(), error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

if (!isMainThread) parentPort?.on('message', (question: ThreadQuestion) => parentPort?.postMessage(answerTo(question)))
