import { isUtf8 } from 'node:buffer'

/** Bytes into lines: what is not ended yet waits; what is longer than `lineBytesMax` is told by its beginning and costs no memory. */

export const lineBytesMax: number = 1024 * 1024
const beginningBytes = 1000

export interface Line {
  readonly text: string
  /** Why the text is not what was written. */
  readonly problem?: string
}

export type LineEnds = 'newline' | 'newline or return'

export class LineCutter {
  readonly #ends: LineEnds
  readonly #onLine: (line: Line) => void
  #held: Buffer[] = []
  #heldBytes = 0

  constructor(ends: LineEnds, onLine: (line: Line) => void) {
    this.#ends = ends
    this.#onLine = onLine
  }

  /** The bytes are not kept: the caller may use their memory again. */
  push(bytes: Buffer): void {
    const hasReturns = this.#ends === 'newline or return' && bytes.includes(13)
    let start = 0
    for (;;) {
      const end = this.#nextEnd(bytes, start, hasReturns)
      if (end === -1) break
      this.#line(bytes.subarray(start, end))
      start = end + 1
    }
    if (start < bytes.length) this.#hold(bytes.subarray(start))
  }

  /** The file will not grow any more: its last line counts, ended or not. */
  end(): void {
    if (this.#heldBytes > 0) this.#line(Buffer.alloc(0))
  }

  clear(): void {
    this.#held = []
    this.#heldBytes = 0
  }

  #nextEnd(bytes: Buffer, start: number, hasReturns: boolean): number {
    const newline = bytes.indexOf(10, start)
    if (!hasReturns) return newline
    const carriageReturn = bytes.indexOf(13, start)
    return newline === -1 || carriageReturn === -1
      ? Math.max(newline, carriageReturn)
      : Math.min(newline, carriageReturn)
  }

  #hold(bytes: Buffer): void {
    const room = this.#heldBytes <= lineBytesMax ? bytes.length : 0
    if (room > 0) this.#held.push(Buffer.from(bytes))
    this.#heldBytes += bytes.length
  }

  #line(rest: Buffer): void {
    const size = this.#heldBytes + rest.length
    const bytes = this.#held.length === 0 ? rest : Buffer.concat([...this.#held, rest])
    this.clear()
    if (size > lineBytesMax) {
      const text = bytes.toString('utf8', 0, beginningBytes)
      return this.#onLine({ text, problem: `a line of ${size} bytes; the longest that is read has ${lineBytesMax}` })
    }
    this.#onLine(
      isUtf8(bytes) ? { text: bytes.toString('utf8') } : { text: bytes.toString('utf8'), problem: 'not UTF-8' },
    )
  }
}
