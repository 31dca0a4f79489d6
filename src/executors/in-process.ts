/**
 * Attempts as calls of an asynchronous function in this process: what the library's `study.run(objective)` trains.
 *
 * A function cannot be killed. `stop` aborts its signal; one that has not returned after the grace is given up: its attempt ends as
 * killed, its slot is used again, and whatever it reports later is refused.
 */
import type { Configuration, Metrics, Outcome } from '../core/trial.ts'
import type { AttemptOrder, Executor, Observation } from '../ports.ts'
import { type LastReport, afterReport, checkedReport, isRepeated, nothingReported } from '../wire/report-rules.ts'

/** What an objective sees of its trial. */
export interface InProcessTrial<C = Configuration> {
  readonly number: number
  readonly configuration: C
  readonly seed: number
  /** The last epoch that was reported before this attempt; 0 at first. */
  readonly from: number
  /** The epoch to train to, as far as is known now. */
  readonly until: number
  /** True if an earlier attempt left a checkpoint. */
  readonly resumed: boolean
  /** Aborted when the trial is to save and return. */
  readonly signal: AbortSignal
  /** Kept in memory between the attempts of a trial. `set` means: with this value, training goes on after the epoch under way. */
  readonly checkpoint: { get(): unknown; set(value: unknown): void }
  /**
   * The epochs to train: those after the checkpoint, or all from 1 on without one. At its limit it waits for more, and ends when there is
   * none, or when the trial is to return.
   */
  epochs(): AsyncGenerator<number, void, void>
  /** Reports the epoch under way, or the named one. Awaiting it lets the study look at it. */
  report(metrics: Metrics): Promise<void>
  report(epoch: number, metrics: Metrics): Promise<void>
}

export type InProcessObjective<C = Configuration> = (trial: InProcessTrial<C>) => Promise<unknown>

export interface InProcessOptions {
  readonly slots: number
  /** How long a trial holds its slot at its limit, waiting for more; default 20 s. */
  readonly lingerMs?: number
}

interface Checkpoint {
  readonly epoch: number
  readonly value: unknown
}

interface World {
  readonly objective: InProcessObjective
  readonly lingerMs: number
  readonly checkpoints: Map<number, Checkpoint>
  observe(observation: Observation): void
  ended(attempt: Attempt): void
}

export function inProcessExecutor(objective: InProcessObjective, options: InProcessOptions): Executor {
  const live = new Map<string, Attempt>()
  const ordered = new Map<number, number>()
  const waiting: Attempt[] = []
  let busy = 0
  let observer: (observation: Observation) => void = () => {}
  let isClosed = false

  const world: World = {
    objective,
    lingerMs: options.lingerMs ?? 20_000,
    checkpoints: new Map(),
    observe: (observation) => {
      if (!isClosed) observer(observation)
    },
    ended: (attempt) => {
      live.delete(attempt.key)
      if (attempt.wasStarted) busy--
      setImmediate(startWaiting)
    },
  }

  function startWaiting(): void {
    while (!isClosed && busy < options.slots) {
      const attempt = waiting.shift()
      if (attempt === undefined) return
      if (attempt.isOver) continue
      busy++
      attempt.start()
    }
  }

  function begin(order: AttemptOrder, linesRead: number, first: (attempt: Attempt) => void): void {
    if ((ordered.get(order.trial) ?? 0) >= order.attempt) return
    ordered.set(order.trial, order.attempt)
    const attempt = new Attempt(world, order, linesRead)
    live.set(attempt.key, attempt)
    first(attempt)
    setImmediate(startWaiting)
  }

  return {
    name: 'in-process',
    slots: options.slots,
    open: async (observe) => {
      observer = observe
    },
    start: (order) => begin(order, 0, (attempt) => waiting.push(attempt)),
    adopt: (order, linesRead, process) =>
      begin(order, linesRead, (attempt) => {
        if (process === undefined && linesRead === 0) waiting.push(attempt)
        else setImmediate(() => attempt.over({ type: 'lost', detail: 'the process that it ran in is gone' }))
      }),
    limit: (trial, attempt, until, leave) => live.get(keyOf({ trial, attempt }))?.limit(until, leave),
    stop: (trial, attempt, graceMs) => live.get(keyOf({ trial, attempt }))?.stop(graceMs),
    deleteCheckpoint: (trial) => void world.checkpoints.delete(trial),
    close: async () => {
      isClosed = true
      for (const attempt of live.values()) attempt.stop(0)
    },
  }
}

function keyOf(of: { readonly trial: number; readonly attempt: number }): string {
  return `${of.trial}/${of.attempt}`
}

class Attempt {
  readonly key: string
  wasStarted = false
  isOver = false
  readonly #world: World
  readonly #order: AttemptOrder
  readonly #of: { readonly trial: number; readonly attempt: number }
  readonly #abort = new AbortController()
  #line: number
  #until: number
  #isReleased = false
  /** The epoch whose loop body runs, and the last one whose body was finished. */
  #epoch: number
  #finished: number
  #last: LastReport = nothingReported
  #wake: () => void = () => {}
  #killTimer: NodeJS.Timeout | undefined
  #killAt = Infinity

