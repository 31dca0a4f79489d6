/** Which annealer a predictor names, and what its answers become: the way from a study's fits to D-Wave's Ocean. */
import { oceanAnnealer } from '../annealers/ocean.ts'
import type { OceanOptions } from '../annealers/ocean.ts'
import { defaultsOf } from '../core/options.ts'
import { predictors } from '../core/predictors/index.ts'
import { keptSolutions } from '../core/predictors/qsvr/settings.ts'
import type { AlgorithmDefinition, StudyDefinition } from '../core/study/definition.ts'
import type { Json } from '../core/trial.ts'
import { ForetuneError } from '../errors.ts'
import type { Annealer, AnnealerAnswer, AnnealerSettings } from '../ports.ts'
import type { Anneal, Annealers } from '../runtime/fitter.ts'

export interface StudyAnnealers extends Annealers {
  /** Throws what is missing for this study's annealer, if it has one that nothing stands in for. */
  check(definition: StudyDefinition): Promise<void>
}

/** One bridge for all predictors, opened by the first that needs it. */
export function studyAnnealers(options: OceanOptions = {}): StudyAnnealers {
  let annealer: Annealer | null = null
  const opened = (): Annealer => (annealer ??= oceanAnnealer(options))
  return {
    of(predictor) {
      return isOnDevice(predictor) ? annealBy(opened(), predictor) : null
    },
    async check({ scheduler }) {
      const predictor = scheduler['predictor'] as AlgorithmDefinition | undefined
      if (!predictor || !isOnDevice(predictor) || optionsOf(predictor)['fallback'] !== null) return
      await opened().probe(settingsOf(predictor))
    },
    async close() {
      await annealer?.close()
      annealer = null
    },
  }
}

function isOnDevice(predictor: AlgorithmDefinition): boolean {
  return typeof predictor === 'object' && optionsOf(predictor)['annealer'] === 'ocean'
}

function annealBy(annealer: Annealer, predictor: AlgorithmDefinition): Anneal {
  return async (problems) => {
    try {
      const settings = settingsOf(predictor)
      const answers = await Promise.all(problems.map((qubo) => annealer.solve(qubo, settings)))
      const note = { annealer: annealer.name, problems: answers.map(noteOf) }
      return { type: 'solved', answers: answers.map(({ samples }) => samples), note }
    } catch (error) {
      if (!(error instanceof ForetuneError)) throw error
      const { code, message } = error
      if (optionsOf(predictor)['fallback'] === null) return { type: 'failed', why: { rule: 'annealer', code, message } }
      return { type: 'fallback', note: { annealer: 'simulated-annealing', insteadOf: annealer.name, code, message } }
    }
  }
}

/** What the log keeps of an answer: all but the samples, which are in the model. */
function noteOf({ samples: _, timing, ...told }: AnnealerAnswer): Json {
  const rounded = Object.fromEntries(
    Object.entries(timing).map(([name, ms]) => [name, ms === null ? null : Math.round(ms)]),
  )
  return { ...told, timing: rounded }
}

function settingsOf(predictor: AlgorithmDefinition): AnnealerSettings {
  const options = optionsOf(predictor)
  const number = (name: string): number => Number(options[name])
  return {
    solver: (options['solver'] as string | null | undefined) ?? null,
    reads: number('reads'),
    annealingTimeUs: number('annealingTimeUs'),
    chainMultiplier: number('chainMultiplier'),
    keep: keptSolutions(options),
  }
}

function optionsOf(predictor: AlgorithmDefinition): { readonly [option: string]: unknown } {
  return { ...defaultsOf(predictors[predictor.type]?.options ?? {}), ...predictor }
}
