/** The QSVR predictors: by the built-in annealer, by the answers of a device, or by the answers that a model has recorded. */
import { stream } from '../../maths/stream.ts'
import { calibratedPredictor } from '../calibrated.ts'
import { trainingCurves } from '../curve.ts'
import type { FitInput, Predictor } from '../predictor.ts'
import { anneal } from './anneal.ts'
import { prepared, quboOf } from './chunks.ts'
import { qsvrLearner, type Annealer, type LearntChunk, type LearntQsvr } from './learner.ts'
import { bitsOf, energyOf, type Qubo, type Sample } from './qubo.ts'
import type { QsvrSettings } from './settings.ts'

export function qsvrPredictor(
  kind: { readonly name: string; readonly version: number },
  settings: QsvrSettings,
): Predictor {
  const predictorOf = (annealer: Annealer): Predictor => calibratedPredictor(kind, qsvrLearner(settings, annealer))
  const own = predictorOf((qubo, chunk, { seed }) =>
    anneal(qubo, settings.anneal, stream(seed, 'qsvr', chunk)).map(({ bits }) => bits),
  )
  const problems = (input: FitInput): Qubo[] => {
    const data = trainingCurves(input)
    return data.targets.length === 0
      ? []
      : prepared(data, input.known, settings).chunks.map((chunk) => quboOf(chunk, settings))
  }
  return {
    ...own,
    /** What was annealed is taken as it stands, by whom ever; energies and everything made of them are computed again. */
    check(input, model) {
      const recorded =
        model['learnt'] === null ? [] : ((model['learnt'] as unknown as LearntQsvr | undefined)?.chunks ?? [])
      const qubos = problems(input)
      if (qubos.length !== recorded.length)
        return `it holds answers to ${recorded.length} problems, and there are ${qubos.length}`
      for (const [chunk, qubo] of qubos.entries()) {
        const wrong = wrongSolution(qubo, recorded[chunk]?.solutions)
        if (wrong !== null) return `problem ${chunk}: ${wrong}`
      }
      return predictorOf((_, chunk) => recorded[chunk]!.solutions.map(({ bits }) => bitsOf(bits))).check(input, model)
    },
    annealed: {
      problems,
      assemble: (input, answers: readonly (readonly Sample[])[]) =>
        predictorOf((_, chunk) => (answers[chunk] ?? []).map(({ bits }) => bits)).fit(input),
    },
  }
}

/** The solutions are read from a log, which may hold anything. */
function wrongSolution(qubo: Qubo, solutions: LearntChunk['solutions'] | null | undefined): string | null {
  if (!Array.isArray(solutions) || solutions.length === 0) return 'no solution is kept'
  for (const { bits, energy } of solutions as LearntChunk['solutions']) {
    if (typeof bits !== 'string' || bits.length !== qubo.size || /[^01]/.test(bits))
      return `a solution is not ${qubo.size} bits`
    const again = energyOf(qubo, bitsOf(bits))
    if (!(Math.abs(energy - again) <= 1e-9 * Math.max(1, Math.abs(again))))
      return `the energy of a solution is ${energy}, and ${again} when computed again`
  }
  return null
}