  constructor(world: World, order: AttemptOrder, linesRead: number) {
    this.key = keyOf(order)
    this.#world = world
    this.#order = order
    this.#of = { trial: order.trial, attempt: order.attempt }
    this.#line = linesRead
    this.#until = order.until
    this.#finished = world.checkpoints.get(order.trial)?.epoch ?? 0
    this.#epoch = this.#finished
  }

  start(): void {
    this.wasStarted = true
    this.#world.observe({ type: 'started', ...this.#of, process: { pid: process.pid } })
    void this.#run()
  }

  limit(until: number, leave: boolean): void {
    this.#until = until
    this.#isReleased = leave
    this.#wake()
  }

  stop(graceMs: number): void {
    this.#abort.abort()
    this.#wake()
    const killAt = performance.now() + (this.wasStarted ? graceMs : 0)
    if (killAt >= this.#killAt) return
    this.#killAt = killAt
    clearTimeout(this.#killTimer)
    const outcome: Outcome = this.wasStarted
      ? { type: 'killed', signal: 'SIGKILL', detail: 'the function did not return after its signal was aborted' }
      : { type: 'killed', signal: 'SIGTERM', detail: 'stopped before it was started' }
    this.#killTimer = setTimeout(() => this.over(outcome), this.wasStarted ? graceMs : 0)
  }

  over(outcome: Outcome): void {
    if (this.isOver) return
    this.isOver = true
    clearTimeout(this.#killTimer)
    this.#world.observe({ type: 'ended', ...this.#of, outcome })
    this.#world.ended(this)
  }

  async #run(): Promise<void> {
    let outcome: Outcome = { type: 'exited', code: 0 }
    try {
      await this.#world.objective(this.#trial())
    } catch (error) {
      if (!this.#abort.signal.aborted) outcome = { type: 'exited', code: 1, detail: detailOf(error) }
    }
    if (this.isOver) return
    if (this.#abort.signal.aborted && this.#finished < this.#until)
      this.#world.observe({ type: 'handedOver', ...this.#of, line: ++this.#line, epoch: this.#finished })
    this.over(outcome)
  }

  #trial(): InProcessTrial {
    const { trial, configuration, seed, from } = this.#order
    const { checkpoints } = this.#world
    const until = (): number => this.#until
    return {
      number: trial,
      configuration,
      seed,
      from,
      get until() {
        return until()
      },
      resumed: checkpoints.has(trial),
      signal: this.#abort.signal,
      checkpoint: {
        get: () => checkpoints.get(trial)?.value,
        set: (value) => {
          if (!this.isOver) checkpoints.set(trial, { epoch: this.#epoch, value })
        },
      },
      epochs: () => this.#epochs(),
      report: (first: number | Metrics, second?: Metrics) =>
        typeof first === 'number' ? this.#report(first, second ?? {}) : this.#report(this.#epoch, first),
    }
  }

  async *#epochs(): AsyncGenerator<number, void, void> {
    do {
      while (this.#finished < this.#until && !this.#abort.signal.aborted) {
        this.#epoch = this.#finished + 1
        yield this.#epoch
        this.#finished = this.#epoch
        // An objective that never waits for anything must not keep the controller from its work.
        await new Promise((resolve) => setImmediate(resolve))
      }
    } while (await this.#hasMore())
  }

  /** Waits at the limit. */
  async #hasMore(): Promise<boolean> {
    const isAtEnd = (): boolean => this.#abort.signal.aborted || this.#isReleased || this.#until >= this.#order.max
    let isPatient = true
    const timer = setTimeout(() => {
      isPatient = false
      this.#wake()
    }, this.#world.lingerMs)
    while (isPatient && this.#finished >= this.#until && !isAtEnd())
      await new Promise<void>((resolve) => (this.#wake = resolve))
    clearTimeout(timer)
    return !this.#abort.signal.aborted && this.#finished < this.#until
  }

  async #report(epoch: number, metrics: Metrics): Promise<void> {
    if (this.isOver) throw new Error('the trial is over: it was asked to return and did not')
    const report = checkedReport(this.#last, epoch, metrics)
    if (!isRepeated(this.#last, report.epoch, report.metrics)) {
      this.#last = afterReport(this.#last, report.epoch, report.metrics)
      this.#world.observe({ type: 'report', ...this.#of, line: ++this.#line, ...report })
    }
    // A turn of the event loop, so that a function that never waits for anything cannot keep the study from deciding.
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function detailOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const place = error.stack?.split('\n').find((line) => line.trimStart().startsWith('at '))
  return `${error.name}: ${error.message}${place === undefined ? '' : ` (${place.trim()})`}`
}
