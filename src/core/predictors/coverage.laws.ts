/** The promise of `sd` on recorded curves. The quick suite asks one table, the heavy one all. */
import { recordedCurves, type TableName } from './curve-tables.laws.ts'
import { evaluate, randomSplits, usableRows, type Evaluation } from './evaluate.ts'
import type { Predictor } from './predictor.ts'

/** With 15 and 40 curves, and 10, 25 and 50 % of the asked curve known: six random splits each. */
export function recordedEvaluations(
  predictor: Predictor,
  table: TableName,
  { counts = [15, 40], splits: count = 6 }: { readonly counts?: readonly number[]; readonly splits?: number } = {},
): Evaluation[] {
  const set = recordedCurves(table)
  return counts.flatMap((train) =>
    [0.1, 0.25, 0.5].flatMap((share) => {
      const question = { known: Math.ceil(share * set.horizon), target: set.horizon, seed: 4 }
      const splits = randomSplits(set, usableRows(set, question), { train, test: 60, count, seed: 4 })
      return [...evaluate(predictor, set, question, splits)]
    }),
  )
}

export function meanCoverage(evaluations: readonly Evaluation[]): number {
  return evaluations.reduce((sum, { coverage80 }) => sum + coverage80 / evaluations.length, 0)
}
