/**
 * Who says when a trial's loop goes on. Alone, a process reads the `until` file and hears SIGTERM. Of several ranks the first one does, and
 * appends what it decides to `ranks` before it acts on it; the others do what is written there, and wait where nothing is yet.
 *
 * At a SIGTERM the first rank lets everybody finish the next epoch: the others may be in it already, and find the line at its end. That
 * needs one collective operation an epoch, which training on several ranks has.
 */
import { appendFileSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type AttemptFile,
  type Verdict,
  attemptFiles,
  finishedEpochFile,
  formatHandover,
  formatVerdict,
  parseUntil,
  parseVerdict,
} from '../wire/attempt-folder.ts'

export interface Lead {
  /** Aborted when the trial is asked to save and leave. */
  readonly signal: AbortSignal
  /** This process's reports are the trial's. */
  readonly speaks: boolean
  /** The epoch after which training begins. */
  start(): number
  hearSignals(): void
  finish(epoch: number): void
  goesOn(finished: number): Promise<boolean>
}

export function leadOf(folder: string, attempt: AttemptFile, environment: NodeJS.ProcessEnv): Lead {
  const { rank, size } = rankOf(environment)
  if (size === 1) return new Alone(folder, attempt)
  // A launcher that restarts all ranks within the attempt gets a fresh file each time.
  const restarts = environment['TORCHELASTIC_RESTART_COUNT'] ?? '0'
  const ranks = join(folder, restarts === '0' ? attemptFiles.ranks : `${attemptFiles.ranks}.${restarts}`)
  return rank === 0 ? new First(folder, attempt, ranks) : new Follower(ranks)
}

class Alone implements Lead {
  readonly speaks = true
  readonly #folder: string
  readonly #attempt: AttemptFile
  readonly #abort = new AbortController()
  #startedAfter: number | null = null
  protected until: number

