/**
 * Ends what an attempt runs, and finds out when nothing of it is left.
 *
 * - Asked to leave, only the program itself gets SIGTERM: its helpers (data loaders, ranks under a launcher) would die of it, and the program
 *   could not save. What the program leaves behind when it is gone gets its own SIGTERM.
 * - After the grace everything is killed, but the wrapper last, so that it can still write how the program ended.
 * - Processes that cannot be killed (waiting for a broken device) keep the attempt, and with it the slot.
 */
import { type Leader, childrenOf, members, remains, signal } from './process-tree.ts'

export interface TerminationOptions {
  /** For what is left behind by a program that nobody asked to leave. */
  readonly graceMs: number
  readonly onGone: () => void
}

/** A walk right after the start is a short one. */
const youngMs = 10_000
/** A wrapper that has nothing left to wait for writes one short file. */
const wrapperMs = 2000
const stepMsMax = 250

export class Termination {
  readonly #leader: Leader
  readonly #options: TerminationOptions
  readonly #bornAt = performance.now()
  #deadline = Infinity
  #isAsked = false
  #isHeard = false
  #isLeaderGone = false
  #areRemainsAsked = false
  #killedAt: number | null = null
  #stepMs = 5
  #timer: NodeJS.Timeout | undefined

  constructor(leader: Leader, options: TerminationOptions) {
    this.#leader = leader
    this.#options = options
  }

  /** True once something of the attempt was killed. */
  get hasKilled(): boolean {
    return this.#killedAt !== null
  }

  /** Asking again changes nothing, except that a shorter grace counts. */
  ask(graceMs: number): void {
    this.#deadline = Math.min(this.#deadline, performance.now() + graceMs)
    this.#isAsked = true
    this.#step()
  }

  /** The wrapper is gone: calls `onGone` as soon as the rest is gone too, perhaps at once. */
  leaderLeft(): void {
    this.#isLeaderGone = true
    this.#step()
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  #step(): void {
    clearTimeout(this.#timer)
    const waitMs = this.#isLeaderGone ? this.#clearRemains() : this.#endProgram()
    if (waitMs !== null) this.#timer = setTimeout(() => this.#step(), waitMs)
  }

  /** After the wrapper. Null: done. */
  #clearRemains(): number | null {
    const now = performance.now()
    const left = remains(this.#leader, now - this.#bornAt < youngMs)
    if (left.length === 0) {
      this.#options.onGone()
      return null
    }
    if (!this.#areRemainsAsked) this.#deadline = Math.min(this.#deadline, now + this.#options.graceMs)
    if (now >= this.#deadline) this.#kill(left)
    else if (!this.#areRemainsAsked) for (const { pid } of left) signal(pid, 'SIGTERM')
    this.#areRemainsAsked = true
    this.#stepMs = Math.min(this.#stepMs * 2, stepMsMax)
    return Math.max(1, Math.min(this.#stepMs, this.#deadline > now ? this.#deadline - now : Infinity))
  }

  /** While the wrapper lives. Null: nothing to do before it leaves. */
  #endProgram(): number | null {
    if (!this.#isAsked) return null
    const now = performance.now()
    if (now < this.#deadline) {
      if (!this.#isHeard) {
        // Right after the start there is no program yet that could hear it.
        for (const { pid } of childrenOf(this.#leader.pid)) this.#isHeard = signal(pid, 'SIGTERM') || this.#isHeard
        if (!this.#isHeard) return Math.min(20, this.#deadline - now)
      }
      return this.#deadline - now
    }
    const left = members(this.#leader)
    if (left.length === 0 && now - (this.#killedAt ?? now) > wrapperMs) signal(this.#leader.pid, 'SIGKILL')
    this.#kill(left)
    return 20
  }

  #kill(left: readonly { readonly pid: number }[]): void {
    this.#killedAt ??= performance.now()
    for (const { pid } of left) signal(pid, 'SIGKILL')
  }
}
