/**
 * One attempt as processes of this machine, from its order to its end.
 *
 * - `waiting`  ordered, no slot yet. -> `running` by `launch` or `adopt`; -> `over` by `stop`, or refused by the system.
 * - `running`  the wrapper lives, or lived when last looked at. -> `leaving` when it is gone.
 * - `leaving`  the wrapper is gone; what it left behind is asked to go, then killed. -> `over` when nothing lives any more.
 * - `over`     everything was read and told, the slot is free.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { resolve } from 'node:path'
import type { Outcome } from '../core/trial.ts'
import type { AttemptOrder, Observation } from '../ports.ts'
import { type Limit, type ProcessFile, type Said, parseLine, protocolVersion } from '../wire/attempt-folder.ts'
import type { Reading } from '../wire/metrics-source.ts'
import { AttemptFiles, sizeOf } from './attempt-files.ts'
import { type MemoryKills, endOf, lastLine, outcomeOf } from './classify.ts'
import { type Surroundings, prepareCommand, refusalOf } from './local-command.ts'
import type { AttemptPaths } from './local-options.ts'
import { keepNewestHalf } from './output-limit.ts'
import { isAlive } from './process-tree.ts'
import { ReportLines } from './report-lines.ts'
import type { Slot, SlotPool } from './slots.ts'
import { Tail } from './tail.ts'
import { Termination } from './termination.ts'
import { wrapperRefused } from './wrapper.ts'

/** What all attempts of an executor share. */
export interface LocalWorld extends Surroundings {
  readonly pool: SlotPool
  readonly memoryKills: MemoryKills
  observe(observation: Observation): void
  ended(attempt: LocalAttempt): void
}

/** Of every so many looks at an adopted attempt one asks whether its wrapper lives; the others only look for its `exit`. */
const looksPerLife = 5
/** A wrapper that does not complete its `process` within so many looks died over it. */
const looksForProcess = 50
const outputLimitBytesDefault = 100_000_000

export class LocalAttempt {
  readonly order: AttemptOrder
  readonly #world: LocalWorld
  readonly #of: { readonly trial: number; readonly attempt: number }
  readonly #paths: AttemptPaths
  readonly #files: AttemptFiles
  readonly #lines: ReportLines
  #state: 'waiting' | 'running' | 'leaving' | 'over' = 'waiting'
  #slot: Slot | null = null
  #limit: Limit
  #isLimitWritten = false
  #program = ''
  #child: ChildProcess | null = null
  /** Of an adopted attempt; null while its wrapper has not said who it is. */
  #process: ProcessFile | null = null
  #looks = 0
  /** Null: the wrapper is gone without a word. */
  #status: number | null = null
  #tail: Tail | null = null
  #readEnd: () => Reading | null = () => null
  #termination: Termination | null = null
  #isCutting = false

  constructor(world: LocalWorld, order: AttemptOrder, linesRead: number, paths: AttemptPaths) {
    this.#world = world
    this.order = order
    this.#of = { trial: order.trial, attempt: order.attempt }
    this.#paths = paths
    this.#files = new AttemptFiles(paths.attempt, paths.checkpoint)
    this.#lines = new ReportLines(this.#of, linesRead, (observation) => world.observe(observation))
    this.#limit = { until: order.until, leave: false }
  }

  get isOver(): boolean {
    return this.#state === 'over'
  }

