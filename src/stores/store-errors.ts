/** What can be wrong with a store, each with what to do. The world is at fault (exit 3) unless said otherwise. */
import { ForetuneError } from '../errors.ts'

type Details = { readonly [key: string]: unknown }

function worldError(code: string, message: string, details: Details, cause?: unknown): ForetuneError {
  return new ForetuneError(code, message, { details, cause, exit: 3 })
}

export function storeKindUnknown(url: string): ForetuneError {
  return new ForetuneError(
    'STORE_KIND_UNKNOWN',
    `Expected a store like "sqlite:foretune.db" or "memory", got "${url}". Give --store or FORETUNE_STORE one of these.`,
    { details: { url } },
  )
}

export function storeKindMissing(url: string, kind: string): ForetuneError {
  return new ForetuneError(
    'STORE_KIND_UNKNOWN',
    `This version of Foretune has no ${kind} store, got "${url}". Use "sqlite:FILE" on a local disk.`,
    { details: { url, kind } },
  )
}

export function storeNotFound(location: string): ForetuneError {
  return new ForetuneError(
    'STORE_NOT_FOUND',
    `There is no store at ${location}. Name another one with --store or FORETUNE_STORE, or make this one with \`foretune run FILE\`.`,
    { details: { location } },
  )
}

export function storeNewer(location: string, version: number, known: number): ForetuneError {
  return worldError(
    'STORE_NEWER',
    `The store ${location} has format ${version}, and this version of Foretune knows formats up to ${known}. Install a newer Foretune.`,
    { location, version, known },
  )
}

export function storeOlder(location: string, version: number, known: number): ForetuneError {
  return worldError(
    'STORE_OLDER',
    `The store ${location} has format ${version} and must be brought to format ${known} before it can be read. ` +
      'Any command that writes does it, for example `foretune resume STUDY`.',
    { location, version, known },
  )
}

export function storeNotADatabase(location: string, got: string, cause?: unknown): ForetuneError {
  return worldError(
    'STORE_NOT_A_DATABASE',
    `Expected a Foretune store at ${location}, got ${got}. Nothing was changed. Name another file with --store.`,
    { location, got },
    cause,
  )
}

export function storeCorrupt(location: string, problem: string, details: Details = {}, cause?: unknown): ForetuneError {
  return worldError(
    'STORE_CORRUPT',
    `The store ${location} is damaged: ${problem}. Restore a copy of it, or see with \`foretune verify\` how far it can be read.`,
    { location, problem, ...details },
    cause,
  )
}

export function storeLocked(location: string, waitedMs: number, cause?: unknown): ForetuneError {
  return worldError(
    'STORE_LOCKED',
    `The store ${location} is locked by another process, waited ${waitedMs} ms. End that process (\`fuser ${location}\` names it) and try again.`,
    { location, waitedMs },
    cause,
  )
}

export function storeReadOnly(location: string, cause?: unknown): ForetuneError {
  return worldError(
    'STORE_READ_ONLY',
    `The store ${location} cannot be written: the file, its folder or the file system is read-only for this user. Change the permissions, or name another place with --store.`,
    { location },
    cause,
  )
}

export function storeFull(location: string, cause?: unknown): ForetuneError {
  return worldError(
    'STORE_FULL',
    `The store ${location} could not be written: its disk is full, over your quota, or failing. Free some space, then \`foretune resume\`: nothing that was acknowledged is lost.`,
    { location },
    cause,
  )
}

export function storeUnreadable(location: string, problem: string, cause?: unknown): ForetuneError {
  return worldError(
    'STORE_UNREADABLE',
    `The store ${location} cannot be opened or read: ${problem}. Check that its folder exists, that you may use it, and that its disk is healthy.`,
    { location, problem },
    cause,
  )
}

export function storeBroken(location: string, cause: Error): ForetuneError {
  return worldError(
    'STORE_BROKEN',
    `An earlier write to the store ${location} failed (${cause.message}), and nothing was taken since. Mend that, then \`foretune resume\`.`,
    { location, first: cause.message },
    cause,
  )
}

export function storeOnNetworkFileSystem(location: string, fileSystem: string): ForetuneError {
  return worldError(
    'STORE_ON_NETWORK_FILE_SYSTEM',
    `The store ${location} is on a network file system (${fileSystem}), where SQLite cannot lock its file safely. ` +
      'Put it on a local disk of the machine that runs the controller (the study directory may stay where it is), or use a PostgreSQL store. ' +
      'If one machine alone uses the file, FORETUNE_ALLOW_NETWORK_STORE=1 lifts this.',
    { location, fileSystem },
  )
}

export function storeConflict(study: string, problem: string, details: Details): ForetuneError {
  return worldError(
    'STORE_CONFLICT',
    `Study "${study}" was not written: ${problem}. Another controller owns it now, this one must end.`,
    { study, ...details },
  )
}

export function studyIsRunning(study: string, owner: { readonly host: string; readonly pid: number }): ForetuneError {
  return worldError(
    'STUDY_IS_RUNNING',
    `Study "${study}" is being run by process ${owner.pid} on ${owner.host}. \`foretune status ${study}\` shows it, \`foretune stop ${study}\` ends it.`,
    { study, host: owner.host, pid: owner.pid },
  )
}

export function studyNotFound(study: string, location: string, known: readonly string[]): ForetuneError {
  const has =
    known.length === 0 ? 'it has none' : `it has ${known.slice(0, 10).join(', ')}${known.length > 10 ? ', …' : ''}`
  const text =
    study === ''
      ? `The store ${location} holds no study yet.`
      : `There is no study "${study}" in the store ${location}: ${has}.`
  return new ForetuneError('STUDY_NOT_FOUND', text, {
    details: { study, location, known },
  })
}
