/** The files of one attempt on disk. Everything here is synchronous and small; what fails throws the system's error. */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as wire from '../wire/attempt-folder.ts'

export class AttemptFiles {
  readonly folder: string
  readonly checkpoint: string

  constructor(folder: string, checkpoint: string) {
    this.folder = folder
    this.checkpoint = checkpoint
  }

  path(file: keyof typeof wire.attemptFiles): string {
    return join(this.folder, wire.attemptFiles[file])
  }

  /** False if the folder was there before. */
  makeFolders(): boolean {
    const isNew = mkdirSync(this.folder, { recursive: true }) !== undefined
    mkdirSync(this.checkpoint, { recursive: true })
    return isNew
  }

  /** A wrapper was here: what it started must not be started again. */
  get isTaken(): boolean {
    return existsSync(this.path('process')) || existsSync(this.path('exit'))
  }

  writeAttempt(attempt: wire.AttemptFile): void {
    writeFileSync(this.path('configuration'), wire.formatAttempt(attempt))
  }

  /** Where the program's own metrics file began for this attempt. */
  get metricsOffset(): number {
    const text = readIfThere(this.path('configuration'))
    return text === null ? 0 : (wire.parseAttempt(text).metricsOffset ?? 0)
  }

  writeUntil(limit: wire.Limit): void {
    const path = this.path('until')
    writeFileSync(`${path}.new`, wire.formatUntil(limit))
    renameSync(`${path}.new`, path)
  }

  get until(): wire.Limit | null {
    return wire.parseUntil(readIfThere(this.path('until')) ?? '')
  }

  /** Null: not there, or not complete yet. */
  get process(): wire.ProcessFile | null {
    return wire.parseProcess(readIfThere(this.path('process')) ?? '')
  }

  /** Null: not there, or not complete yet. */
  get exit(): number | null {
    return wire.parseExit(readIfThere(this.path('exit')) ?? '')
  }

  /** In append mode, so that a log can be cut while the program writes. */
  withLogs<T>(use: (stdout: number, stderr: number) => T): T {
    const stdout = openSync(this.path('stdout'), 'a')
    try {
      const stderr = openSync(this.path('stderr'), 'a')
      try {
        return use(stdout, stderr)
      } finally {
        closeSync(stderr)
      }
    } finally {
      closeSync(stdout)
    }
  }

  /** There from the start, so that it can be watched. */
  createReports(): void {
    closeSync(openSync(this.path('reports'), 'a'))
  }
}

export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
