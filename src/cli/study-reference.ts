/**
 * From what a user writes for STUDY to the study itself: a name in the store, the path of a study file, a folder that holds one, or a study's
 * own directory.
 */
import { existsSync, realpathSync, statSync } from 'node:fs'
import { basename, extname, join, resolve } from 'node:path'
import { assert } from '../core/trial.ts'
import type { Event } from '../core/study/events.ts'
import { evolve } from '../core/study/evolve.ts'
import type { Study } from '../core/study/study.ts'
import type { Store, StudySummary } from '../ports.ts'
import { foldStudy } from '../runtime/fold.ts'
import { openStore } from '../stores/open.ts'
import { studyNotFound } from '../stores/store-errors.ts'
import { algorithms } from '../library/algorithms.ts'
import { studyNotChosen } from './cli-errors.ts'
import type { Args, Io } from './command.ts'

const defaultStore = 'sqlite:foretune.db'

/** The store's address: `--store`, else FORETUNE_STORE, else a file in the current folder. */
export function storeUrl(args: Pick<Args, 'text'>, io: Pick<Io, 'env' | 'cwd'>): string {
  const url = args.text('store') ?? (io.env['FORETUNE_STORE'] || defaultStore)
  const path = /^sqlite:(.+)$/s.exec(url)?.[1]
  return path === undefined ? url : `sqlite:${resolve(io.cwd, path)}`
}

export function openStoreForReading(args: Pick<Args, 'text'>, io: Pick<Io, 'env' | 'cwd'>): Promise<Store> {
  return openStore(storeUrl(args, io), { readOnly: true })
}

/** A study folded to its last event, and the store that it was read from; `close` it. */
export interface OpenStudy {
  readonly store: Store
  readonly name: string
  readonly study: Study
  readonly owner: StudySummary['owner']
  /** Folds what was appended since. */
  refresh(onEvent?: (event: Event) => void): Promise<void>
  close(): Promise<void>
}

export async function openStudyForReading(
  reference: string | undefined,
  args: Pick<Args, 'text'>,
  io: Pick<Io, 'env' | 'cwd'>,
): Promise<OpenStudy> {
  const store = await openStoreForReading(args, io)
  try {
    const name = await resolveStudy(store, reference, io.cwd)
    return await openIn(store, name)
  } catch (error) {
    await store.close()
    throw error
  }
}

/** The caller has the store and closes it. */
export async function openIn(store: Store, name: string): Promise<OpenStudy> {
  const folded = await foldStudy(store, name, algorithms, foldCache)
  if (!folded) throw studyNotFound(name, store.location, await namesIn(store))
  const { study } = folded
  let owner = await ownerOf(store, name)
  return {
    store,
    name,
    study,
    get owner() {
      return owner
    },
    async refresh(onEvent) {
      for await (const chunk of store.read(name, { fromSeq: study.state.seq + 1 })) {
        for (const { event } of chunk) {
          evolve(study, event)
          onEvent?.(event)
        }
      }
      owner = await ownerOf(store, name)
    },
    close: () => store.close(),
  }
}

/** Where a study's fold is kept between two readings; nowhere if its directory is not on this machine. */
export function foldCache(directory: string): string | undefined {
  return existsSync(directory) ? join(directory, 'fold.cache') : undefined
}

/** The study's name; throws where there is none, telling which there are. */
export async function resolveStudy(store: Store, reference: string | undefined, cwd: string): Promise<string> {
  const names = await namesIn(store)
  if (reference === undefined) {
    const [only] = names
    if (only !== undefined && names.length === 1) return only
    if (only !== undefined) throw studyNotChosen(store.location, names)
    throw studyNotFound('', store.location, names)
  }
  if (names.includes(reference)) return reference
  const path = resolve(cwd, reference)
  const name = existsSync(path) ? await nameFromPath(store, path, names) : undefined
  if (name !== undefined && names.includes(name)) return name
  throw studyNotFound(name ?? reference, store.location, names)
}

const studyFiles = ['study.yaml', 'study.yml', 'study.json']

async function nameFromPath(store: Store, path: string, names: readonly string[]): Promise<string | undefined> {
  if (!statSync(path).isDirectory()) return nameInFile(path)
  const file = studyFiles.map((name) => join(path, name)).find((name) => existsSync(name))
  if (file !== undefined) return nameInFile(file)
  const wanted = realpathSync(path)
  for (const name of names) {
    const directory = await directoryOf(store, name)
    if (directory === wanted || (existsSync(directory) && realpathSync(directory) === wanted)) return name
  }
  return undefined
}

/** Only the name is read: a file that was broken since must not hide a study that runs. */
export async function nameInFile(file: string): Promise<string> {
  const [{ parseDocument }, { readFile }] = await Promise.all([import('yaml'), import('node:fs/promises')])
  const name = parseDocument(await readFile(file, 'utf8')).get('name') as unknown
  return typeof name === 'string' || typeof name === 'number' ? String(name) : basename(file, extname(file))
}

async function directoryOf(store: Store, name: string): Promise<string> {
  for await (const [first] of store.read(name)) {
    assert(first?.event.type === 'StudyCreated', `the log of ${name} begins with StudyCreated`)
    return first.event.directory
  }
  return ''
}

async function ownerOf(store: Store, name: string): Promise<StudySummary['owner']> {
  return (await store.studies()).find((study) => study.name === name)?.owner ?? null
}

/** Of one that could not begin nothing is left but its name. */
export async function begunStudies(store: Store): Promise<readonly StudySummary[]> {
  return (await store.studies()).filter(({ lastSeq }) => lastSeq > 0)
}

async function namesIn(store: Store): Promise<string[]> {
  return (await begunStudies(store)).map(({ name }) => name)
}
