import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { ForetuneError } from '../errors.ts'
import type { Out } from './command.ts'

const chunkLength = 1 << 16

/** Writes into a file that has its name only once it is whole. */
export class FileOut implements Out {
  readonly #path: string
  readonly #temporary: string
  readonly #file: number
  #pending: string[] = []
  #length = 0

  constructor(path: string) {
    this.#path = path
    this.#temporary = `${path}.${process.pid}`
    try {
      this.#file = openSync(this.#temporary, 'w')
    } catch (cause) {
      throw outputUnwritable(path, cause)
    }
  }

  write(text: string): void {
    this.#pending.push(text)
    this.#length += text.length
    if (this.#length >= chunkLength) this.#flush()
  }

  /** The file is there when it returns. */
  finish(): void {
    this.#flush()
    closeSync(this.#file)
    renameSync(this.#temporary, this.#path)
  }

  abandon(): void {
    closeSync(this.#file)
    rmSync(this.#temporary, { force: true })
  }

  #flush(): void {
    try {
      const bytes = Buffer.from(this.#pending.join(''))
      for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at)
    } catch (cause) {
      throw outputUnwritable(this.#path, cause)
    }
    this.#pending = []
    this.#length = 0
  }
}

/** What `write` puts out, in the file `path`, or in `out` where none is named. */
export async function writeTo(
  path: string | undefined,
  out: Out,
  write: (out: Out) => void | Promise<void>,
): Promise<void> {
  if (path === undefined) return write(out)
  const file = new FileOut(path)
  try {
    await write(file)
  } catch (error) {
    file.abandon()
    throw error
  }
  file.finish()
}

export function outputUnwritable(path: string, cause: unknown): ForetuneError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new ForetuneError('OUTPUT_UNWRITABLE', `Cannot write ${path}: ${why}. Name another file.`, {
    details: { path },
    cause,
    exit: 3,
  })
}
