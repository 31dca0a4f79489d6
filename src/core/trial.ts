/** The shared words of the project as types. One word for one thing: see the glossary in ARCHITECTURE.md. */

/** The value of one parameter. */
export type Value = number | string | boolean

/** Parameter values by name. A parameter whose condition does not hold is absent. */
export type Configuration = { readonly [parameter: string]: Value }

export type Direction = 'minimize' | 'maximize'

/** Anything that goes into the log and comes back unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined }

/** Metric values of one report by name. May hold NaN and infinities: the wire writes those as words. */
export type Metrics = { readonly [metric: string]: number }

/**
 * - `waiting`: created, or owed more training, and no attempt runs
 * - `running`: an attempt is under way
 * - `paused`: trained as far as it was ordered; may be promoted
 * - `complete`: reached `epochs.max`, or its program ended by itself with exit 0 and a report
 * - `stopped`: a decision ended it early
 * - `failed`: its last allowed attempt failed, or its metric was not finite
 */
export type TrialState = 'waiting' | 'running' | 'paused' | 'complete' | 'stopped' | 'failed'

export const trialStates: readonly TrialState[] = ['waiting', 'running', 'paused', 'complete', 'stopped', 'failed']

/** The states that a trial never leaves. */
export function isSettled(state: TrialState): state is 'complete' | 'stopped' | 'failed' {
  return state === 'complete' || state === 'stopped' || state === 'failed'
}

/** How an attempt ended, as far as its executor can tell. */
export type Outcome =
  | { readonly type: 'exited'; readonly code: number; readonly outOfMemory?: boolean; readonly detail?: string }
  | { readonly type: 'killed'; readonly signal: string; readonly outOfMemory?: boolean; readonly detail?: string }
  /** The process is gone and left no exit status (machine restarted, node lost). */
  | { readonly type: 'lost'; readonly detail?: string }
  /** The executor could not start it (fork refused, queue full); nothing ran. */
  | { readonly type: 'refused'; readonly detail: string }

/**
 * Why a decision was taken: the name of a rule and its numbers, in the user's own units and direction
 * (an accuracy is shown as an accuracy, not as its negative). The algorithm that made it can put it into words.
 */
export type Reason = { readonly rule: string; readonly [number: string]: Json | undefined }

/** An assertion of ours: a failure is a bug of Foretune, never a user's mistake. */
export function assert(condition: unknown, shouldHold: string): asserts condition {
  if (!condition) throw new Error(`bug: ${shouldHold}`)
}
