/**
 * Where the configuration of the next trial comes from: what the user gave, the sampler's start-up trials, a quick model at once, or a slow one beside
 * the loop. A slow model is asked for as many configurations as there are free slots; where trials begin faster than it answers, for some
 * to spare, so that no slot waits.
 */
import type { Configuration, Json, Reason } from '../trial.ts'
import { assert } from '../trial.ts'
import { stream } from '../maths/stream.ts'
import type { Proposal, SearchInput } from '../samplers/sampler.ts'
import type { Decision, ProposedConfiguration } from './events.ts'
import { trialsLeft } from './state.ts'
import type { StudyState } from './state.ts'
import type { Study } from './study.ts'

export type NextConfiguration =
  | { readonly configuration: Configuration; readonly by: string; readonly note?: Json | undefined }
  | { readonly exhausted: Reason }

/** null = the model has to be asked first, or has not answered yet. */
export function nextConfiguration(study: Study, tag: Json | undefined): NextConfiguration | null {
  const { state, sampler, view } = study
  const initial = state.definition.initial[state.initialUsed]
  if (initial) return { configuration: initial, by: 'initial' }
  const by = state.definition.sampler.type
  const ready = state.proposed.find(({ configuration }) => !view.isSeen(configuration))
  if (ready) return { ...ready, by }
  if (state.exhausted) return { exhausted: state.exhausted }
  const trial = state.trials.length
  const chance = stream(state.definition.seed, 'sampler', trial)
  const proposal = sampler.propose(state.samplerMemory, view, trial, chance, tag) ?? quickly(study, trial)
  return proposal && ('exhausted' in proposal ? proposal : { ...proposal, by })
}

function quickly({ history, sampler: { model } }: Study, trial: number): Proposal | null {
  assert(model, 'who proposes nothing has a model')
  if (!model.isQuick(trial)) return null
  const [proposal] = model.search({ history: history(), trial, count: 1 })
  assert(proposal, 'a model proposes something, or says that the space is exhausted')
  return proposal
}

/** The model is asked for what `waiting` slots need and what will be needed until it has answered. */
export function askModel({ state, sampler, view }: Study, waiting: number): Decision | null {
  if (!sampler.model || state.proposing !== null || state.exhausted || state.closed) return null
  const ready = state.proposed.filter(({ configuration }) => !view.isSeen(configuration)).length
  const spare = spareOf(state)
  if (ready >= waiting + spare) return null
  const count = Math.min(waiting + 2 * spare, trialsLeft(state)) - ready
  if (count <= 0) return null
  const trial = state.trials.length + ready
  return { type: 'ProposeConfigurations', at: state.now, proposal: state.proposalCount + 1, trial, count }
}

/** So many trials begin, at the pace so far, while the model thinks. None where trials come one by one: they shall know of all before them. */
function spareOf({ trials, elapsedMs, proposalMs, slots }: StudyState): number {
  if (elapsedMs <= 0) return 0
  return Math.min(Math.floor((trials.length * proposalMs) / elapsedMs), Math.floor(slots / 8))
}

/** What the model is to learn from: the study as it stands behind the decision that asks for it. */
export function searchInput(
  study: Study,
  decision: Decision & { readonly type: 'ProposeConfigurations' },
): SearchInput {
  return { history: study.history(), trial: decision.trial, count: decision.count }
}

/** Proposals as their fact tells them. */
export function answerOf(proposals: readonly Proposal[]): {
  readonly configurations: readonly ProposedConfiguration[]
  readonly exhausted?: Reason
} {
  const configurations = proposals.filter((proposal) => 'configuration' in proposal)
  const last = proposals.at(-1)
  return last && 'exhausted' in last ? { configurations, exhausted: last.exhausted } : { configurations }
}
