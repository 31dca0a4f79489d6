/**
 * One connection to a SQLite file: the only place that names node:sqlite.
 *
 * The states: `open` (everything), `broken` (a write failed after it had begun, so that what the file holds must be read anew: everything is
 * refused until it is opened again), `closed`. All work inside one `read` or `write` is synchronous, so that transactions of one connection
 * never interleave. A lock held elsewhere is waited for in the event loop, not in SQLite, which would stop the whole process.
 */
import { DatabaseSync } from 'node:sqlite'
import type { SQLInputValue, StatementSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { assert } from '../core/trial.ts'
import { storeBroken, storeReadOnly } from './store-errors.ts'
import { isBusy, isSqliteError, translateSqliteError } from './sqlite-errors.ts'

/** How long SQLite itself may wait: longer than another's usual commit, too short to be felt. */
const blockingWaitMs = 20
const retryMsMax = 100

export interface SqliteFileOptions {
  readonly readOnly: boolean
  /** Nobody can write it: no locks and no shared memory are needed. */
  readonly isImmutable?: boolean
  /** How long a lock of another process is waited for. */
  readonly lockWaitMs: number
}

export class SqliteFile {
  readonly location: string
  readonly #database: DatabaseSync
  readonly #readOnly: boolean
  readonly #lockWaitMs: number
  readonly #statements = new Map<string, StatementSync>()
  #broken: Error | null = null
  #isClosed = false

  constructor(location: string, options: SqliteFileOptions) {
    this.location = location
    const name = options.isImmutable === true ? `${pathToFileURL(location).href}?immutable=1` : location
    this.#readOnly = options.readOnly
    this.#lockWaitMs = options.lockWaitMs
    try {
      this.#database = new DatabaseSync(name, { readOnly: options.readOnly, timeout: blockingWaitMs })
    } catch (error) {
      throw translateSqliteError(error, location)
    }
  }

  get isBroken(): boolean {
    return this.#broken !== null
  }

  /** Rows are arrays: half the cost of objects. The statement is kept. */
  rows(sql: string, ...values: readonly SQLInputValue[]): readonly (readonly unknown[])[] {
    return this.#statement(sql).all(...values) as unknown as readonly (readonly unknown[])[]
  }

  row(sql: string, ...values: readonly SQLInputValue[]): readonly unknown[] | undefined {
    return this.#statement(sql).get(...values) as unknown as readonly unknown[] | undefined
  }

  /** The number of rows it changed. */
  run(sql: string, ...values: readonly SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).changes)
  }

  script(sql: string): void {
    this.#database.exec(sql)
  }

  async read<T>(work: () => T): Promise<T> {
    return this.#retrying(work)
  }

  /** Whole or not at all, and durable when it resolves. An error of ours thrown by `work` undoes it and breaks nothing. */
  async write<T>(work: () => T): Promise<T> {
    if (this.#readOnly) throw storeReadOnly(this.location)
    return this.#retrying(() => {
      this.#database.exec('begin immediate')
      try {
        const result = work()
        this.#database.exec('commit')
        return result
      } catch (error) {
        throw this.#undo(error)
      }
    })
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#statements.clear()
    this.#database.close()
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = this.#database.prepare(sql)
      statement.setReturnArrays(true)
      this.#statements.set(sql, statement)
    }
    return statement
  }

  async #retrying<T>(work: () => T): Promise<T> {
    const startedMs = performance.now()
    for (let waitMs = 1; ; waitMs = Math.min(2 * waitMs, retryMsMax)) {
      assert(!this.#isClosed, 'a closed store is not used')
      if (this.#broken !== null) throw storeBroken(this.location, this.#broken)
      try {
        return work()
      } catch (error) {
        const waitedMs = Math.round(performance.now() - startedMs)
        if (!isBusy(error) || waitedMs >= this.#lockWaitMs) throw translateSqliteError(error, this.location, waitedMs)
      }
      await delay(waitMs)
    }
  }

  #undo(error: unknown): unknown {
    if (isSqliteError(error)) this.#broken = error as Error
    // SQLite has undone it by itself after some errors.
    if (this.#database.isTransaction) this.#database.exec('rollback')
    return translateSqliteError(error, this.location)
  }
}
