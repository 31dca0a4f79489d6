/** How an attempt ended, in the words of `Outcome`: from the status that the shell gave, what the program said last, and the kernel's count of kills. */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { constants } from 'node:os'
import type { Outcome } from '../core/trial.ts'

const signalNames = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]))

export interface Ending {
  /** As a shell gives it: 128 + n is signal n. */
  readonly status: number
  readonly program: string
  /** The end of what it wrote to standard error. */
  readonly stderr: string
  /** The kernel killed somebody for want of memory while it ran. */
  readonly hadMemoryKill: boolean
  /** We killed it. */
  readonly isOurs: boolean
}

/** Said last by frameworks and runtimes that ran out of memory, on the machine or on a GPU. */
const memoryMessages =
  /out of memory|OutOfMemory|MemoryError|std::bad_alloc|Cannot allocate memory|heap out of memory|RESOURCE_EXHAUSTED|CUBLAS_STATUS_ALLOC_FAILED|oom-kill|worker .*killed by signal: Killed/i

export function outcomeOf(ending: Ending): Outcome {
  const { status, stderr, isOurs } = ending
  if (status === 0) return { type: 'exited', code: 0 }
  const signal = status > 128 ? signalNames.get(status - 128) : undefined
  const isMemory = !isOurs && (memoryMessages.test(stderr) || (signal === 'SIGKILL' && ending.hadMemoryKill))
  const detail = detailOf(ending)
  return {
    ...(signal === undefined ? { type: 'exited', code: status } : { type: 'killed', signal }),
    ...(isMemory ? { outOfMemory: true } : {}),
    ...(detail === '' ? {} : { detail }),
  }
}

/** What a shell says itself when a signal ended its command. */
const shellWords =
  /^(Killed|Terminated|Hangup|Aborted|Alarm clock|Bus error|Segmentation fault|Illegal instruction|Floating point exception|User defined signal [12]|Trace\/breakpoint trap)( \(core dumped\))?$/

function detailOf({ status, program, stderr }: Ending): string {
  const spoken = lastLine(stderr)
  const last = shellWords.test(spoken) ? lastLine(stderr.slice(0, stderr.lastIndexOf(spoken))) : spoken
  // The shell's own words end so; a program that itself exits with these numbers says something else.
  if (status === 127 && (last === '' || last.endsWith(' not found'))) return `the program was not found: ${program}`
  if (status === 126 && (last === '' || /: (Permission denied|Exec format error)$/.test(last)))
    return `the program cannot be executed: ${program} (${last.split(': ').at(-1) ?? 'no reason given'})`
  return last
}

/** The last line that says something, its end where it is long. */
export function lastLine(text: string): string {
  const line =
    text
      .split(/[\r\n]+/)
      .map((piece) => piece.trim())
      .findLast((piece) => piece !== '') ?? ''
  return line.length > 500 ? `...${line.slice(-500)}` : line
}

/** The end of a log file; empty if there is none. */
export function endOf(path: string, bytes: number = 16 * 1024): string {
  try {
    const fd = openSync(path, 'r')
    try {
      const buffer = Buffer.alloc(bytes)
      const size = fstatSync(fd).size
      return buffer.toString('utf8', 0, readSync(fd, buffer, 0, bytes, Math.max(0, size - bytes)))
    } finally {
      closeSync(fd)
    }
  } catch {
    return ''
  }
}

/**
 * The kernel's count of processes killed for want of memory: in this process's own memory group where it has one, and on the whole machine.
 * Counts of the last 5 to 10 seconds are kept apart, so that an old kill is not blamed for a new one.
 */
export class MemoryKills {
  #older = count()
  #newer = this.#older

  /** To be called every few seconds. */
  sample(): void {
    this.#older = this.#newer
    this.#newer = count()
  }

  /** True if there was one since the sample before the last. */
  get hadOne(): boolean {
    return count() > this.#older
  }
}

const memoryGroup = /^(?:0:|\d+:memory:)(?::)?(.*)$/m

function count(): number {
  let kills = 0
  const path = memoryGroup.exec(textOf('/proc/self/cgroup'))?.[1] ?? ''
  for (const file of [
    `/sys/fs/cgroup${path}/memory.events`,
    `/sys/fs/cgroup/memory${path}/memory.oom_control`,
    '/proc/vmstat',
  ])
    kills += Number(/^oom_kill (\d+)$/m.exec(textOf(file))?.[1] ?? 0)
  return kills
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