  launch(slot: Slot): void {
    this.#slot = slot
    try {
      if (!this.#files.makeFolders() && this.#files.isTaken) return this.#takeOver()
      this.#writeFolder()
      this.#spawn(slot)
    } catch (error) {
      this.#refuse((error as Error).message)
    }
  }

  /** False if nobody started it yet. */
  adopt(): boolean {
    if (!this.#files.isTaken) return false
    this.#takeOver()
    return true
  }

  limit(limit: Limit): void {
    this.#limit = limit
    this.#isLimitWritten = false
    if (this.#state === 'running') this.#writeLimit()
  }

  stop(graceMs: number): void {
    if (this.#state === 'waiting')
      this.#over({ type: 'killed', signal: 'SIGTERM', detail: 'stopped before it was started' })
    else this.#termination?.ask(graceMs)
  }

  /** The safety net of every second or so. */
  check(): void {
    this.#tail?.check()
    if (this.#state !== 'running') return
    if (!this.#isLimitWritten) this.#writeLimit()
    if (this.#world.options.metrics?.file !== 'stdout') this.#limitOutput(this.#files.path('stdout'))
    this.#limitOutput(this.#files.path('stderr'))
  }

  /** More often: what a child's exit event and the kernel's watches tell of others. */
  checkAdopted(): void {
    if (this.#tail?.isWatched === false) this.#tail.read()
    if (this.#state !== 'running' || this.#child !== null) return
    this.#status = this.#files.exit
    if (this.#status !== null) return this.#left()
    this.#process ??= this.#files.process
    const looks = this.#looks++
    if (this.#process === null) {
      if (looks > looksForProcess) this.#left()
    } else if (looks % looksPerLife === 0 && !isAlive(this.#process)) {
      this.#status = this.#files.exit
      this.#left()
    }
  }

  /** The controller leaves; the program goes on. */
  letGo(): void {
    this.#state = 'over'
    this.#tail?.close()
    this.#termination?.close()
    this.#child?.removeAllListeners('exit')
    this.#child?.unref()
  }

  #writeFolder(): void {
    const { order } = this
    const { options } = this.#world
    const metricsOffset = this.#metricsPath === null ? 0 : sizeOf(this.#metricsPath)
    this.#files.writeAttempt({
      protocol: protocolVersion,
      study: options.study,
      ...this.#of,
      seed: order.seed,
      configuration: order.configuration,
      from: order.from,
      until: this.#limit.until,
      max: order.max,
      linger: options.lingerMs / 1000,
      resumable: options.resumable === true,
      checkpoint: this.#paths.checkpoint,
      ...(metricsOffset > 0 ? { metricsOffset } : {}),
    })
    this.#files.writeUntil(this.#limit)
    this.#isLimitWritten = true
    if (this.#metricsPath === null) this.#files.createReports()
  }

  #spawn(slot: Slot): void {
    const { program, file, args, env, cwd } = prepareCommand(this.#world, this.order, this.#paths, slot)
    this.#program = program
    const child = this.#files.withLogs((stdout, stderr) =>
      spawn(file, args, { cwd, env, detached: true, stdio: ['ignore', stdout, stderr] }),
    )
    child.on('error', (error) => {
      if (child.pid === undefined) this.#refuse(refusalOf(error, cwd))
    })
    if (child.pid === undefined) return
    this.#child = child
    child.once('exit', (code, signal) => this.#wrapperExited(code ?? 128 + constants.signals[signal ?? 'SIGKILL']))
    this.#run({ pid: child.pid, isKnown: true })
  }

  /** Somebody started it before: an earlier controller, or one that died just now. */
  #takeOver(): void {
    this.#child = null
    this.#process = this.#files.process
    const slot = this.#process?.slot ?? null
    if (slot !== null && slot !== this.#slot?.index) {
      const own = this.#world.pool.retake(slot)
      if (own !== null && this.#slot !== null) this.#world.pool.release(this.#slot)
      this.#slot = own ?? this.#slot
    }
    const isKnown = this.#process !== null && isAlive(this.#process)
    const known = this.#files.until
    if (known?.leave === true && this.#limit.until <= known.until) this.#limit = known
    this.#isLimitWritten = known !== null && known.until >= this.#limit.until
    this.#run({ pid: this.#process?.pid ?? 0, isKnown })
    if (!this.#isLimitWritten) this.#writeLimit()
    this.checkAdopted()
  }

  #run(leader: { readonly pid: number; readonly isKnown: boolean }): void {
    this.#state = 'running'
    this.#termination?.close()
    this.#termination = new Termination(
      { ...leader, folder: this.#paths.attempt },
      { graceMs: this.#world.options.graceMs, onGone: () => this.#finish() },
    )
    // A wrapper that found another one at work leads here a second time.
    if (this.#tail !== null) return
    const process = { pid: leader.pid === 0 ? null : leader.pid, slot: this.#slot?.index ?? null }
    this.#world.observe({ type: 'started', ...this.#of, process })
    // The observer may have closed the executor.
    if (!this.isOver) this.#follow()
  }

  #follow(): void {
    const { metrics } = this.#world.options
    if (metrics === undefined) {
      this.#tail = new Tail(this.#files.path('reports'), {
        ends: 'newline',
        onLine: ({ text, problem }) => {
          const said: Said | null = problem === undefined ? parseLine(text) : { type: 'problem', why: problem }
          if (said !== null) this.#lines.add(text, said)
        },
        onAnew: () => this.#lines.anew(),
      })
    } else {
      let reader = metrics.reader(this.order)
      this.#readEnd = () => reader.end()
      this.#tail = new Tail(this.#metricsPath ?? this.#files.path('stdout'), {
        ends: 'newline or return',
        offset: metrics.file === 'stdout' ? 0 : this.#files.metricsOffset,
        onLine: ({ text }) => this.#addReading(text, reader.read(text)),
        onAnew: () => {
          this.#lines.anew()
          reader = metrics.reader(this.order)
        },
      })
    }
    this.#tail.read()
  }

  #addReading(text: string, reading: Reading | null): void {
    if (reading === null) return
    this.#lines.add(
      text,
      'problem' in reading ? { type: 'problem', why: reading.problem } : { type: 'report', ...reading },
    )
  }

  /** The program's own metrics file; null where reports come through the client or standard output. */
  get #metricsPath(): string | null {
    const file = this.#world.options.metrics?.file ?? 'stdout'
    return file === 'stdout' ? null : resolve(this.#paths.attempt, file(this.order, this.#paths))
  }

  #wrapperExited(status: number): void {
    if (status === wrapperRefused) {
      const { process } = this.#files
      if (process === null) return this.#refuse(`nothing can be written into ${this.#files.folder}: ${this.#lastError}`)
      if (process.pid !== this.#child?.pid) return this.#takeOver()
    }
    this.#status = status
    this.#left()
  }

  #left(): void {
    this.#state = 'leaving'
    this.#termination?.leaderLeft()
  }

  #finish(): void {
    this.#tail?.end()
    this.#addReading('', this.#readEnd())
    const isOurs = this.#termination?.hasKilled === true
    if (this.#status === null && !isOurs)
      return this.#over({ type: 'lost', detail: 'its processes are gone, without an exit status' })
    const status = this.#status ?? 128 + constants.signals.SIGKILL
    this.#over(
      outcomeOf({
        status,
        program: this.#program,
        stderr: status === 0 ? '' : endOf(this.#files.path('stderr')),
        hadMemoryKill: status !== 0 && this.#world.memoryKills.hadOne,
        isOurs,
      }),
    )
  }

  #refuse(detail: string): void {
    this.#over({ type: 'refused', detail })
  }

  #over(outcome: Outcome): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    this.#tail?.close()
    this.#termination?.close()
    if (this.#slot !== null) this.#world.pool.release(this.#slot)
    this.#world.observe({ type: 'ended', ...this.#of, outcome })
    this.#world.ended(this)
  }

  #writeLimit(): void {
    try {
      this.#files.writeUntil(this.#limit)
      this.#isLimitWritten = true
    } catch {
      // A full disk may have room again: `check` tries again, and the trial trains to the limit that it knows.
      this.#isLimitWritten = false
    }
  }

  #limitOutput(path: string): void {
    const limit = this.#world.options.outputLimitBytes ?? outputLimitBytesDefault
    if (this.#isCutting || sizeOf(path) <= limit) return
    this.#isCutting = true
    // If it cannot be cut now, the next check tries again.
    void keepNewestHalf(path, limit)
      .catch(() => undefined)
      .finally(() => (this.#isCutting = false))
  }

  get #lastError(): string {
    return lastLine(endOf(this.#files.path('stderr')))
  }
}
