/**
 * The contract of samplers: who proposes configurations.
 *
 * A sampler may learn: then it has a `model`. `propose` gives its start-up trials, each as cheap as a random draw, and null as soon as the model is to
 * be asked. Where `isQuick` says that this takes a moment it is asked in the loop, for one trial; else in another thread, for as many trials as
 * there are free slots, and its answer becomes a fact of the log. What it learns from is the `History`, and nothing else.
 *
 * A sampler is a plain object. Its memory is plain data (what `structuredClone` copies), made by `start` and changed by `evolve`
 * alone; it is a fold over the log. `propose` changes nothing (a memo inside the memory that only saves time is allowed).
 * The same study seed, memory and trial number give the same proposal: all chance comes from the given stream,
 * whose address is (study seed, 'sampler', trial number).
 */
import type { Configuration, Json, Reason } from '../trial.ts'
import type { Stream } from '../maths/stream.ts'
import type { Options, OptionSpecs } from '../options.ts'
import type { History } from './history.ts'
import type { Space } from '../space/space.ts'
import type { StudyDefinition } from '../study/definition.ts'
import type { StudyView } from '../study/study-view.ts'

export type Proposal =
  | { readonly configuration: Configuration; readonly note?: Json }
  /** Nothing unseen is left: no further trial will be created. */
  | { readonly exhausted: Reason }

export interface Sampler<Memory = unknown> {
  start(): Memory
  /** `tag` is the scheduler's note of the order that asks for the trial: a table sampler reads its place in the published order from it. */
  propose(memory: Memory, study: StudyView, trial: number, stream: Stream, tag?: Json): Proposal | null
  /** A trial was created (also one that the user gave: then `note` is undefined). */
  evolve?(
    memory: Memory,
    created: { readonly trial: number; readonly configuration: Configuration; readonly note: Json | undefined },
  ): void
  /** Of samplers that learn. */
  readonly model?: Model
}

export interface Model {
  /** Whether `search` for one trial surely takes less than 10 ms with so many trials in the history. */
  isQuick(trials: number): boolean
  /**
   * Pure: the same input, the same answer. All chance comes from `stream(seed of the study, 'sampler', trial + i)` for the i-th proposal. A memo that
   * only saves time is allowed. Proposals are allowed, unseen (not in the history) and differ from one another. Fewer than
   * `count`, the last one `exhausted`, only where the space holds no more.
   */
  search(input: SearchInput): readonly Proposal[]
}

/** Plain data. */
export interface SearchInput {
  readonly history: History
  /** Number of the first trial that is proposed; the others follow. */
  readonly trial: number
  readonly count: number
}

/** One entry of the index: what the study file's `sampler: { type: name, ... }` refers to. */
export interface SamplerKind {
  readonly name: string
  /** Raised when the same inputs may give other proposals than before: `verify` then does not re-derive. */
  readonly version: number
  readonly doc: string
  readonly options: OptionSpecs
  /** What its note of a trial has to say to a person, in one sentence; null = nothing. */
  tell?(note: Json): string | null
  /** Goes through places of its own, which an earlier study cannot change: `warmStart` is refused beside it. */
  readonly ownPlaces?: true
  create(setup: {
    readonly space: Space
    readonly definition: StudyDefinition
    readonly options: Options
  }): Sampler<never> | Sampler<any>
}
