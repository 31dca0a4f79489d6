/** For the tests of commands: a real SQLite store in a folder of its own, and a call of the command line that keeps what is printed. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { SmallStudy } from '../core/study/views/small-study.laws.ts'
import { aStudy, schedulerOf } from '../core/study/views/small-study.laws.ts'
import { openStore } from '../stores/open.ts'
import type { Io } from './command.ts'
import { main } from './main.ts'

/** A folder that is gone after the test. */
export function aFolder(t: TestContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'foretune-cli-')))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The folder holds `foretune.db` with these studies. */
export async function aStore(t: TestContext, studies: { readonly [name: string]: SmallStudy }): Promise<string> {
  const folder = aFolder(t)
  const store = await openStore(`sqlite:${join(folder, 'foretune.db')}`)
  for (const [name, { log }] of Object.entries(studies)) {
    const lease = await store.acquire(name, { host: 'here', pid: 1 })
    const events = log.map(({ event }) =>
      event.type === 'StudyCreated'
        ? { ...event, directory: join(folder, 'foretune', name), definition: { ...event.definition, name } }
        : event,
    )
    await store.append(lease, 0, events)
    await lease.release()
  }
  await store.close()
  return folder
}

export const hyperbandStudy = (): SmallStudy =>
  aStudy({ definition: { scheduler: schedulerOf('hyperband', { eta: 3 }), budget: { trials: 9 } } })

export interface Called {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** As on a pipe, unless `io` says otherwise. */
export async function call(words: string, cwd: string, io: Partial<Io> = {}): Promise<Called> {
  return callWith(
    words.split(' ').filter((word) => word !== ''),
    cwd,
    io,
  )
}

export async function callWith(words: readonly string[], cwd: string, io: Partial<Io> = {}): Promise<Called> {
  let out = ''
  let err = ''
  const code = await main(words, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    isTerminal: false,
    stderrIsTerminal: false,
    colours: false,
    columns: 100,
    rows: 24,
    env: {},
    cwd,
    now: () => 1_700_000_100_000,
    ...io,
  })
  return { code, out, err }
}
