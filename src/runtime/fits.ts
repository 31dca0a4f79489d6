/** Carries the study's fits to the fitter and their answers back as facts. After a restart every fit that is still wanted is begun anew. */
import { assert } from '../core/trial.ts'
import { fitInput } from '../core/study/fit-input.ts'
import type { Study } from '../core/study/study.ts'
import type { FitAnswer, Fitter } from '../ports.ts'
import type { FactWithoutTime } from './controller.ts'

export interface Fits {
  begin(fit: number): void
  beginAll(): void
  /** Resolves when none is under way. */
  idle(): Promise<void>
}

export function newFits(
  study: Study,
  fitter: Fitter,
  tell: (fact: FactWithoutTime) => void,
  fail: (error: unknown) => void,
): Fits {
  const underWay = new Set<Promise<void>>()

  function begin(fit: number): void {
    const request = study.state.fits.get(fit)
    assert(request, `fit ${fit} is wanted`)
    const order = { fit, predictor: request.predictor, input: fitInput(study.view, request) }
    const work = fitter.fit(order).then((answer) => tell(factOf(fit, answer)), fail)
    underWay.add(work)
    void work.then(() => underWay.delete(work))
  }

  return {
    begin,
    beginAll() {
      for (const fit of study.state.fits.keys()) begin(fit)
    },
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
