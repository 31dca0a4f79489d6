/**
 * Group commit: calls that arrive while a transaction is under way or waited for share the next one, in the order of the calls. Each call is
 * whole or absent by itself: one whose lease or number does not fit is refused, and the others are written.
 */
import { trialOf } from '../core/study/events.ts'
import type { Event } from '../core/study/events.ts'
import type { Lease } from '../ports.ts'
import { chainHash, encodeEvent } from '../wire/event-line.ts'
import type { ForetuneError } from '../errors.ts'
import type { SqliteFile } from './sqlite-file.ts'
import { ownsStudy } from './sqlite-lease.ts'
import type { Tail } from './sqlite-lease.ts'
import { storeConflict } from './store-errors.ts'

interface Call {
  readonly lease: Lease
  readonly expectedSeq: number
  readonly trials: readonly (number | null)[]
  readonly bodies: readonly string[]
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** A transaction takes no further call beyond this many events, so that it does not hold up the event loop for long. */
const eventsMax = 20_000
/** Rows in one statement: most of the cost of an insert is the call into SQLite. */
const rowsInStatement = 16

const columns = 'insert into events (study, seq, trial, body, hash) values '
const insertOne = `${columns}(?, ?, ?, ?, ?)`
const insertMany = columns + Array<string>(rowsInStatement).fill('(?, ?, ?, ?, ?)').join(', ')

export class AppendQueue {
  readonly #file: SqliteFile
  /** Where the studies that we own end, by name. */
  readonly #owned = new Map<string, { readonly fence: number; tail: Tail }>()
  #waiting: Call[] = []
  #draining: Promise<void> | null = null

  constructor(file: SqliteFile) {
    this.#file = file
  }

  own(name: string, fence: number, tail: Tail): void {
    this.#owned.set(name, { fence, tail })
  }

  disown(name: string, fence: number): void {
    if (this.#owned.get(name)?.fence === fence) this.#owned.delete(name)
  }

  append(lease: Lease, expectedSeq: number, events: readonly Event[]): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    // Written down at once: what the caller does with its events later does not matter.
    this.#waiting.push({
      lease,
      expectedSeq,
      trials: events.map(trialOf),
      bodies: events.map(encodeEvent),
      resolve,
      reject,
    })
    this.#draining ??= this.#drain()
    return promise
  }

  /** Resolves when every call so far has its answer. */
  async settled(): Promise<void> {
    await this.#draining
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Gathers what this turn of the event loop still brings, and lets timers and input have theirs between two commits.
      await new Promise(setImmediate)
      await this.#commit()
    }
    this.#draining = null
  }

  async #commit(): Promise<void> {
    let calls: readonly Call[] = []
    const moved = new Map<string, Tail>()
    try {
      const refusals = await this.#file.write(() => {
        calls = this.#take()
        return calls.map((call) => this.#insert(call, moved))
      })
      for (const [name, tail] of moved) {
        const owned = this.#owned.get(name)
        if (owned !== undefined) owned.tail = tail
      }
      for (const [index, call] of calls.entries()) {
        const refusal = refusals[index]
        if (refusal) call.reject(refusal)
        else call.resolve()
      }
    } catch (error) {
      const failed = calls.length > 0 ? calls : this.#waiting.splice(0)
      for (const call of failed) call.reject(error)
    }
  }

  #take(): readonly Call[] {
    let events = 0
    const end = this.#waiting.findIndex((call) => (events += call.bodies.length) > eventsMax)
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : Math.max(1, end))
  }

  #insert(call: Call, moved: Map<string, Tail>): ForetuneError | null {
    const { study, fence } = call.lease
    const owned = this.#owned.get(study)
    const isNewest = owned?.fence === fence && (moved.has(study) || ownsStudy(this.#file, owned.tail.study, fence))
    if (!isNewest) return storeConflict(study, `lease ${fence} is no longer the newest`, { fence })
    const tail = moved.get(study) ?? owned.tail
    if (tail.seq !== call.expectedSeq) {
      const problem = `expected event ${call.expectedSeq} to be the last one, it is ${tail.seq}`
      return storeConflict(study, problem, { expectedSeq: call.expectedSeq, lastSeq: tail.seq })
    }
    moved.set(study, insertRows(this.#file, tail, call))
    return null
  }
}

function insertRows(file: SqliteFile, tail: Tail, call: Call): Tail {
  const { study } = tail
  let { seq, hash } = tail
  const values: (string | number | null)[] = []
  for (const [index, body] of call.bodies.entries()) {
    seq += 1
    hash = chainHash(hash, seq, body)
    values.push(study, seq, call.trials[index] ?? null, body, hash)
    if (values.length === 5 * rowsInStatement) file.run(insertMany, ...values.splice(0))
  }
  for (let from = 0; from < values.length; from += 5) file.run(insertOne, ...values.slice(from, from + 5))
  file.run('update studies set last_seq = ?, last_hash = ? where id = ?', seq, hash, study)
  return { study, seq, hash }
}
