/**
 * A study in a folder of its own and real foretune processes on it. After the test every process that was started is gone, by its id, the trials'
 * too, and so is the folder.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import type { ChildProcess, SpawnOptions } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Event } from '../../src/core/study/events.ts'
import type { Study } from '../../src/core/study/study.ts'
import { newVerifier } from '../../src/core/study/verify.ts'
import { ForetuneError } from '../../src/errors.ts'
import { algorithms } from '../../src/library/algorithms.ts'
import type { Store } from '../../src/ports.ts'
import { foldStudy } from '../../src/runtime/fold.ts'
import { openStore } from '../../src/stores/open.ts'

export const root: string = fileURLToPath(new URL('../..', import.meta.url))
export const launcher: string = join(root, 'bin', 'foretune')
export const fixture = (name: string): string => join(root, 'test', 'fixtures', name)

export interface Ended {
  /** The exit code, or the name of the signal that ended it. */
  readonly code: number | string
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly process: ChildProcess
  readonly pid: number
  readonly ended: Promise<Ended>
  /** What it wrote so far. */
  stdout(): string
  stderr(): string
}

export interface RealStudy {
  readonly folder: string
  readonly name: string
  /** How many seconds an epoch of the fixtures in shell takes from now on. */
  epochsTake(seconds: number | string): void
  /** Starts `foretune WORDS...` in the folder. */
  start(...words: readonly string[]): Started
  /** Starts a command of a shell in the folder, where `"$@"` is foretune. */
  shell(script: string, options?: Pick<SpawnOptions, 'uid'>): Started
  /** The same, and its end. */
  foretune(...words: readonly string[]): Promise<Ended>
  /** The log so far; empty while there is none. */
  events(): Promise<Event[]>
  /** The log folded, and found whole. */
  study(): Promise<Study>
  /** Waits until the log is so. */
  until(is: (events: readonly Event[]) => boolean): Promise<Event[]>
  /** Processes of trials that live. */
  processes(): number[]
}

export interface RealStudyOptions {
  readonly name?: string
  /** Where the store is, seen from the folder. */
  readonly store?: string
}

const patienceMs = 60_000

/** `file`: the study file without its name. */
export function realStudy(t: TestContext, file: string, options: RealStudyOptions = {}): RealStudy {
  const { name = 'real' } = options
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'foretune-real-')))
  const store = options.store ?? join(folder, 'foretune.db')
  const started: ChildProcess[] = []
  const epochsTake = (seconds: number | string): void => writeFileSync(join(folder, 'speed'), `${seconds}\n`)
  epochsTake(0.1)
  writeFileSync(join(folder, 'study.yaml'), `name: ${name}\n${file}`)
  t.after(async () => {
    for (const child of started) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await stopAll(() => processesOf(folder))
    await verifyAll(store)
    rmSync(folder, { recursive: true, force: true })
  })

  function begin(file: string, words: readonly string[], more: Pick<SpawnOptions, 'uid'> = {}): Started {
    const env = { ...process.env, FORETUNE_STORE: `sqlite:${store}` }
    const child = spawn(file, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env, ...more })
    started.push(child)
    return watched(child)
  }

  const start = (...words: readonly string[]): Started => begin(process.execPath, [launcher, ...words])

  async function withStore<T>(use: (store: Store) => Promise<T>): Promise<T> {
    const open = await openStore(`sqlite:${store}`, { readOnly: true })
    try {
      return await use(open)
    } finally {
      await open.close()
    }
  }

  async function events(): Promise<Event[]> {
    try {
      return await withStore((open) => eventsIn(open, name))
    } catch (error) {
      // Not made yet, or being made just now.
      const { code } = error as { readonly code?: string }
      if (code === 'STORE_NOT_FOUND' || code === 'STORE_NOT_A_DATABASE') return []
      throw error
    }
  }

  return {
    folder,
    name,
    epochsTake,
    start,
    shell: (script, more) => begin('/bin/sh', ['-c', script, 'sh', process.execPath, launcher], more),
    foretune: (...words) => start(...words).ended,
    events,
    study: () =>
      withStore(async (open) => {
        assert.deepEqual(await open.check(name), [])
        const folded = await foldStudy(open, name, algorithms)
        assert.ok(folded, `there is a study ${name}`)
        return folded.study
      }),
    async until(is) {
      return await soon(async () => {
        const so = await events()
        return is(so) ? so : null
      }, 'the log never came to say what was waited for')
    },
    processes: () => processesOf(folder),
  }
}