  constructor(folder: string, attempt: AttemptFile) {
    this.#folder = folder
    this.#attempt = attempt
    this.until = attempt.until
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** What saved nothing in its checkpoint cannot go on and begins anew. */
  start(): number {
    this.#startedAfter ??= this.#attempt.resumable && hasSaved(this.#attempt.checkpoint) ? this.#marked() : 0
    return this.#startedAfter
  }

  #marked(): number {
    const epoch = Number(textOf(join(this.#attempt.checkpoint, finishedEpochFile)) ?? 0)
    return Number.isSafeInteger(epoch) ? epoch : 0
  }

  hearSignals(): void {
    process.on('SIGTERM', () => this.#abort.abort())
  }

  finish(epoch: number): void {
    const mark = join(this.#attempt.checkpoint, finishedEpochFile)
    mkdirSync(this.#attempt.checkpoint, { recursive: true })
    writeFileSync(`${mark}.new`, `${epoch}\n`)
    renameSync(`${mark}.new`, mark)
  }

  async goesOn(finished: number): Promise<boolean> {
    if (this.signal.aborted) {
      this.handOver(finished)
      return false
    }
    return finished < this.until || this.waitForMore(finished)
  }

  protected handOver(finished: number): void {
    this.readUntil()
    if (finished < this.until) appendFileSync(join(this.#folder, attemptFiles.reports), formatHandover(finished))
  }

  /** At the limit: lingers in case it is raised. True if it was. */
  protected async waitForMore(finished: number): Promise<boolean> {
    const deadline = performance.now() + this.#attempt.linger * 1000
    for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 2, 200)) {
      const isReleased = this.readUntil()
      if (finished < this.until) return true
      const isPatient = performance.now() < deadline && !this.signal.aborted
      if (isReleased || finished >= this.#attempt.max || !isPatient) return false
      await sleep(pauseMs)
    }
  }

  /** Learns the limit; true if the trial need not linger. */
  protected readUntil(): boolean {
    const limit = parseUntil(textOf(join(this.#folder, attemptFiles.until)) ?? '')
    this.until = Math.max(this.until, limit?.until ?? 0)
    return limit?.leave ?? false
  }
}

class First extends Alone {
  readonly #ranks: string
  #leavesAt: number | null = null
  #hasStarted = false

  constructor(folder: string, attempt: AttemptFile, ranks: string) {
    super(folder, attempt)
    this.#ranks = ranks
  }

  override start(): number {
    const epoch = super.start()
    if (!this.#hasStarted) {
      this.#hasStarted = true
      this.readUntil()
      this.#say({ type: 'start', epoch }, { type: 'go', epoch: Math.max(this.until, epoch) })
    }
    return epoch
  }

  override async goesOn(finished: number): Promise<boolean> {
    if (this.#leavesAt === null && finished >= this.until) {
      const goesOn = await this.waitForMore(finished)
      this.#say(goesOn ? { type: 'go', epoch: this.until } : { type: 'leave', epoch: finished })
      return goesOn
    }
    if (this.signal.aborted && this.#leavesAt === null) {
      this.#leavesAt = finished + 1
      this.#say({ type: 'leave', epoch: this.#leavesAt })
    }
    if (this.#leavesAt === null || finished < this.#leavesAt) return true
    this.handOver(finished)
    return false
  }

  #say(...verdicts: readonly Verdict[]): void {
    appendFileSync(this.#ranks, verdicts.map(formatVerdict).join(''))
  }
}

class Follower implements Lead {
  readonly speaks = false
  /** Never aborted: the first rank takes the others along. */
  readonly signal: AbortSignal = new AbortController().signal
  readonly #ranks: string
  #startedAfter: number | null = null
  #until = 0
  #leavesAt: number | null = null

  constructor(ranks: string) {
    this.#ranks = ranks
  }

  /** Blocks: there is nothing that this process could do before it knows. */
  start(): number {
    for (;;) {
      this.#listen()
      if (this.#startedAfter !== null) return this.#startedAfter
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
    }
  }

  hearSignals(): void {
    process.on('SIGTERM', () => {})
  }

  finish(): void {}

  async goesOn(finished: number): Promise<boolean> {
    this.#listen()
    await this.#wait(() => this.#leavesAt !== null || finished < this.#until)
    return finished < (this.#leavesAt ?? this.#until)
  }

  async #wait(isKnown: () => boolean): Promise<void> {
    for (let pauseMs = 2; !isKnown(); pauseMs = Math.min(pauseMs * 2, 100)) {
      this.#listen()
      if (!isKnown()) await sleep(pauseMs)
    }
  }

  #listen(): void {
    const lines = (textOf(this.#ranks) ?? '').split('\n').slice(0, -1)
    for (const verdict of lines.map(parseVerdict)) {
      if (verdict?.type === 'start') this.#startedAfter = verdict.epoch
      if (verdict?.type === 'go') this.#until = verdict.epoch
      if (verdict?.type === 'leave') this.#leavesAt = verdict.epoch
    }
  }
}

/** Launchers and how they name a process's rank and their number: torchrun, Open MPI, MPICH and Intel MPI, Slurm's srun. */
const rankNames = [
  ['RANK', 'WORLD_SIZE'],
  ['OMPI_COMM_WORLD_RANK', 'OMPI_COMM_WORLD_SIZE'],
  ['PMI_RANK', 'PMI_SIZE'],
  ['SLURM_PROCID', 'SLURM_STEP_NUM_TASKS', 'SLURM_NTASKS'],
  ['LOCAL_RANK', 'LOCAL_WORLD_SIZE'],
] as const

export function rankOf(environment: NodeJS.ProcessEnv): { readonly rank: number; readonly size: number } {
  const numberOf = (name: string): number | undefined =>
    /^\d+$/.test(environment[name] ?? '') ? Number(environment[name]) : undefined
  for (const [rankName, ...sizeNames] of rankNames) {
    const rank = numberOf(rankName)
    if (rank === undefined) continue
    const size = sizeNames.map(numberOf).find((number) => number !== undefined) ?? 1
    return { rank, size: Math.max(size, rank + 1) }
  }
  return { rank: 0, size: 1 }
}

function hasSaved(checkpoint: string): boolean {
  try {
    return readdirSync(checkpoint).some((name) => !name.startsWith(finishedEpochFile))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
