/**
 * Carries slow mathematics to the fitter, predictors to be trained and configurations to be proposed, and the answers back as facts. After a restart
 * every fit that is still wanted is begun anew.
 */
import { samplers } from '../core/samplers/index.ts'
import { assert } from '../core/trial.ts'
import type { Decision } from '../core/study/events.ts'
import { fitInput } from '../core/study/fit-input.ts'
import { answerOf, searchInput } from '../core/study/proposing.ts'
import type { Study } from '../core/study/study.ts'
import type { FitAnswer, Fitter, ProposalAnswer } from '../ports.ts'
import type { FactWithoutTime } from './controller.ts'

export interface Fits {
  begin(fit: number): void
  beginAll(): void
  /** Takes the study as it stands now: to be called before anything else is folded. */
  propose(decision: Decision & { readonly type: 'ProposeConfigurations' }): void
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
  /** Resolves when no proposal is under way. */
  proposed(): Promise<void>
}

export function newFits(
  study: Study,
  fitter: Fitter,
  tell: (fact: FactWithoutTime) => void,
  fail: (error: unknown) => void,
): Fits {
  const underWay = new Set<Promise<void>>()
  let proposing: Promise<void> = Promise.resolve()

  function follow<Answer>(answer: Promise<Answer>, fact: (answer: Answer) => FactWithoutTime): Promise<void> {
    const work = answer.then((its) => tell(fact(its)), fail)
    underWay.add(work)
    void work.then(() => underWay.delete(work))
    return work
  }

  function begin(fit: number): void {
    const request = study.state.fits.get(fit)
    assert(request, `fit ${fit} is wanted`)
    const order = { fit, predictor: request.predictor, input: fitInput(study.view, request) }
    void follow(fitter.fit(order), (answer) => factOf(fit, answer))
  }

  return {
    begin,
    beginAll() {
      for (const fit of study.state.fits.keys()) begin(fit)
    },
    propose(decision) {
      const { model } = study.sampler
      assert(model, 'only a sampler with a model is asked')
      const { proposal } = decision
      const { definition } = study.state
      const isBuiltIn = samplers[study.samplerKind.name] === study.samplerKind
      const order = { proposal, definition, model, isBuiltIn, input: searchInput(study, decision) }
      proposing = follow(fitter.propose(order), (answer) => proposedFact(proposal, answer))
    },
    proposed: () => proposing,
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay)
    },
  }
}

function factOf(fit: number, answer: FitAnswer): FactWithoutTime {
  if (answer.type === 'failed') return { type: 'PredictorFailed', fit, why: answer.why }
  const note = answer.note === undefined ? {} : { note: answer.note }
  return { type: 'PredictorFitted', fit, model: answer.model, ...note }
}

function proposedFact(proposal: number, { proposals, ms }: ProposalAnswer): FactWithoutTime {
  return { type: 'ConfigurationsProposed', proposal, ...answerOf(proposals), note: { ms } }
}
