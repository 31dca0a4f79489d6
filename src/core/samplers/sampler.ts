/**
 * The contract of samplers: who proposes configurations.
 *
 * A sampler is a plain object. Its memory is plain data (what `structuredClone` copies), made by `start` and changed by `evolve`
 * alone; it is a fold over the log. `propose` changes nothing (a memo inside the memory that only saves time is allowed).
 * The same study seed, memory and trial number give the same proposal: all chance comes from the given stream,
 * whose address is (study seed, 'sampler', trial number).
 */
import type { Configuration, Json, Reason } from '../trial.ts'
import type { Stream } from '../maths/stream.ts'
import type { Options, OptionSpecs } from '../options.ts'
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
  propose(memory: Memory, study: StudyView, trial: number, stream: Stream, tag?: Json): Proposal
  /** A trial was created (also one that the user gave: then `note` is undefined). */
  evolve?(
    memory: Memory,
    created: { readonly trial: number; readonly configuration: Configuration; readonly note: Json | undefined },
  ): void
}

/** One entry of the index: what the study file's `sampler: { type: name, ... }` refers to. */
export interface SamplerKind {
  readonly name: string
  /** Raised when the same inputs may give other proposals than before: `verify` then does not re-derive. */
  readonly version: number
  readonly doc: string
  readonly options: OptionSpecs
  create(setup: {
    readonly space: Space
    readonly definition: StudyDefinition
    readonly options: Options
  }): Sampler<never> | Sampler<any>
}
