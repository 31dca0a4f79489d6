/**
 * Follows a file that a program appends to: every line once, in order, soon after it was written.
 *
 * The kernel's word (inotify through `fs.watch`) makes it soon; `check`, called now and then, is the safety net for file systems that give
 * none, for files that do not exist yet, and for files that were replaced. A file that became shorter, or another file, is read from
 * its beginning (`onAnew`).
 */
import { type FSWatcher, closeSync, fstatSync, openSync, readSync, statSync, watch } from 'node:fs'
import { type Line, LineCutter, type LineEnds } from './lines.ts'

export interface TailOptions {
  readonly ends: LineEnds
  /** Where the part that interests us begins. */
  readonly offset?: number
  readonly onLine: (line: Line) => void
  readonly onAnew: () => void
}

/** One read never holds up the loop for more than this much; the rest follows in the next turn. */
const bytesPerTurn = 4 * 1024 * 1024
const buffer = Buffer.allocUnsafeSlow(64 * 1024)

export class Tail {
  readonly #path: string
  readonly #cutter: LineCutter
  readonly #onAnew: () => void
  #offset: number
  #fd: number | null = null
  #inode = 0
  #watcher: FSWatcher | null = null
  #isClosed = false

  constructor(path: string, options: TailOptions) {
    this.#path = path
    this.#cutter = new LineCutter(options.ends, options.onLine)
    this.#onAnew = options.onAnew
    this.#offset = options.offset ?? 0
  }

  /** False where only `check` finds new lines. */
  get isWatched(): boolean {
    return this.#watcher !== null
  }

  /** Reads what there is to read. */
  read(bytesMax: number = bytesPerTurn): void {
    if (this.#isClosed || (this.#fd === null && !this.#open())) return
    try {
      if (this.#readSome(bytesMax)) setImmediate(() => this.read())
    } catch (error) {
      if ((error as NodeJS.ErrnoException).syscall === undefined) throw error
      // A network file system lost the file for a moment: it is opened again, and read on, at the next check.
      this.#closeFile()
    }
  }

  /** True if it stopped at `bytesMax`, with more to come. */
  #readSome(bytesMax: number): boolean {
    for (let bytes = 0; this.#fd !== null && bytes < bytesMax;) {
      const count = readSync(this.#fd, buffer, 0, buffer.length, this.#offset)
      if (count === 0 && fstatSync(this.#fd).size < this.#offset) {
        this.#anew()
        continue
      }
      this.#offset += count
      bytes += count
      if (count > 0) this.#cutter.push(buffer.subarray(0, count))
      if (count < buffer.length) return false
    }
    return this.#fd !== null
  }

  /** The safety net: finds what the watcher did not tell. */
  check(): void {
    if (this.#fd !== null && inodeOf(this.#path) !== this.#inode) {
      this.read(Infinity)
      if (inodeOf(this.#path) === null) return
      this.#closeFile()
    }
    this.read()
  }

  /** The program is gone: the rest of the file, its last line too if no newline ends it. */
  end(): void {
    this.check()
    this.read(Infinity)
    this.#cutter.end()
    this.close()
  }

  close(): void {
    this.#isClosed = true
    this.#closeFile()
  }

  #anew(): void {
    this.#offset = 0
    this.#cutter.clear()
    this.#onAnew()
  }

  #open(): boolean {
    try {
      this.#fd = openSync(this.#path, 'r')
    } catch {
      // Not there yet, or no file handles left: the next check tries again.
      return false
    }
    const inode = fstatSync(this.#fd).ino
    if (this.#inode !== 0 && this.#inode !== inode) this.#anew()
    this.#inode = inode
    try {
      this.#watcher = watch(this.#path, { persistent: false }, () => this.read())
      this.#watcher.on('error', () => this.#unwatch())
    } catch {
      // The system's watches are used up: `isWatched` says so, and the caller checks more often.
      this.#watcher = null
    }
    return true
  }

  #unwatch(): void {
    this.#watcher?.close()
    this.#watcher = null
  }

  #closeFile(): void {
    this.#unwatch()
    if (this.#fd !== null) closeSync(this.#fd)
    this.#fd = null
  }
}

function inodeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? null
}
