/** Carries out one measurement. */
import { evaluate, randomSplits } from '../src/core/predictors/evaluate.ts'
import { predictorOf } from '../src/core/study/fit-input.ts'
import { simulate } from '../src/simulation/simulate.ts'
import { annealDivision, lowestEnergy } from './annealing.ts'
import type {
  AnnealingSpec,
  Kind,
  Kinds,
  PredictorOutcome,
  PredictorSpec,
  RegressionSpec,
  SimulationOutcome,
  SimulationSpec,
} from './measurement.ts'
import { regress, rowsOf } from './regression.ts'
import { loadTable } from './tables.ts'

type Performers = {
  readonly [K in Kind]: (folder: string, spec: Kinds[K]['spec']) => Promise<Kinds[K]['outcome']>
}

const performers: Performers = {
  simulation: simulateStudy,
  regression: regress,
  annealing: annealDivision,
  energy: lowestEnergy,
  predictor: evaluatePredictor,
}

export function perform<K extends Kind>(folder: string, kind: K, spec: Kinds[K]['spec']): Promise<Kinds[K]['outcome']> {
  return performers[kind](folder, spec)
}

/** What one measurement costs, in seconds on the machine that the command was written on: shares out the work and the time left. */
export function costOf<K extends Kind>(kind: K, spec: Kinds[K]['spec']): number {
  switch (kind) {
    case 'simulation': {
      const { table, scheduler } = spec as SimulationSpec
      const size = { mlpf: 1, image: 0.4, language: 0.4, 'mnist accuracy': 0.05, 'mnist loss': 0.05 }[table]
      return size * ({ hyperband: 0.05, 'fast-hyperband': 0.5, 'quantum-swift-hyperband': 3 }[scheduler.type] ?? 0.12)
    }
    case 'regression': {
      const { count, splits, scaling } = spec as RegressionSpec
      const perSplit = splits.type === 'folds' ? 0.1 : 0.001 + splits.train * 3e-5
      return count * perSplit * (scaling.x === 'quantile' ? 3 : 1)
    }
    case 'annealing':
      return 0.35 * (spec as AnnealingSpec).chunks
    case 'energy':
      return 0.35
    case 'predictor':
      return 0.06 * (spec as PredictorSpec).splits
  }
}

async function simulateStudy(folder: string, spec: SimulationSpec): Promise<SimulationOutcome> {
  const { table, scheduler, workers, timing, seed, keepsTrajectory } = spec
  const { problem } = await loadTable(folder, table)
  const { result, trajectory } = await simulate({
    problem,
    scheduler,
    workers,
    ...(seed === 'rows' ? { order: 'rows' } : { seed }),
    ...(timing === 'unit' ? {} : { seconds: { type: 'lognormal', sigma: 0.35 } }),
  })
  return { result, trajectory: keepsTrajectory ? trajectory : null }
}

async function evaluatePredictor(folder: string, spec: PredictorSpec): Promise<PredictorOutcome> {
  const { table, rows, predictor, known, train, test, splits: count } = spec
  const loaded = await loadTable(folder, table)
  const { set } = loaded
  const target = set.curves[0]?.length ?? 0
  const question = { known, target, seed: 0 }
  const splits = randomSplits(set, rowsOf(loaded, rows, 0), { train, test, count, seed: 0 })
  const found = [...evaluate(predictorOf(predictor), set, question, splits)]
  return {
    loss: found.map(({ r2 }) => r2),
    spearman: found.map(({ spearman }) => spearman),
  }
}
