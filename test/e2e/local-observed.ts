/** A local executor in a folder of its own with all that it tells, and a way to wait for a word of it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type LocalExecutorOptions, localExecutor } from '../../src/executors/local.ts'
import type { AttemptOrder, Executor, Observation } from '../../src/ports.ts'

export type Of<T extends Observation['type']> = Extract<Observation, { readonly type: T }>

export interface Observed {
  readonly executor: Executor
  readonly directory: string
  readonly seen: Observation[]
  /** The first such observation of the trial, seen already or to come. */
  next<T extends Observation['type']>(type: T, trial?: number, accept?: (o: Of<T>) => boolean): Promise<Of<T>>
  outcome(trial?: number): Promise<Of<'ended'>['outcome']>
  /** A file of the attempt's folder. */
  text(file: string, trial?: number, attempt?: number): string
}

export type Program = string | readonly string[] | LocalExecutorOptions['command']

/** `program`: a shell script, arguments, or the command function itself. Ended and emptied after the test. */
export async function observed(
  t: TestContext,
  program: Program,
  options: Partial<LocalExecutorOptions> = {},
): Promise<Observed> {
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'foretune-local-'))
  const argv = typeof program === 'string' ? ['/bin/sh', '-c', program] : program
  const executor = localExecutor({
    study: 'a study',
    directory,
    command: typeof argv === 'function' ? argv : () => ({ argv }),
    slots: 4,
    gpus: 'none',
    lingerMs: 20_000,
    graceMs: 3000,
    resumable: true,
    ...options,
  })
  const seen: Observation[] = []
  const wakers = new Set<() => void>()
  await executor.open((observation) => {
    seen.push(observation)
    for (const wake of wakers) wake()
  })
  t.after(async () => {
    await executor.close()
    if (options.directory === undefined) rmSync(directory, { recursive: true, force: true })
  })

  function next<T extends Observation['type']>(
    type: T,
    trial = 0,
    accept: (o: Of<T>) => boolean = () => true,
  ): Promise<Of<T>> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        wakers.delete(look)
        reject(new Error(`no '${type}' of trial ${trial} within 20 s; seen: ${JSON.stringify(seen)}`))
      }, 20_000)
      const look = (): void => {
        const found = seen.find(
          (o): o is Of<T> => o.type === type && 'trial' in o && o.trial === trial && accept(o as Of<T>),
        )
        if (found === undefined) return
        clearTimeout(timer)
        wakers.delete(look)
        resolve(found)
      }
      wakers.add(look)
      look()
    })
  }

  return {
    executor,
    directory,
    seen,
    next,
    outcome: async (trial) => (await next('ended', trial)).outcome,
    text: (file, trial = 0, attempt = 1) =>
      readFileSync(join(directory, 'trials', String(trial).padStart(4, '0'), `attempt-${attempt}`, file), 'utf8'),
  }
}

export function anOrder(order: Partial<AttemptOrder> = {}): AttemptOrder {
  return {
    trial: 0,
    attempt: 1,
    configuration: { lr: 0.1 },
    note: undefined,
    seed: 7,
    from: 0,
    until: 3,
    max: 9,
    ...order,
  }
}
