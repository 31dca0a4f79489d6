/**
 * From what a user names to the results in it, as far as they fit a study: another study of the store, an Optuna storage (SQLite or journal),
 * another store's SQLite file, or a table or JSON. Told by what a file holds, not by its ending.
 */
import { open, readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Algorithms, Study } from '../core/study/study.ts'
import { countText } from '../core/study/views/number-text.ts'
import { ForetuneError } from '../errors.ts'
import type { Store } from '../ports.ts'
import { foldStudy } from '../runtime/fold.ts'
import { importInvalid } from '../runtime/perform.ts'
import { openStore } from '../stores/open.ts'
import { studyNotFound } from '../stores/store-errors.ts'
import { draftsFromCsv } from './import-csv.ts'
import { draftsFromJson } from './import-json.ts'
import { isJournal, readJournal } from './import-optuna-journal.ts'
import { readOptunaDatabase, sqliteHead } from './import-optuna-sqlite.ts'
import { chosenStudy, fromOptuna } from './import-optuna.ts'
import type { OptunaStudy } from './import-optuna.ts'
import type { Draft } from './import-results.ts'
import { fromStudy } from './import-study.ts'
import { fitTrials } from './import-trials.ts'
import type { Tally } from './import-trials.ts'

export interface ImportSource {
  /** A study of the store, else a file. */
  readonly reference: string
  /** Null: only files are looked for. */
  readonly store: Store | null
  /** Where a relative path starts. */
  readonly folder: string
  readonly algorithms: Algorithms
  /** Which study of a file that holds several. */
  readonly wanted?: string | undefined
  /** Of trials of other studies only the final values. */
  readonly finalOnly?: boolean
  /** Columns of a table that mean nothing. */
  readonly ignored?: readonly string[]
  /** Of parameters and metrics in another study, the name here. */
  readonly names?: ReadonlyMap<string, string>
  /** Whether trials of another study may lack parameters. */
  readonly isPartial?: boolean
}

export interface GatheredResults {
  readonly drafts: readonly Draft[]
  /** Trials of another study that had said nothing. */
  readonly empty: number
  /** Of a table or JSON: whole lines of what is wrong. */
  readonly problems: readonly string[]
  /** Of another study; null of a table or JSON, which has to fit as a whole. */
  readonly fit: {
    readonly from: string
    readonly skipped: Tally
    readonly dropped: Tally
    /** Sentences. */
    readonly notes: readonly string[]
  } | null
}

export async function gatherResults(source: ImportSource, study: Study): Promise<GatheredResults> {
  const { reference, store, folder, algorithms, ignored = [] } = source
  const known = store === null ? [] : await begun(store)
  if (store !== null && known.includes(reference))
    return ofStudy(await studyOf(store, reference, algorithms), source, study)
  const path = resolve(folder, reference)
  try {
    const head = await headOf(path)
    if (head.startsWith(sqliteHead)) return await ofDatabase(path, source, study)
    if (isJournal(head)) return ofOptuna(await readJournal(path), source, study)
    const text = await readFile(path, 'utf8')
    const isJson = /^\uFEFF?\s*[{[]/.test(text)
    const read = isJson
      ? draftsFromJson(text.replace(/^\uFEFF/, ''), study)
      : draftsFromCsv(text, reference, study, ignored)
    return { ...read, empty: 0, fit: null }
  } catch (error) {
    if (error instanceof ForetuneError) throw error
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw importInvalid(study.state.definition.name, [`${reference}, ${message}`])
    throw importUnreadable(reference, known, error)
  }
}

async function begun(store: Store): Promise<string[]> {
  return (await store.studies()).filter(({ lastSeq }) => lastSeq > 0).map(({ name }) => name)
}

async function studyOf(store: Store, name: string, algorithms: Algorithms): Promise<Study> {
  const folded = await foldStudy(store, name, algorithms)
  if (!folded) throw studyNotFound(name, store.location, await begun(store))
  return folded.study
}

async function headOf(path: string): Promise<string> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0)
    return buffer.toString('latin1', 0, bytesRead)
  } finally {
    await file.close()
  }
}

/** Optuna's, or a store of ours. */
async function ofDatabase(path: string, source: ImportSource, study: Study): Promise<GatheredResults> {
  const optuna = await readOptunaDatabase(path, source.wanted)
  if (optuna !== null) return ofOptuna(optuna, source, study)
  const store = await openStore(`sqlite:${path}`, { readOnly: true })
  try {
    const names = await begun(store)
    const name = source.wanted ?? (names.length === 1 ? (names[0] as string) : '')
    return ofStudy(await studyOf(store, name, source.algorithms), source, study)
  } finally {
    await store.close()
  }
}

export function ofStudy(
  other: Study,
  { names, isPartial, finalOnly = false }: ImportSource,
  study: Study,
): GatheredResults {
  const { drafts, empty, ...counts } = fitTrials(study, fromStudy(other, study, finalOnly, names), { names, isPartial })
  return { drafts, empty, problems: [], fit: { from: other.state.definition.name, ...counts, notes: [] } }
}

function ofOptuna(
  studies: readonly OptunaStudy[],
  { wanted, reference, names, isPartial, finalOnly = false }: ImportSource,
  study: Study,
): GatheredResults {
  const optuna = chosenStudy(studies, wanted, reference)
  const { trials, countsFromZero, otherValue } = fromOptuna(optuna, study, finalOnly)
  const { drafts, empty, ...counts } = fitTrials(study, trials, { names, isPartial })
  const notes: string[] = []
  if (countsFromZero) notes.push("Optuna's steps count from 0: step s is epoch s + 1")
  if (otherValue > 0)
    notes.push(
      `${countText(otherValue, 'complete trial')} returned another value than the last one reported: it stands at that epoch`,
    )
  return { drafts, empty, problems: [], fit: { from: optuna.name, ...counts, notes } }
}

function importUnreadable(path: string, known: readonly string[], cause: unknown): ForetuneError {
  const why = cause instanceof Error ? cause.message : String(cause)
  const has = known.length === 0 ? '' : ` The store has the studies ${known.slice(0, 10).join(', ')}.`
  return new ForetuneError(
    'IMPORT_UNREADABLE',
    `Expected another study or a file of results at ${path}, but it cannot be read: ${why}.${has} \`foretune export\` writes such a file.`,
    { details: { path, known }, cause },
  )
}
