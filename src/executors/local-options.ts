import type { AttemptOrder } from '../ports.ts'
import type { MetricsReader } from '../wire/metrics-source.ts'
import type { SlotOptions } from './slots.ts'

/** Absolute paths. */
export interface AttemptPaths {
  readonly attempt: string
  readonly checkpoint: string
}

export interface Command {
  readonly argv: readonly string[]
  /** Added to the controller's environment; undefined takes a variable away. */
  readonly env?: { readonly [name: string]: string | undefined }
  /** Default: the controller's. */
  readonly cwd?: string
}

/** Where metrics come from when the program does not use the client. */
export interface LocalMetrics {
  /** A relative path is looked up in the attempt's folder. */
  readonly file: 'stdout' | ((order: AttemptOrder, paths: AttemptPaths) => string)
  /** A fresh reader for every reading of an attempt's lines: it may remember a header, or count. */
  readonly reader: (order: AttemptOrder) => MetricsReader
}

export interface LocalExecutorOptions extends SlotOptions {
  /** Tells this study from others that used the same directory before (a hash of its first event); trials of another one are put aside. */
  readonly study: string
  readonly directory: string
  readonly command: (order: AttemptOrder, paths: AttemptPaths) => Command
  readonly lingerMs: number
  /** From SIGTERM to SIGKILL for what a program leaves behind when it ends by itself. */
  readonly graceMs: number
  readonly resumable: boolean | 'restart'
  readonly metrics?: LocalMetrics
  /** For each of the two logs; default 100 MB. The one that metrics are read from is never cut. */
  readonly outputLimitBytes?: number
  /** How often to look where no file system event tells; default 1000. */
  readonly pollMs?: number
}