/** Whatever a test did to its studies: every decision of theirs can be taken again. A store that the test spoilt cannot be opened. */
async function verifyAll(file: string): Promise<void> {
  let store: Store
  try {
    store = await openStore(`sqlite:${file}`, { readOnly: true })
  } catch (error) {
    if (error instanceof ForetuneError) return
    throw error
  }
  try {
    for (const { name } of await store.studies()) {
      assert.deepEqual(await store.check(name), [])
      const verifier = newVerifier(algorithms)
      for (const [index, event] of (await eventsIn(store, name)).entries()) verifier.take(index + 1, event)
      assert.deepEqual(verifier.end().problems, [], `verify passes on ${name}`)
    }
  } finally {
    await store.close()
  }
}

export async function eventsIn(store: Store, name: string): Promise<Event[]> {
  const events: Event[] = []
  for await (const chunk of store.read(name)) for (const { event } of chunk) events.push(event)
  return events
}

/** The first answer that is none of null, undefined and false. */
export async function soon<T>(look: () => Promise<T> | T, otherwise: string): Promise<NonNullable<T>> {
  const startedAt = performance.now()
  for (;;) {
    const found = await look()
    if (found !== null && found !== undefined && found !== false) return found
    if (performance.now() - startedAt > patienceMs) throw new Error(`${otherwise} (${patienceMs / 1000} s)`)
    await delay(40)
  }
}

export function watched(child: ChildProcess): Started {
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code: code ?? signal ?? 'no code', stdout, stderr }))
  })
  return { process: child, pid: child.pid ?? 0, ended, stdout: () => stdout, stderr: () => stderr }
}

/** Living processes whose environment names an attempt in this folder. */
export function processesOf(folder: string): number[] {
  return livingProcesses((environment) => environment.includes(`FORETUNE_ATTEMPT=${folder}/`))
}

function livingProcesses(isOurs: (environment: string) => boolean): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((entry) => {
      try {
        const state = readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ').at(-1)?.[0]
        return isOurs(readFileSync(`/proc/${entry}/environ`, 'utf8')) && state !== 'Z'
      } catch {
        return false // it has just gone
      }
    })
    .map(Number)
}

async function stopAll(find: () => number[]): Promise<void> {
  for (let found = find(); found.length > 0; found = find()) {
    for (const pid of found) kill(pid, 'SIGKILL')
    await delay(20)
  }
}

export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    return // it has just gone
  }
}

export type Of<T extends Event['type']> = Extract<Event, { readonly type: T }>

export function ofType<T extends Event['type']>(events: readonly Event[], type: T): Of<T>[] {
  return events.filter((event): event is Of<T> => event.type === type)
}

/** Every line that a trial completed is in the log, once, in its order: nothing was lost, and nothing was taken twice. */
export function expectEveryLine(study: RealStudy, events: readonly Event[], directory?: string): number {
  const trials = join(directory ?? join(study.folder, 'foretune', study.name), 'trials')
  let count = 0
  for (const trial of readdirSync(trials)) {
    for (const attempt of readdirSync(join(trials, trial)).filter((name) => name.startsWith('attempt-'))) {
      const text = readFileSync(join(trials, trial, attempt, 'reports.jsonl'), 'utf8')
      const epochs = text
        .split('\n')
        .slice(0, -1)
        .map((line) => (JSON.parse(line) as { epoch: number }).epoch)
      const logged = events.filter(
        (event): event is Of<'TrialReported'> | Of<'TrialHandedOver'> =>
          (event.type === 'TrialReported' || event.type === 'TrialHandedOver') &&
          event.trial === Number(trial) &&
          event.attempt === Number(attempt.replace('attempt-', '')),
      )
      assert.deepEqual(
        logged.map(({ epoch }) => epoch),
        epochs,
        `trial ${trial}, ${attempt}`,
      )
      assert.deepEqual(
        logged.map(({ line }) => line),
        epochs.map((_, index) => index + 1),
      )
      count += epochs.length
    }
  }
  return count
}
