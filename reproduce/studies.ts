/** The published predictor studies as specifications: what they have in common, and scores over many divisions. */
import type { Measure, RegressionSpec, ScalingSpec, Scores } from './measurement.ts'
import { spreadOf, type Spread } from './statistics.ts'

export const nuDefaults = { type: 'nu-svr', C: 1, nu: 0.5 } as const
export const nuTuned = { type: 'nu-svr', C: 5.55, nu: 0.903 } as const
export const svrDefaults = { type: 'epsilon-svr', C: 1, epsilon: 0.1, gamma: 'scale' } as const
export const minMax: ScalingSpec = { x: 'min-max', y: 'min-max', by: 'train' }
export const quantileOfAll: ScalingSpec = { x: 'quantile', y: 'quantile', by: 'all' }

export type StudySpec = Omit<RegressionSpec, 'from' | 'count'>

export const onMlpf: Omit<StudySpec, 'splits'> = {
  table: 'mlpf',
  rows: 'without row 52',
  features: 'hp + c + d1 + d2',
  known: 25,
  target: 100,
  model: nuDefaults,
  scaling: minMax,
}

export const fiveFolds = { type: 'folds', folds: 5, grouped: false } as const
export const grouped = { ...fiveFolds, grouped: true } as const

/** In several pieces, so that all threads have something to do. */
export async function scoresOver(measure: Measure, base: StudySpec, count: number): Promise<readonly Scores[]> {
  const size = base.splits.type === 'folds' ? 2 : 25
  const pieces = Array.from({ length: Math.ceil(count / size) }, (_, piece) => piece * size)
  const specs = pieces.map((from) => ({ ...base, from, count: Math.min(size, count - from) }))
  return (await measure('regression', specs)).flat()
}

/** Mean over the folds of each division, then over the divisions with their spread. */
export async function foldScores(measure: Measure, base: StudySpec, repeats: number): Promise<Spread> {
  const scores = (await scoresOver(measure, base, repeats)).map(({ loss }) => loss)
  const { splits } = base
  const folds = splits.type === 'folds' ? splits.folds : 1
  return spreadOf(
    Array.from({ length: repeats }, (_, number) => spreadOf(scores.slice(number * folds, (number + 1) * folds)).mean),
  )
}
