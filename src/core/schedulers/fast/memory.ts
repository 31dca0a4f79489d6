/** The memory of Fast-Hyperband: that of its brackets, and what it predicts with. Plain data. */
import type { Model } from '../../predictors/predictor.ts'
import type { Json, Reason } from '../../trial.ts'
import { openMemory as openBrackets, type BracketMemory } from '../bracket-memory.ts'

export interface FastMemory {
  readonly brackets: BracketMemory
  /** By target: the trials that were trained to it in a round of that target, in order of arrival. They teach. */
  readonly arrived: Map<number, number[]>
  /** By `modelKey`. */
  readonly models: Map<string, Model>
  /** Keys of predictors that are wanted, or being trained. */
  readonly fitting: Set<string>
  /** By key, of predictors that could not be trained: how many brackets were open then. Later ones ask again. */
  readonly unfitted: Map<string, number>
  /** What is to be said, oldest first. */
  readonly stops: Stop[]
  readonly wanted: Wanted[]
  /** Trials that prediction stopped, and the epochs that those were not trained in their round. */
  dropped: number
  spared: number
  /** Whether the earlier study's curves count: not looked at yet, or of this study's scale, or not. */
  earlier: 'unseen' | 'taken' | 'refused'
  /** To be concluded. */
  refusal: Json | null
}

export interface Stop {
  readonly trial: number
  readonly why: Reason
}

/** The scheduler's note of a fit. */
export interface FitTag {
  readonly [key: string]: Json
  readonly known: number
  readonly target: number
  /** Curves of an earlier study among its lessons. */
  readonly earlier: number
}

/** A predictor that is to be asked for. */
export interface Wanted extends FitTag {
  readonly trials: readonly number[]
}

export function openMemory(): FastMemory {
  return {
    brackets: openBrackets(),
    arrived: new Map(),
    models: new Map(),
    fitting: new Set(),
    unfitted: new Map(),
    stops: [],
    wanted: [],
    dropped: 0,
    spared: 0,
    earlier: 'unseen',
    refusal: null,
  }
}
