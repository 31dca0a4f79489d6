/**
 * Whether the process that holds a lease still lives.
 *
 * On the same kernel and in the same space of process numbers the kernel is asked: a pid counts only with its start time, so that a reused
 * number is not taken for the owner, and no clock is involved. A host that was restarted since has no old processes. In another container
 * of the same kernel the age of the heartbeat counts by the kernel's uptime, which never jumps; on another host by the clocks of the two hosts,
 * in either direction, so that a clock set back does not keep a dead owner alive for ever. Where there is no /proc, the pid must exist and
 * the heartbeat be fresh.
 */
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** How long a heartbeat counts. Renew a lease at least three times as often. */
export const heartbeatMs: number = 30_000

export interface OwnerRecord {
  readonly host: string
  readonly pid: number
  /** The kernel's boot id; null where there is none to be had. */
  readonly boot: string | null
  /** The space in which `pid` is a number. */
  readonly namespace: string | null
  /** The start time of `pid` in clock ticks since boot. */
  readonly started: string | null
  readonly heartbeatAt: number
  readonly heartbeatUptime: number
}

/** What the world says now; the real one is `thisMachine`. */
export interface Surroundings {
  readonly host: string
  readonly boot: string | null
  readonly namespace: string | null
  readonly now: number
  readonly uptime: number
  /** The start time of a living process in our space of numbers, or null. */
  startOf(pid: number): string | null
  /** Whether some process has this number. */
  exists(pid: number): boolean
}

export function ownerLives(owner: OwnerRecord, here: Surroundings): boolean {
  const isFresh = Math.abs(here.now - owner.heartbeatAt) < heartbeatMs
  if (owner.boot !== null && owner.boot === here.boot) {
    if (owner.namespace === here.namespace) return owner.started !== null && here.startOf(owner.pid) === owner.started
    return here.uptime - owner.heartbeatUptime < heartbeatMs
  }
  if (owner.host !== here.host) return isFresh
  return owner.boot === null && here.boot === null && isFresh && here.exists(owner.pid)
}

export function recordOwner(owner: { readonly host: string; readonly pid: number }, here: Surroundings): OwnerRecord {
  return {
    host: owner.host,
    pid: owner.pid,
    boot: here.boot,
    namespace: here.namespace,
    started: here.startOf(owner.pid),
    heartbeatAt: here.now,
    heartbeatUptime: here.uptime,
  }
}

export function thisMachine(): Surroundings {
  return {
    host: hostname(),
    boot: orNull(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    namespace: orNull(() => readlinkSync('/proc/self/ns/pid')),
    now: Date.now(),
    uptime: Number(process.hrtime.bigint() / 1_000_000n),
    startOf,
    exists,
  }
}

function startOf(pid: number): string | null {
  const stat = orNull(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  if (stat === null) return null
  // The command's name, in parentheses, may hold spaces and parentheses itself: state and start time are counted from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const isGone = fields[0] === 'Z' || fields[0] === 'X'
  return isGone ? null : (fields[19] ?? null)
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** /proc is a matter of the platform, and its files come and go with processes: not there means not known. */
function orNull(read: () => string): string | null {
  try {
    return read()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
    return null
  }
}
