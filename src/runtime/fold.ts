import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { ForetuneError } from '../errors.ts'
import type { StudyDefinition } from '../core/study/definition.ts'
import type { Event } from '../core/study/events.ts'
import { evolve } from '../core/study/evolve.ts'
import { createStudy, restoreStudy } from '../core/study/study.ts'
import type { Algorithms, Study } from '../core/study/study.ts'
import type { StudyState } from '../core/study/state.ts'
import type { Store, StoredEvent } from '../ports.ts'
import { unknownAlgorithm } from '../wire/unknown-algorithm.ts'

/** Raised whenever the shape or the meaning of `StudyState` changes: older caches are then left unread. */
const foldVersion = 6

/** Reading below this many events costs less than keeping a cache. */
const worthCaching = 20_000

interface CachedFold {
  readonly foldVersion: number
  readonly algorithms: string
  readonly seq: number
  readonly hash: string
  readonly state: StudyState
}

/** A study folded from its log, and the hash of the last event. Null if the log is empty. */
export interface Folded {
  readonly study: Study
  readonly hash: string
}

/**
 * Folds a study's log. `cacheFile` holds an earlier fold: it is used if the log still has the event it ends with, and written anew when much
 * had to be read. It may be deleted at any time; a cache that cannot be read or written only costs time.
 */
export async function foldStudy(
  store: Store,
  name: string,
  algorithms: Algorithms,
  cacheFile?: (directory: string) => string | undefined,
): Promise<Folded | null> {
  const first = await firstEvent(store, name)
  if (!first) return null
  const { event } = first
  if (event.type !== 'StudyCreated') throw notAStudy(name, event.type)
  checkAlgorithms(event.definition, algorithms)
  const file = cacheFile?.(event.directory)
  let folded = file === undefined ? null : await readCache(store, name, file, algorithms)
  const from = folded?.study.state.seq ?? 0
  for await (const chunk of store.read(name, { fromSeq: from + 1 })) {
    for (const stored of chunk) folded = foldOne(folded, stored, algorithms)
  }
  if (folded && file !== undefined && folded.study.state.seq - from >= worthCaching) await writeCache(file, folded)
  return folded
}

function checkAlgorithms({ sampler, scheduler }: StudyDefinition, { samplers, schedulers }: Algorithms): void {
  if (!Object.hasOwn(samplers, sampler.type)) throw unknownAlgorithm('sampler', sampler.type, Object.keys(samplers))
  if (!Object.hasOwn(schedulers, scheduler.type))
    throw unknownAlgorithm('scheduler', scheduler.type, Object.keys(schedulers))
}

async function firstEvent(store: Store, name: string): Promise<StoredEvent | undefined> {
  for await (const chunk of store.read(name)) return chunk[0]
  return undefined
}

function foldOne(folded: Folded | null, stored: StoredEvent, algorithms: Algorithms): Folded {
  if (!folded)
    return { study: createStudy(stored.event as Event & { type: 'StudyCreated' }, algorithms), hash: stored.hash }
  evolve(folded.study, stored.event)
  return { study: folded.study, hash: stored.hash }
}

async function readCache(store: Store, name: string, file: string, algorithms: Algorithms): Promise<Folded | null> {
  let cached: CachedFold
  try {
    cached = deserialize(await readFile(file)) as CachedFold
  } catch {
    return null // absent, half written or from another Node: the log has it all
  }
  if (cached?.foldVersion !== foldVersion || !cached.state) return null
  for await (const chunk of store.read(name, { fromSeq: cached.seq })) {
    const [stored] = chunk
    // Only now is it known to be of this study, and what it names to be there.
    if (stored?.seq !== cached.seq || stored.hash !== cached.hash) return null
    const study = restoreStudy(cached.state, algorithms)
    return versionsOf(study) === cached.algorithms ? { study, hash: cached.hash } : null
  }
  return null
}

/** Keeps a fold for the next reader; failing to is no error. */
export async function writeCache(file: string, folded: Folded): Promise<void> {
  const { study, hash } = folded
  const cached: CachedFold = {
    foldVersion,
    algorithms: versionsOf(study),
    seq: study.state.seq,
    hash,
    state: study.state,
  }
  const temporary = `${file}.${process.pid}`
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(temporary, serialize(cached))
    await rename(temporary, file)
  } catch {
    return // a read-only or full disk: the next reader folds the log again
  }
}

function versionsOf(study: Study): string {
  const { samplerKind, schedulerKind } = study
  return `${samplerKind.name}@${samplerKind.version} ${schedulerKind.name}@${schedulerKind.version}`
}

function notAStudy(name: string, type: string): ForetuneError {
  return new ForetuneError(
    'STORE_CORRUPT',
    `The log of study '${name}' should begin with StudyCreated, but begins with ${type}. Run \`foretune verify ${name}\` and restore the store from a copy.`,
    { details: { name, type }, exit: 3 },
  )
}
