/** Large studies in a SQLite file: trained in virtual time by the real controller and core, then appended as their own log. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Event } from '../src/core/study/events.ts'
import { builtInProblem } from '../src/simulation/problems.ts'
import { eventsOf, simulate } from '../src/simulation/simulate.ts'
import { sqliteStore } from '../src/stores/sqlite.ts'
import { runNode } from './child.ts'

export interface FilledStudy {
  readonly name: string
  readonly file: string
  readonly cacheFile: string
}

const name = 'filled'

/** In a process of its own: the bench's memory stays small. */
export async function filledStudy(folder: string, trials: number, epochs: number): Promise<FilledStudy> {
  const file = join(folder, `${trials}x${epochs}.db`)
  const directory = join(folder, `${trials}x${epochs}`)
  mkdirSync(directory)
  await runNode([import.meta.filename, file, directory, String(trials), String(epochs)])
  return { name, file, cacheFile: join(directory, 'fold.cache') }
}

async function fill(file: string, directory: string, trials: number, epochs: number): Promise<void> {
  const simulation = await simulate({
    problem: builtInProblem('curves', epochs),
    scheduler: { type: 'none' },
    workers: 50,
    budget: { trials },
  })
  const events = (await eventsOf(simulation)).map((event) => placed(event, directory))
  const store = await sqliteStore(file)
  const lease = await store.acquire(name, { host: 'bench', pid: process.pid })
  for (let seq = 0; seq < events.length; seq += 10_000) await store.append(lease, seq, events.slice(seq, seq + 10_000))
  await store.close()
}

function placed(event: Event, directory: string): Event {
  if (event.type !== 'StudyCreated') return event
  return { ...event, directory, definition: { ...event.definition, name } }
}

/** Arguments of a Node program that walks over every row of the log, looks at its columns, and decodes nothing. */
export function bareScan(file: string): string[] {
  const program = `const { DatabaseSync } = require('node:sqlite')
    const rows = new DatabaseSync(${JSON.stringify(file)}, { readOnly: true })
      .prepare('select seq, body, hash from events where study = 1 order by seq')
    let bytes = 0
    for (const { body } of rows.iterate()) bytes += body.length
    console.log(bytes)`
  return ['-e', program]
}

if (import.meta.main) {
  const [file = '', directory = '', trials, epochs] = process.argv.slice(2)
  await fill(file, directory, Number(trials), Number(epochs))
}
