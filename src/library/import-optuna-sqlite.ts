/**
 * Optuna's SQLite file. Other processes may be writing it, so it is read from a copy: the file itself is neither locked nor changed, nor is anything
 * made beside it. A copy counts only if nothing was written meanwhile; a transaction that was broken off is taken back in the copy.
 *
 * Read by the columns that are there, not by the version that is noted: the tables are the same from Optuna 3 to 5.
 */
import { copyFile, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import type { Direction, Json } from '../core/trial.ts'
import { ForetuneError } from '../errors.ts'
import { externalValue } from './import-optuna.ts'
import type { OptunaState, OptunaStudy, OptunaTrial } from './import-optuna.ts'

/** What every SQLite file begins with. */
export const sqliteHead = 'SQLite format 3\0'

const copiesAtMost = 20
const pauseMs = 100

/** The studies, or null if it is no storage of Optuna's. `wanted` alone is read with its trials; of several others the names are enough. */
export async function readOptunaDatabase(path: string, wanted: string | undefined): Promise<OptunaStudy[] | null> {
  const folder = await mkdtemp(join(tmpdir(), 'foretune-import-'))
  try {
    const copy = join(folder, 'copy.db')
    await copyQuietly(path, copy)
    const { DatabaseSync: Database } = await import('node:sqlite')
    const database = new Database(copy)
    try {
      return hasTables(database) ? studiesIn(database, wanted) : null
    } finally {
      database.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** With the journal of a transaction that is under way or was broken off, and the write-ahead log. */
async function copyQuietly(path: string, copy: string): Promise<void> {
  for (let attempt = 0; attempt < copiesAtMost; attempt++) {
    const before = await marks(path)
    for (const ending of endings) {
      await rm(`${copy}${ending}`, { force: true })
      await copyFile(`${path}${ending}`, `${copy}${ending}`).catch((error: NodeJS.ErrnoException) => {
        if (ending === '' || error.code !== 'ENOENT') throw error
      })
    }
    if ((await marks(path)) === before) return
    await delay(pauseMs)
  }
  throw importBusy(path)
}

const endings = ['', '-journal', '-wal'] as const

/** Something of it changes with every write. */
async function marks(path: string): Promise<string> {
  const found = await Promise.all(endings.map((ending) => stat(`${path}${ending}`, { bigint: true }).catch(() => null)))
  return found.map((file) => (file ? `${file.ino} ${file.size} ${file.mtimeNs}` : 'none')).join(', ')
}

const tables = ['studies', 'study_directions', 'trials', 'trial_params', 'trial_values', 'version_info']

function hasTables(database: DatabaseSync): boolean {
  const there = database.prepare("select name from sqlite_master where type = 'table'").all()
  const names = new Set(there.map(({ name }) => name))
  return tables.every((table) => names.has(table))
}

type Row = { readonly [column: string]: unknown }

function studiesIn(database: DatabaseSync, wanted: string | undefined): OptunaStudy[] {
  const studies = rows(database, 'select study_id, study_name from studies order by study_id')
  return studies.map(({ study_id: id, study_name: name }) => {
    const directions = rows(
      database,
      'select direction from study_directions where study_id = ? order by objective',
      id,
    )
    const [metrics] = rows(
      database,
      "select value_json from study_system_attributes where study_id = ? and key = 'study:metric_names'",
      id,
    )
    return {
      name: String(name),
      directions: directions.map(({ direction }) => directionOf(String(direction))),
      metrics: metrics ? (JSON.parse(String(metrics['value_json'])) as string[]) : null,
      trials: wanted === name || studies.length === 1 ? trialsOf(database, id) : [],
    }
  })
}

function rows(database: DatabaseSync, sql: string, ...values: unknown[]): readonly Row[] {
  return database.prepare(sql).all(...(values as number[]))
}

function directionOf(word: string): Direction | null {
  return word === 'MINIMIZE' ? 'minimize' : word === 'MAXIMIZE' ? 'maximize' : null
}

function trialsOf(database: DatabaseSync, study: unknown): OptunaTrial[] {
  const trials = rows(database, 'select * from trials where study_id = ? order by trial_id', study)
  const parts = {
    params: rowsByTrial(database, study, 'trial_params'),
    values: rowsByTrial(database, study, 'trial_values'),
    steps: rowsByTrial(database, study, 'trial_intermediate_values'),
    attributes: rowsByTrial(database, study, 'trial_user_attributes'),
  }
  return trials.map((trial, index) => {
    const of = (part: keyof typeof parts): readonly Row[] => parts[part].get(trial['trial_id']) ?? []
    const values = of('values').toSorted((a, b) => Number(a['objective']) - Number(b['objective']))
    return {
      number: typeof trial['number'] === 'number' ? trial['number'] : index,
      state: trial['state'] as OptunaState,
      parameters: Object.fromEntries(
        of('params').map((row) => [
          String(row['param_name']),
          externalValue(String(row['distribution_json']), Number(row['param_value'])),
        ]),
      ),
      steps: new Map(
        of('steps').map((row) => [
          Number(row['step']),
          numberOf(row['intermediate_value'], row['intermediate_value_type']),
        ]),
      ),
      values: values.length === 0 ? null : values.map((row) => numberOf(row['value'], row['value_type'])),
      attributes: Object.fromEntries(
        of('attributes').map((row) => [String(row['key']), JSON.parse(String(row['value_json'])) as Json]),
      ),
    }
  })
}

function rowsByTrial(database: DatabaseSync, study: unknown, table: string): ReadonlyMap<unknown, readonly Row[]> {
  const sql = `select part.* from ${table} part join trials using (trial_id) where study_id = ?`
  return Map.groupBy(rows(database, sql, study), (row) => row['trial_id'])
}

/** SQLite has no NaN; Optuna notes the kind of the number beside it. */
function numberOf(value: unknown, kind: unknown): number {
  if (kind === 'INF_POS') return Infinity
  if (kind === 'INF_NEG') return -Infinity
  return value === null || kind === 'NAN' ? NaN : Number(value)
}

function importBusy(path: string): ForetuneError {
  return new ForetuneError(
    'IMPORT_BUSY',
    `Expected a moment in which nobody writes ${path}, got none in ${copiesAtMost} tries. Try again, or import from a copy of it.`,
    { details: { path }, exit: 3 },
  )
}
