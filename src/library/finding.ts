/** What `check` and `doctor` find, and how they look for programs and room on a disk. */
import { accessSync, constants, existsSync, statSync, statfsSync } from 'node:fs'
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path'

export interface Finding {
  /** `note`: worth knowing, and nothing to worry about. */
  readonly level: 'ok' | 'note' | 'warn' | 'error'
  /** What it is about, in one or two words. */
  readonly about: string
  /** What was found and, unless it is ok, what to do. */
  readonly text: string
}

/** As the system looks a program up: a name in PATH, a path from the folder; null if nothing there can be executed. */
export function findProgram(name: string, path: string, folder: string): string | null {
  if (name.includes('/')) return isExecutable(resolve(folder, name)) ? resolve(folder, name) : null
  for (const entry of path.split(delimiter)) {
    const place = join(isAbsolute(entry) ? entry : resolve(folder, entry), name)
    if (isExecutable(place)) return place
  }
  return null
}

function isExecutable(path: string): boolean {
  return may(path, constants.X_OK) && statSync(path).isFile()
}

export function isWritable(path: string): boolean {
  return may(path, constants.W_OK)
}

function may(path: string, mode: number): boolean {
  try {
    accessSync(path, mode)
    return true
  } catch {
    return false // whatever the reason: it cannot be used
  }
}

/** The folder itself or, where it is not made yet, the nearest one above that is. */
export function nearestFolder(path: string): string {
  let folder = path
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder)
  return folder
}

export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

export function bytesText(bytes: number): string {
  const unit = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)))
  return `${Number((bytes / 1000 ** unit).toPrecision(3))} ${units[unit]}`
}
