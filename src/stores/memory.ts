/**
 * A store that ends with its process: for tests, for the library's `store: 'memory'` and for the simulator, which appends millions of events and
 * crashes controllers between any two of them. Events are kept as they are given; their text and hashes are made when somebody reads.
 * `close` keeps the logs, so that a second controller can go on where a crashed one stopped.
 */
import { assert } from '../core/trial.ts'
import type { Json } from '../core/trial.ts'
import { trialOf } from '../core/study/events.ts'
import type { Event } from '../core/study/events.ts'
import type { Lease, Request, Store, StoredEvent, StudySummary } from '../ports.ts'
import { chainHash, decodeEvent, encodeEvent, genesisHash } from '../wire/event-line.ts'
import { decodeJson, encodeJson } from '../wire/exact-json.ts'
import { storeConflict, studyIsRunning, studyNotFound } from './store-errors.ts'

export interface MemoryOptions {
  /**
   * Asked before every append with the number that its first event would get: whether the controller crashes there, before the append
   * took effect or after it. Its lease is void from then on.
   */
  readonly failAppend?: (seq: number) => false | 'before' | 'after'
  /** Whether the process that holds a lease lives; default: as long as its controller did not crash. */
  readonly isAlive?: (owner: { readonly host: string; readonly pid: number }) => boolean
  /** The time of a request; default: the system's clock. */
  readonly now?: () => number
}

/** What a controller sees when the simulator crashes it. */
export class SimulatedCrash extends Error {
  override readonly name: string = 'SimulatedCrash'
}

interface Study {
  readonly events: Event[]
  /** As far as they were asked for. */
  readonly hashes: string[]
  fence: number
  owner: { readonly host: string; readonly pid: number } | null
}

interface KeptRequest extends Request {
  readonly study: string
  answer: string | undefined
}

const chunk = 5_000

export function memoryStore(options: MemoryOptions = {}): Store {
  return new MemoryStore(options)
}

class MemoryStore implements Store {
  readonly location = 'memory'
  readonly #options: MemoryOptions
  readonly #studies = new Map<string, Study>()
  readonly #requests: KeptRequest[] = []

  constructor(options: MemoryOptions) {
    this.#options = options
  }

  async studies(): Promise<readonly StudySummary[]> {
    return [...this.#studies].map(([name, study]) => {
      const owner = this.#livingOwner(study)
      return { name, lastSeq: study.events.length, owner: owner === null ? null : { ...owner, fence: study.fence } }
    })
  }

  async acquire(name: string, owner: { readonly host: string; readonly pid: number }): Promise<Lease> {
    const study = this.#studies.get(name) ?? { events: [], hashes: [], fence: 0, owner: null }
    this.#studies.set(name, study)
    const other = this.#livingOwner(study)
    if (other !== null) throw studyIsRunning(name, other)
    study.owner = { host: owner.host, pid: owner.pid }
    const fence = (study.fence += 1)
    return {
      study: name,
      fence,
      renew: async () => {
        if (!owns(study, fence)) throw storeConflict(name, `lease ${fence} is no longer the newest`, { fence })
      },
      release: async () => {
        if (study.fence === fence) study.owner = null
      },
    }
  }

  async append(lease: Lease, expectedSeq: number, events: readonly Event[]): Promise<void> {
    const { fence } = lease
    const study = this.#studies.get(lease.study)
    if (study === undefined || !owns(study, fence)) {
      throw storeConflict(lease.study, `lease ${fence} is no longer the newest`, { fence })
    }
    const lastSeq = study.events.length
    if (lastSeq !== expectedSeq) {
      const problem = `expected event ${expectedSeq} to be the last one, it is ${lastSeq}`
      throw storeConflict(lease.study, problem, { expectedSeq, lastSeq })
    }
    const crash = this.#options.failAppend?.(lastSeq + 1) ?? false
    if (crash !== 'before') for (const event of events) study.events.push(event)
    if (crash === false) return
    study.owner = null
    throw new SimulatedCrash(`crashed ${crash} the append of event ${lastSeq + 1} of study "${lease.study}"`)
  }

  async *read(
    name: string,
    options: { readonly fromSeq?: number; readonly trial?: number } = {},
  ): AsyncGenerator<readonly StoredEvent[]> {
    const study = this.#studies.get(name)
    if (study === undefined) return
    const { trial } = options
    const lastSeq = study.events.length
    for (let from = Math.max(1, options.fromSeq ?? 1); from <= lastSeq; from += chunk) {
      const to = Math.min(from + chunk - 1, lastSeq)
      hashUpTo(study, to)
      const events: StoredEvent[] = []
      for (let seq = from; seq <= to; seq += 1) {
        const event = study.events[seq - 1] as Event
        if (trial === undefined || trialOf(event) === trial)
          events.push({ seq, event, hash: study.hashes[seq - 1] as string })
      }
      if (events.length > 0) yield events
    }
  }

  async lastSeq(name: string): Promise<number> {
    return this.#studies.get(name)?.events.length ?? 0
  }

  /** Objects can be altered only by a bug of ours: what would not come back from a real store is one. */
  async check(name: string): Promise<readonly { readonly seq: number | null; readonly problem: string }[]> {
    const study = this.#studies.get(name)
    if (study === undefined) return [{ seq: null, problem: `there is no study "${name}"` }]
    hashUpTo(study, study.events.length)
    let previous = genesisHash
    for (const [index, event] of study.events.entries()) {
      const body = encodeEvent(event)
      decodeEvent(body, name, index + 1)
      previous = chainHash(previous, index + 1, body)
      if (previous !== study.hashes[index]) return [{ seq: index + 1, problem: 'it was altered after it was read' }]
    }
    return []
  }

  async request(study: string, type: string, data: Json): Promise<number> {
    if (!this.#studies.has(study)) throw studyNotFound(study, this.location, [...this.#studies.keys()])
    const id = this.#requests.length + 1
    const at = (this.#options.now ?? Date.now)()
    this.#requests.push({ id, at, type, data: decodeJson(encodeJson(data)), study, answer: undefined })
    return id
  }

  async requests(study: string, afterId: number): Promise<readonly Request[]> {
    return this.#requests
      .slice(Math.max(0, afterId))
      .filter((request) => request.study === study)
      .map(({ id, at, type, data }) => ({ id, at, type, data }))
  }

  async answer(study: string, id: number, answer: Json): Promise<void> {
    const request = this.#requests[id - 1]
    assert(request?.study === study, `request ${id} of study "${study}", which is answered, is there`)
    request.answer = encodeJson(answer)
  }

  async answered(study: string, id: number): Promise<Json | undefined> {
    const request = this.#requests[id - 1]
    return request?.study === study && request.answer !== undefined ? decodeJson(request.answer) : undefined
  }

  async close(): Promise<void> {}

  #livingOwner(study: Study): Study['owner'] {
    return study.owner !== null && (this.#options.isAlive?.(study.owner) ?? true) ? study.owner : null
  }
}

function owns(study: Study, fence: number): boolean {
  return study.owner !== null && study.fence === fence
}

function hashUpTo(study: Study, seq: number): void {
  for (let last = study.hashes.length; last < seq; last += 1) {
    study.hashes.push(
      chainHash(study.hashes[last - 1] ?? genesisHash, last + 1, encodeEvent(study.events[last] as Event)),
    )
  }
}
