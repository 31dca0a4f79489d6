/**
 * What is measured, as plain data: it goes to a worker thread, and what comes back is plain data, too. Everything but measured seconds follows from the
 * specification alone, so that the document does not depend on who measured what, nor in which order.
 */
import type { AlgorithmDefinition } from '../src/core/study/definition.ts'
import type { Trajectory } from '../src/simulation/tally.ts'
import type { SimulationResult } from '../src/simulation/simulation-result.ts'
import type { FeatureSet } from './features.ts'
import type { TableName } from './tables.ts'

export type Timing = 'unit' | 'log-normal'

/** One simulated study on a table of curves. */
export interface SimulationSpec {
  readonly table: TableName
  readonly scheduler: AlgorithmDefinition
  readonly workers: number
  readonly timing: Timing
  /** Shuffles the rows; `rows` = as they stand. */
  readonly seed: number | 'rows'
  readonly keepsTrajectory?: true
}

export interface SimulationOutcome {
  readonly result: SimulationResult
  readonly trajectory: Trajectory | null
}

/** `train`: by the rows trained on; `all`: by every row, the tested ones among them, with 50 quantiles, as the published studies have it. */
export interface ScalingSpec {
  readonly x: 'min-max' | 'quantile'
  readonly y: 'min-max' | 'quantile'
  readonly by: 'train' | 'all'
}

/** `below 1`: only those whose curve stays below 1. `drawn`: so many random rows, others for each division. */
export type RowsSpec = 'all' | 'without row 52' | 'below 1' | { readonly drawn: number }

export type SplitsSpec =
  | { readonly type: 'random'; readonly train: number; readonly test: number }
  /** Each row is tested once; `grouped`: equal configurations stay together. */
  | { readonly type: 'folds'; readonly folds: number; readonly grouped: boolean }

/** One support vector regression over several random divisions of a table's rows: one score a split, or one a fold. */
export interface RegressionSpec {
  readonly table: TableName
  readonly rows: RowsSpec
  readonly features: FeatureSet
  readonly known: number
  readonly target: number
  readonly model:
    | { readonly type: 'nu-svr'; readonly C: number; readonly nu: number }
    | { readonly type: 'epsilon-svr'; readonly C: number; readonly epsilon: number; readonly gamma: number | 'scale' }
  readonly scaling: ScalingSpec
  readonly splits: SplitsSpec
  /** Division number `from`, and `count` of them. */
  readonly from: number
  readonly count: number
}

export interface Scores {
  /** Of the loss itself. */
  readonly loss: number
  /** Of the target as the model sees it. */
  readonly scaled: number
  /** The same with truth and prediction exchanged, as the published notebooks call it. */
  readonly exchanged: number
}

/** QSVRs on one random division of the MLPF rows: one of 20 curves, or with `chunks` several, combined. */
export interface AnnealingSpec {
  readonly scaling: ScalingSpec
  readonly chunks: number
  /** Number of the division. */
  readonly split: number
}

export interface AnnealingOutcome {
  /** Combinations 0 .. 6, the mean of the seven, and the solution of lowest energy alone; with chunks, that which combines them. */
  readonly scores: readonly Scores[]
  readonly lowestEnergies: readonly number[]
}

/** The 20-curve problem that the golden numbers name: the first 20 rows, min-max scaled. */
export interface EnergySpec {
  readonly reads: number
}

/** A predictor as users name it, on random divisions in which no configuration stands on both sides. */
export interface PredictorSpec {
  readonly table: TableName
  readonly rows: RowsSpec
  readonly predictor: AlgorithmDefinition
  readonly known: number
  readonly train: number
  readonly test: number
  readonly splits: number
}

export interface PredictorOutcome {
  readonly loss: readonly number[]
  readonly spearman: readonly number[]
}

export interface Kinds {
  simulation: { readonly spec: SimulationSpec; readonly outcome: SimulationOutcome }
  regression: { readonly spec: RegressionSpec; readonly outcome: readonly Scores[] }
  annealing: { readonly spec: AnnealingSpec; readonly outcome: AnnealingOutcome }
  energy: { readonly spec: EnergySpec; readonly outcome: { readonly lowest: number } }
  predictor: { readonly spec: PredictorSpec; readonly outcome: PredictorOutcome }
}

export type Kind = keyof Kinds

/** Measures all of them, and gives the outcomes in the order of the specifications. */
export type Measure = <K extends Kind>(
  kind: K,
  specs: readonly Kinds[K]['spec'][],
) => Promise<readonly Kinds[K]['outcome'][]>
