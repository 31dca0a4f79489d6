/** From a path to a connection that is known to hold a store of ours, in today's format. */
import { existsSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { ForetuneError } from '../errors.ts'
import { networkFileSystem, refuseNetworkFileSystem } from './network-file-system.ts'
import { SqliteFile } from './sqlite-file.ts'
import { applicationId, migrations } from './sqlite-schema.ts'
import { storeNewer, storeNotADatabase, storeNotFound, storeOlder, storeUnreadable } from './store-errors.ts'

export interface SqliteOptions {
  /** Never writes, not even the format; the store must exist. */
  readonly readOnly?: boolean
  /** Refuse instead of making a new store. */
  readonly mustExist?: boolean
  /** How long a lock of another process is waited for; default 30 s. */
  readonly lockWaitMs?: number
}

export async function openSqliteFile(path: string, options: SqliteOptions): Promise<SqliteFile> {
  const readOnly = options.readOnly ?? false
  const location = locate(path, readOnly || (options.mustExist ?? false))
  const lockWaitMs = options.lockWaitMs ?? 30_000
  if (!readOnly) return opened(new SqliteFile(location, { readOnly, lockWaitMs }), prepareForWriting)
  try {
    return await opened(new SqliteFile(location, { readOnly, lockWaitMs }), refuseOlderFormat)
  } catch (error) {
    // A reader needs the log's shared memory, which it cannot make in a folder that it may not write. A store that was closed has no log
    // and can be read without; one that is being written, or was left by a crash, cannot.
    const isRefused = error instanceof ForetuneError && unreachable.has(error.code)
    if (!isRefused || (statSync(`${location}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) throw error
    return opened(new SqliteFile(location, { readOnly, lockWaitMs, isImmutable: true }), refuseOlderFormat)
  }
}

const unreachable: ReadonlySet<string> = new Set(['STORE_UNREADABLE', 'STORE_READ_ONLY'])

async function opened(file: SqliteFile, prepare: (file: SqliteFile) => Promise<void>): Promise<SqliteFile> {
  try {
    await prepare(file)
    return file
  } catch (error) {
    file.close()
    throw error
  }
}

/** The file's real path: two names of one file must be one store. */
function locate(path: string, mustExist: boolean): string {
  const wanted = resolve(path)
  if (mustExist && !existsSync(wanted)) throw storeNotFound(wanted)
  const folder = dirname(wanted)
  if (!existsSync(folder)) throw storeUnreadable(wanted, `there is no folder ${folder}`)
  const location = existsSync(wanted) ? realpathSync(wanted) : join(realpathSync(folder), basename(wanted))
  if (!statSync(dirname(location)).isDirectory()) throw storeUnreadable(wanted, `${folder} is no folder`)
  if (statSync(location, { throwIfNoEntry: false })?.isFile() === false)
    throw storeNotADatabase(location, 'no ordinary file')
  refuseNetworkFileSystem(location, networkFileSystem(dirname(location)), process.env)
  return location
}

async function prepareForWriting(file: SqliteFile): Promise<void> {
  const format = await file.read(() => {
    const found = readFormat(file)
    // The write-ahead log lets others read while we write; FULL makes every commit wait for the disk, fullfsync does so on macOS too.
    file.script(
      'pragma journal_mode = wal; pragma synchronous = full; pragma fullfsync = on; pragma wal_autocheckpoint = 4000',
    )
    if (file.row('pragma journal_mode')?.[0] !== 'wal') {
      throw storeUnreadable(file.location, 'its file system has no shared memory, which the write-ahead log needs')
    }
    return found
  })
  if (format === migrations.length) return
  await file.write(() => {
    // Another process may have been quicker.
    for (const migration of migrations.slice(readFormat(file) ?? 0)) file.script(migration)
    file.script(`pragma application_id = ${applicationId}; pragma user_version = ${migrations.length}`)
  })
}

async function refuseOlderFormat(file: SqliteFile): Promise<void> {
  const format = await file.read(() => readFormat(file))
  if (format === null) throw storeNotADatabase(file.location, 'an empty file')
  if (format < migrations.length) throw storeOlder(file.location, format, migrations.length)
}

/** The number of the newest migration it has; null for an empty file. Refuses what is not ours or is newer. */
function readFormat(file: SqliteFile): number | null {
  const id = Number(file.row('pragma application_id')?.[0])
  const format = Number(file.row('pragma user_version')?.[0])
  const isEmpty = id === 0 && file.row('select count(*) from sqlite_schema')?.[0] === 0
  if (isEmpty) return null
  if (id !== applicationId) throw storeNotADatabase(file.location, 'a SQLite database of another program')
  if (format > migrations.length) throw storeNewer(file.location, format, migrations.length)
  return format
}
