/** What SQLite's result codes mean to a user (sqlite.org/rescode.html). */
import { ForetuneError } from '../errors.ts'
import {
  storeCorrupt,
  storeFull,
  storeLocked,
  storeNotADatabase,
  storeReadOnly,
  storeUnreadable,
} from './store-errors.ts'

const shortRead = 522
/** Writing, cutting, syncing and enlarging: a quota or a full disk shows as one of these as well. */
const writing: ReadonlySet<number> = new Set([778, 1034, 1290, 1546, 4874])

export function isBusy(error: unknown): boolean {
  const code = resultCode(error)
  return code !== null && ((code & 0xff) === 5 || (code & 0xff) === 6)
}

export function isSqliteError(error: unknown): boolean {
  return resultCode(error) !== null
}

/** The error in our words; an error that is not SQLite's, or is a bug of ours, comes back as it is. */
export function translateSqliteError(error: unknown, location: string, waitedMs = 0): unknown {
  const code = resultCode(error)
  if (code === null) return error
  const text = (error as Error).message
  switch (code & 0xff) {
    case 5:
    case 6:
      return storeLocked(location, waitedMs, error)
    case 3:
    case 8:
    case 23:
      return storeReadOnly(location, error)
    case 10:
      if (code === shortRead) return storeCorrupt(location, `it is shorter than it says (${text})`, {}, error)
      return writing.has(code) ? storeFull(location, error) : storeUnreadable(location, text, error)
    case 11:
      return storeCorrupt(location, text, {}, error)
    case 13:
      return storeFull(location, error)
    case 14:
      return storeUnreadable(location, text, error)
    case 26:
      return storeNotADatabase(location, 'a file that is no SQLite database', error)
    default:
      return error
  }
}

function resultCode(error: unknown): number | null {
  if (error instanceof ForetuneError || !(error instanceof Error)) return null
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown }
  return code === 'ERR_SQLITE_ERROR' && typeof errcode === 'number' ? errcode : null
}
