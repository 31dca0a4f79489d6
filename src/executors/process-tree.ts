/**
 * Which processes of this machine belong to an attempt, and whether they still live. Linux tells it in /proc; elsewhere only the
 * process group is known.
 *
 * A process belongs to an attempt if it is in the wrapper's session or group, if its parent belongs, or if it carries the attempt's
 * folder in its environment: that finds children which made a session of their own and whose parent is gone. One that does both and
 * also clears its environment is found only while its parent lives. A zombie is gone.
 */
import { readdirSync, readFileSync } from 'node:fs'

interface ProcessInfo {
  readonly pid: number
  readonly state: string
  readonly parent: number
  readonly group: number
  readonly session: number
  /** Clock ticks after boot. */
  readonly started: string
}

/** The wrapper of an attempt. `isKnown`: seen alive by us, so that its number, as a group, cannot mean somebody else's by now. */
export interface Leader {
  readonly pid: number
  /** The attempt's folder, as in `FORETUNE_ATTEMPT`. */
  readonly folder: string
  readonly isKnown: boolean
}

const hasProc: boolean = readIfThere('/proc/self/stat') !== null

const boot: string | null = readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? null

function processInfo(pid: number): ProcessInfo | null {
  const text = readIfThere(`/proc/${pid}/stat`)
  if (text === null) return null
  // The name in parentheses may hold anything, blanks and parentheses too: fields are counted after the last one.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return {
    pid,
    state: fields[0] ?? '',
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    started: fields[19] ?? '',
  }
}

/** True if exactly this process runs, not a later one with its number. */
export function isAlive(process: {
  readonly pid: number
  readonly started: string | null
  readonly boot: string | null
}): boolean {
  if (!hasProc || process.started === null) return signal(process.pid, 0)
  if (process.boot !== boot) return false
  const info = processInfo(process.pid)
  return info !== null && info.started === process.started && !isGone(info)
}

/** Every living process of the attempt but its leader. Without /proc: its whole group as one, under the group's negative number. */
export function members(leader: Leader): { readonly pid: number }[] {
  if (!hasProc) return leader.isKnown && signal(-leader.pid, 0) ? [{ pid: -leader.pid }] : []
  let others = livingProcesses().filter((info) => info.pid !== leader.pid && info.pid !== process.pid)
  const mine = new Set<number>(leader.isKnown ? [leader.pid] : [])
  const found: ProcessInfo[] = []
  const take = (isMine: (info: ProcessInfo) => boolean): boolean => {
    const [taken, left] = [others.filter(isMine), others.filter((info) => !isMine(info))]
    for (const info of taken) mine.add(info.pid)
    found.push(...taken)
    others = left
    return taken.length > 0
  }
  const marked = new Set(others.filter((info) => isMarked(info, leader)).map((info) => info.pid))
  take((info) => marked.has(info.pid))
  while (take((info) => mine.has(info.parent)));
  return found
}

/** The leader's direct children: what it runs as the program. */
export function childrenOf(pid: number): { readonly pid: number }[] {
  if (!hasProc) return signal(-pid, 0) ? [{ pid: -pid }] : []
  return livingProcesses().filter((info) => info.parent === pid)
}

/**
 * What is left of an attempt whose leader is gone. A walk over all processes of a large machine costs tens of milliseconds; while the
 * attempt is `young`, whatever it started has a number between the leader's and the last one given out, and mostly there are none.
 */
export function remains(leader: Leader, young: boolean): { readonly pid: number }[] {
  if (hasProc && young && leader.isKnown && !signal(-leader.pid, 0)) {
    const last = lastPid()
    if (last >= leader.pid && last - leader.pid <= 64) {
      let isClear = true
      for (let pid = leader.pid + 1; pid <= last && isClear; pid++) isClear = !hasMark(pid, leader.folder)
      if (isClear) return []
    }
  }
  return members(leader)
}

/** False if there is no such process (or group: a negative number). A process that may not be signalled is there. */
export function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, name)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function livingProcesses(): ProcessInfo[] {
  return readdirSync('/proc').flatMap((name) => {
    const info = /^\d+$/.test(name) ? processInfo(Number(name)) : null
    return info === null || isGone(info) ? [] : [info]
  })
}

function isGone(info: ProcessInfo): boolean {
  return info.state === 'Z' || info.state === 'X'
}

function isMarked(info: ProcessInfo, leader: Leader): boolean {
  if (leader.isKnown && (info.group === leader.pid || info.session === leader.pid)) return true
  return hasMark(info.pid, leader.folder)
}

function hasMark(pid: number, folder: string): boolean {
  const environment = readIfThere(`/proc/${pid}/environ`)
  return environment !== null && `\0${environment}`.includes(`\0FORETUNE_ATTEMPT=${folder}\0`)
}

/** The last number given to a process or thread of this process's namespace; 0 if nobody tells. */
function lastPid(): number {
  return Number(readIfThere('/proc/sys/kernel/ns_last_pid') ?? readIfThere('/proc/loadavg')?.split(' ')[4] ?? 0)
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
