/**
 * Attempts as processes of this machine.
 *
 * Every attempt has a folder (`wire/attempt-folder.ts`), a wrapper in a session of its own (`wrapper.ts`), and output in files: it goes on
 * when the controller dies, and the next controller takes it over. An attempt has ended when nothing of it lives any more and all that
 * it wrote was read; only then is its slot given away.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import type { Json } from '../core/trial.ts'
import type { AttemptOrder, Executor, Observation } from '../ports.ts'
import { attemptFolder, checkpointFolder } from '../wire/attempt-folder.ts'
import { MemoryKills } from './classify.ts'
import { LocalAttempt, type LocalWorld } from './local-attempt.ts'
import type { LocalExecutorOptions } from './local-options.ts'
import { SlotPool, planSlots } from './slots.ts'

export type { AttemptPaths, Command, LocalExecutorOptions, LocalMetrics } from './local-options.ts'

/** Adopted attempts have no exit event: their `exit` file is looked for this often. */
const adoptedPollMs = 100
const memorySampleMs = 5000

export function localExecutor(options: LocalExecutorOptions): Executor {
  return new LocalExecutor(options)
}

class LocalExecutor implements Executor {
  readonly name = 'local'
  readonly slots: number
  readonly #options: LocalExecutorOptions
  readonly #directory: string
  readonly #world: LocalWorld
  readonly #pool: SlotPool
  readonly #live = new Map<string, LocalAttempt>()
  /** The newest attempt of each trial that was ever ordered here: an order is carried out once. */
  readonly #ordered = new Map<number, number>()
  readonly #deletions = new Set<Promise<void>>()
  #observe: (observation: Observation) => void = () => {}
  #queue: (() => void)[] = []
  #waiting: LocalAttempt[] = []
  #timers: NodeJS.Timeout[] = []
  #isClosed = false

  constructor(options: LocalExecutorOptions) {
    const slots = planSlots(options)
    this.slots = slots.length
    this.#options = options
    this.#directory = resolve(options.directory)
    this.#pool = new SlotPool(slots)
    this.#world = {
      options,
      environment: { ...process.env },
      taskset: options.cores === undefined ? null : findProgram('taskset'),
      pool: this.#pool,
      memoryKills: new MemoryKills(),
      observe: (observation) => {
        if (!this.#isClosed) this.#observe(observation)
      },
      ended: (attempt) => this.#ended(attempt),
    }
  }

  async open(observe: (observation: Observation) => void): Promise<void> {
    this.#observe = observe
    putOtherStudyAside(this.#directory, this.#options.study)
  }

  start(order: AttemptOrder): void {
    this.#begin(order, (attempt) => this.#waiting.push(attempt))
  }

  adopt(order: AttemptOrder, linesRead: number, _process: Json | undefined): void {
    this.#begin(
      order,
      (attempt) => {
        if (!attempt.adopt()) this.#waiting.push(attempt)
      },
      linesRead,
    )
  }

  limit(trial: number, attempt: number, until: number, leave: boolean): void {
    this.#live.get(keyOf({ trial, attempt }))?.limit({ until, leave })
  }

  stop(trial: number, attempt: number, graceMs: number): void {
    const live = this.#live.get(keyOf({ trial, attempt }))
    if (live !== undefined) this.#later(() => live.stop(graceMs))
  }

  deleteCheckpoint(trial: number): void {
    const folder = join(this.#directory, checkpointFolder(trial))
    // What cannot be deleted stays: it takes room and harms nobody.
    const deletion = rm(folder, { recursive: true, force: true, maxRetries: 3 })
      .catch(() => undefined)
      .finally(() => this.#deletions.delete(deletion))
    this.#deletions.add(deletion)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#stopTimers()
    for (const attempt of this.#live.values()) attempt.letGo()
    this.#live.clear()
    await Promise.all(this.#deletions)
  }

  #begin(order: AttemptOrder, first: (attempt: LocalAttempt) => void, linesRead = 0): void {
    if ((this.#ordered.get(order.trial) ?? 0) >= order.attempt) return
    this.#ordered.set(order.trial, order.attempt)
    const attempt = new LocalAttempt(this.#world, order, linesRead, {
      attempt: join(this.#directory, attemptFolder(order.trial, order.attempt)),
      checkpoint: join(this.#directory, checkpointFolder(order.trial)),
    })
    this.#live.set(keyOf(order), attempt)
    this.#later(() => first(attempt))
  }

  /** Never within the call of the runtime; all that one turn ordered goes together, the adopted before the new ones, which take what slots are left. */
  #later(action: () => void): void {
    this.#queue.push(action)
    if (this.#queue.length > 1) return
    setImmediate(() => {
      const actions = this.#queue
      this.#queue = []
      if (this.#isClosed) return
      for (const each of actions) each()
      this.#startWaiting()
    })
  }

  #startWaiting(): void {
    while (this.#waiting.length > 0 && !this.#isClosed) {
      if (this.#waiting[0]?.isOver === true) {
        this.#waiting.shift()
        continue
      }
      const slot = this.#pool.take()
      if (slot === null) break
      this.#waiting.shift()?.launch(slot)
    }
    if (this.#live.size > 0 && this.#timers.length === 0) this.#startTimers()
  }

  #ended(attempt: LocalAttempt): void {
    this.#live.delete(keyOf(attempt.order))
    if (this.#live.size === 0) this.#stopTimers()
    this.#later(() => {})
  }

  #startTimers(): void {
    const each = (ms: number, action: () => void): void => void this.#timers.push(setInterval(action, ms))
    const attempts = (): LocalAttempt[] => [...this.#live.values()]
    each(adoptedPollMs, () => attempts().forEach((attempt) => attempt.checkAdopted()))
    each(this.#options.pollMs ?? 1000, () => attempts().forEach((attempt) => attempt.check()))
    each(memorySampleMs, () => this.#world.memoryKills.sample())
  }

  #stopTimers(): void {
    for (const timer of this.#timers) clearInterval(timer)
    this.#timers = []
  }
}

function keyOf(of: { readonly trial: number; readonly attempt: number }): string {
  return `${of.trial}/${of.attempt}`
}

/** Folders are named after trial numbers, which every study counts from 0: what another study left must be taken for nobody's attempt. */
function putOtherStudyAside(directory: string, study: string): void {
  mkdirSync(directory, { recursive: true })
  const mark = join(directory, '.study')
  const trials = join(directory, 'trials')
  if (existsSync(mark) && readFileSync(mark, 'utf8') === study) return
  for (let n = 1; existsSync(trials); n++) if (!existsSync(`${trials}.${n}`)) renameSync(trials, `${trials}.${n}`)
  writeFileSync(`${mark}.new`, study)
  renameSync(`${mark}.new`, mark)
}

function findProgram(name: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null
}
