/** The default store: one SQLite file, any number of studies, readers beside a running controller. */
import { setImmediate } from 'node:timers/promises'
import { assert } from '../core/trial.ts'
import type { Json } from '../core/trial.ts'
import type { Event } from '../core/study/events.ts'
import type { Lease, Request, Store, StoredEvent, StudySummary } from '../ports.ts'
import { decodeEvent } from '../wire/event-line.ts'
import { decodeJson, encodeJson } from '../wire/exact-json.ts'
import { AppendQueue } from './sqlite-append.ts'
import { checkSqlite } from './sqlite-check.ts'
import type { Problem } from './sqlite-check.ts'
import type { SqliteFile } from './sqlite-file.ts'
import { giveUpLease, livingOwner, readTail, releaseLease, renewLease, takeLease } from './sqlite-lease.ts'
import { openSqliteFile } from './sqlite-open.ts'
import type { SqliteOptions } from './sqlite-open.ts'
import { storeCorrupt, studyNotFound } from './store-errors.ts'

/** Events in one chunk of `read`: a few milliseconds of work between two turns of the event loop. */
const chunk = 4_000
/** Rows looked at for one trial's events at once. */
const chunkOfTrial = 20_000

export async function sqliteStore(path: string, options: SqliteOptions = {}): Promise<Store> {
  return new SqliteStore(await openSqliteFile(path, options))
}

class SqliteStore implements Store {
  readonly #file: SqliteFile
  readonly #appends: AppendQueue
  readonly #leases = new Map<Lease, number>()

  constructor(file: SqliteFile) {
    this.#file = file
    this.#appends = new AppendQueue(file)
  }

  get location(): string {
    return `sqlite:${this.#file.location}`
  }

  studies(): Promise<readonly StudySummary[]> {
    const file = this.#file
    return file.read(() =>
      (file.rows('select id, name, last_seq from studies order by id') as [number, string, number][]).map(
        ([study, name, lastSeq]) => ({ name, lastSeq, owner: livingOwner(file, study) }),
      ),
    )
  }

  async acquire(study: string, owner: { readonly host: string; readonly pid: number }): Promise<Lease> {
    const file = this.#file
    const { fence, tail } = await takeLease(file, study, owner)
    const lease: Lease = {
      study,
      fence,
      renew: () => renewLease(file, study, tail.study, fence),
      release: () => this.#release(lease),
    }
    this.#leases.set(lease, tail.study)
    this.#appends.own(study, fence, tail)
    return lease
  }

  async append(lease: Lease, expectedSeq: number, events: readonly Event[]): Promise<void> {
    await this.#appends.append(lease, expectedSeq, events)
  }

  async *read(
    study: string,
    options: { readonly fromSeq?: number; readonly trial?: number } = {},
  ): AsyncGenerator<readonly StoredEvent[]> {
    const file = this.#file
    // What is appended meanwhile is not waited for: the reading ends, beside a writer of any speed.
    const tail = await file.read(() => readTail(file, study))
    if (tail === undefined) return
    const { trial } = options
    const step = trial === undefined ? chunk : chunkOfTrial
    const sql = `select seq, body, hash from events where study = ? and seq between ? and ?${trial === undefined ? '' : ' and trial = ?'} order by seq`
    for (let from = Math.max(1, options.fromSeq ?? 1); from <= tail.seq; from += step) {
      const to = Math.min(from + step - 1, tail.seq)
      const rows = await file.read(() => file.rows(sql, tail.study, from, to, ...(trial === undefined ? [] : [trial])))
      if (trial === undefined && rows.length !== to - from + 1) {
        throw storeCorrupt(file.location, `events are missing between ${from} and ${to} of study "${study}"`, { study })
      }
      if (rows.length > 0) yield rows.map((row) => storedEvent(row, study))
      await setImmediate()
    }
  }

  async lastSeq(study: string): Promise<number> {
    return (await this.#file.read(() => readTail(this.#file, study)))?.seq ?? 0
  }

  check(study: string): Promise<readonly Problem[]> {
    return checkSqlite(this.#file, study)
  }

  request(study: string, type: string, data: Json): Promise<number> {
    const file = this.#file
    const sql =
      'insert into requests (study, at, type, data) select id, ?, ?, ? from studies where name = ? returning id'
    return file.write(() => {
      const row = file.row(sql, Date.now(), type, encodeJson(data), study)
      if (row !== undefined) return row[0] as number
      const known = file.rows('select name from studies order by id').map(([name]) => String(name))
      throw studyNotFound(study, file.location, known)
    })
  }

  requests(study: string, afterId: number): Promise<readonly Request[]> {
    const sql = `select requests.id, at, type, data from requests join studies on studies.id = requests.study
      where name = ? and requests.id > ? order by requests.id`
    return this.#file.read(() =>
      (this.#file.rows(sql, study, afterId) as [number, number, string, string][]).map(([id, at, type, data]) => ({
        id,
        at,
        type,
        data: decodeJson(data),
      })),
    )
  }

  async answer(study: string, id: number, answer: Json): Promise<void> {
    const sql = 'update requests set answer = ? where id = ? and study = (select id from studies where name = ?)'
    const changed = await this.#file.write(() => this.#file.run(sql, encodeJson(answer), id, study))
    assert(changed === 1, `request ${id} of study "${study}", which is answered, is there`)
  }

  async answered(study: string, id: number): Promise<Json | undefined> {
    const sql = 'select answer from requests where id = ? and study = (select id from studies where name = ?)'
    const answer = (await this.#file.read(() => this.#file.row(sql, id, study)))?.[0]
    return typeof answer === 'string' ? decodeJson(answer) : undefined
  }

  /** Hands back the leases that are still held. */
  async close(): Promise<void> {
    try {
      await this.#appends.settled()
      for (const [lease, study] of this.#leases) {
        if (this.#file.isBroken) giveUpLease(this.#file, study, lease.fence)
        else await this.#release(lease)
      }
    } finally {
      this.#file.close()
    }
  }

  async #release(lease: Lease): Promise<void> {
    const study = this.#leases.get(lease)
    if (study === undefined) return
    await this.#appends.settled()
    this.#appends.disown(lease.study, lease.fence)
    await releaseLease(this.#file, study, lease.fence)
    this.#leases.delete(lease)
  }
}

function storedEvent(row: readonly unknown[], study: string): StoredEvent {
  const [seq, body, hash] = row as readonly [number, string, string]
  return { seq, event: decodeEvent(body, study, seq), hash }
}
