import type { Json } from '../core/trial.ts'

/**
 * Where the numbers come from when the program does not use the client.
 * `epoch` names the group, field or column that holds the epoch; `firstEpoch: 0` is for programs that count from 0.
 */
export type MetricsSource = (
  | { readonly from: 'stdout'; readonly pattern: string }
  | { readonly from: 'stdout'; readonly format: 'jsonl' }
  /** `path` may hold placeholders; a relative one is looked up in the attempt's folder. */
  | { readonly from: 'file'; readonly path: string; readonly format: 'csv' | 'jsonl' }
) & { readonly epoch: string; readonly firstEpoch: 0 | 1 }

/** The study file's `executor` section: its own options as written; the executor gives the rest. */
export interface ExecutorSection {
  readonly type: string
  readonly [option: string]: Json | undefined
}

/**
 * What is trained and where: the part of a study that no algorithm sees. Plain JSON, recorded beside the definition in `StudyCreated.program`.
 */
export interface Program {
  /** Null: somebody else's loop trains (`ask`, `tell`, an in-process objective). */
  readonly command: string | readonly string[] | null
  readonly shell: boolean
  readonly env: { readonly [name: string]: string }
  /** Absolute: the study file's folder. Commands run here; relative paths of the file start here. */
  readonly folder: string
  /** The study file itself, absolute; null where the study was made by the library. */
  readonly file: string | null
  readonly metrics: MetricsSource | null
  readonly executor: ExecutorSection
  /** The study directory as written (relative to `folder`); null = `foretune/<name>/` beside the store's file. */
  readonly directory: string | null
  /** What `definition.resumable` was concluded from, so that a message can say so. */
  readonly resumableBecause: 'said' | 'placeholder' | 'client' | 'noClient'
  /** The study file's fields as written: tells a user's change from a default that has changed since. */
  readonly written: { readonly [field: string]: Json | undefined }
}

export function programAsJson(program: Program): Json {
  return program as unknown as Json
}

/** What `StudyCreated.program` holds was written by `programAsJson`, and the chain of hashes vouches for it. */
export function programFromJson(json: Json): Program {
  return json as unknown as Program
}
