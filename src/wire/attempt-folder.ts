/**
 * The trial protocol as text: what is in the files of an attempt's folder. Text in, text out; no file is touched here.
 *
 * - A file of one write (`process`, `exit`) is complete when it ends with a newline: a reader that comes between its creation and the
 *   write sees an empty file and waits. Files that are replaced (`until`) are replaced by rename.
 * - `reports.jsonl` and `ranks` only grow, one whole line a write.
 */
import type { Configuration, Json, Metrics } from '../core/trial.ts'

/** Counts up when an older client could misread a folder. */
export const protocolVersion = 1

export const attemptFiles = {
  configuration: 'configuration.json',
  reports: 'reports.jsonl',
  until: 'until',
  process: 'process',
  exit: 'exit',
  stdout: 'stdout.log',
  stderr: 'stderr.log',
  ranks: 'ranks',
} as const

/** In the checkpoint's folder: the last epoch whose loop body was finished. Written by the client, by rename. */
export const finishedEpochFile = '.epoch'

/** `0017` for trial 17: folders list in order up to ten thousand trials, and stay unique beyond. */
export function trialFolder(trial: number): string {
  return String(trial).padStart(4, '0')
}

export function attemptFolder(trial: number, attempt: number): string {
  return `trials/${trialFolder(trial)}/attempt-${attempt}`
}

export function checkpointFolder(trial: number): string {
  return `trials/${trialFolder(trial)}/checkpoint`
}

/** `configuration.json`. */
export interface AttemptFile {
  readonly protocol: number
  readonly study: string
  readonly trial: number
  readonly attempt: number
  readonly seed: number
  readonly configuration: Configuration
  readonly from: number
  readonly until: number
  readonly max: number
  /** Seconds to wait at the limit for more. */
  readonly linger: number
  /** False: the trial trains from epoch 1 whatever its checkpoint holds. */
  readonly resumable: boolean
  /** Absolute path of the folder that is kept between attempts. */
  readonly checkpoint: string
  /** Bytes that a metrics file of the program's own held before this attempt: not this attempt's reports. */
  readonly metricsOffset?: number
}

export function formatAttempt(attempt: AttemptFile): string {
  return JSON.stringify(attempt, null, 2) + '\n'
}

/** Trusts the shape after the protocol's number: the file is written by this very module. */
export function parseAttempt(text: string): AttemptFile {
  const file = JSON.parse(text) as AttemptFile
  if (file.protocol !== protocolVersion)
    throw new Error(`expected protocol ${protocolVersion} in ${attemptFiles.configuration}, got ${file.protocol}`)
  return file
}

/** What one line of `reports.jsonl` says. */
export type Said =
  | { readonly type: 'report'; readonly epoch: number; readonly metrics: Metrics }
  /** The trial saved and leaves below its limit because of a SIGTERM. */
  | { readonly type: 'handover'; readonly epoch: number }
  | { readonly type: 'problem'; readonly why: string }

/** Null for a blank line, which is no line of the protocol. */
export function parseLine(line: string): Said | null {
  const text = line.trim()
  if (text === '') return null
  const value = parseLooseJson(text)
  if (value === undefined) return { type: 'problem', why: 'not JSON' }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return { type: 'problem', why: `expected an object like {"epoch": 1, "loss": 0.5}, got ${nameOf(value)}` }
  const { epoch, handover, ...metrics } = value as { readonly [key: string]: Json }
  if (typeof epoch !== 'number' || !Number.isSafeInteger(epoch) || epoch < 0)
    return { type: 'problem', why: `expected "epoch" to be a whole number, got ${nameOf(epoch)}` }
  if (handover !== undefined) {
    return handover === true
      ? { type: 'handover', epoch }
      : { type: 'problem', why: `expected "handover" to be true, got ${nameOf(handover)}` }
  }
  return readMetrics(epoch, metrics)
}

function readMetrics(epoch: number, metrics: { readonly [key: string]: Json }): Said {
  if (epoch < 1) return { type: 'problem', why: 'epochs count from 1, got 0' }
  const numbers: [string, number][] = []
  for (const [name, value] of Object.entries(metrics)) {
    const number = typeof value === 'number' ? value : typeof value === 'string' ? nonFiniteWord(value) : undefined
    if (number === undefined)
      return { type: 'problem', why: `expected the metric "${name}" to be a number, got ${nameOf(value)}` }
    numbers.push([name, number])
  }
  if (numbers.length === 0) return { type: 'problem', why: `epoch ${epoch} comes without a metric` }
  return { type: 'report', epoch, metrics: Object.fromEntries(numbers) }
}

export function formatReport(epoch: number, metrics: Metrics): string {
  const words = Object.entries(metrics).map(([name, value]) => [name, Number.isFinite(value) ? value : String(value)])
  return JSON.stringify({ epoch, ...Object.fromEntries(words) }) + '\n'
}

export function formatHandover(epoch: number): string {
  return JSON.stringify({ handover: true, epoch }) + '\n'
}

/** JSON that may hold the bare tokens NaN, Infinity and -Infinity, as Python's json module writes them. */
export function parseLooseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    try {
      return JSON.parse(text.replace(stringOrNonFinite, (token) => (token[0] === '"' ? token : `"${token}"`))) as Json
    } catch {
      return undefined
    }
  }
}

const stringOrNonFinite = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g

const words: { readonly [word: string]: number } = { nan: NaN, inf: Infinity, infinity: Infinity }

/** NaN or an infinity in the spellings that languages print (`nan`, `-inf`, `Infinity`); undefined for everything else. */
export function nonFiniteWord(text: string): number | undefined {
  const [, sign, word] = /^([+-]?)(nan|inf|infinity)$/i.exec(text.trim()) ?? []
  if (word === undefined) return undefined
  const value = words[word.toLowerCase()]
  return sign === '-' && value !== undefined ? -value : value
}

function nameOf(value: Json | undefined): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 60)}...` : text
}

export interface Limit {
  readonly until: number
  readonly leave: boolean
}

export function formatUntil(limit: Limit): string {
  return `${limit.until}${limit.leave ? ' leave' : ''}\n`
}

/** Null if it is none of ours; a client then keeps the limit that it knows. */
export function parseUntil(text: string): Limit | null {
  const [, until, leave] = /^(\d+)( leave)?\n?$/.exec(text) ?? []
  return until === undefined ? null : { until: Number(until), leave: leave !== undefined }
}

/** `process`: who runs the attempt. A pid counts only with its start time and the machine's boot id. */
export interface ProcessFile {
  readonly pid: number
  /** Clock ticks after boot (field 22 of /proc/PID/stat); null where there is no /proc. */
  readonly started: string | null
  readonly boot: string | null
  readonly group: number
  /** The executor's slot, so that a restarted controller knows which GPUs are taken. */
  readonly slot: number | null
}

/** Null while it is incomplete. Written by the wrapper as `key value` lines; unknown keys are left for later versions. */
export function parseProcess(text: string): ProcessFile | null {
  if (!text.endsWith('\n')) return null
  const fields = new Map(
    text.split('\n').map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]),
  )
  const word = (key: string): string | null => fields.get(key) || null
  const pid = Number(word('pid'))
  if (!Number.isSafeInteger(pid) || pid < 1) return null
  const slot = word('slot')
  return {
    pid,
    started: word('started'),
    boot: word('boot'),
    group: Number(word('group') ?? pid),
    slot: slot === null ? null : Number(slot),
  }
}

/** `exit`: the status as a shell gives it, so that 128 + n is signal n. Null while it is incomplete. */
export function parseExit(text: string): number | null {
  const [, status] = /^(\d{1,3})\n/.exec(text) ?? []
  return status === undefined ? null : Number(status)
}

/** A line of `ranks`, rank 0's word for all: `start 3` (epochs done before), then a verdict at each limit. */
export interface Verdict {
  readonly type: 'start' | 'go' | 'leave'
  readonly epoch: number
}

export function formatVerdict(verdict: Verdict): string {
  return `${verdict.type} ${verdict.epoch}\n`
}

export function parseVerdict(line: string): Verdict | null {
  const [, type, epoch] = /^(start|go|leave) (\d+)$/.exec(line.trim()) ?? []
  return type === undefined ? null : { type: type as Verdict['type'], epoch: Number(epoch) }
}
