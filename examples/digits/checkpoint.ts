/** A training in a file: written whole under another name, flushed, then renamed, so that no crash leaves half of one. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { type Snapshot, type Training, continueTraining, snapshot } from './training.ts'

const fileName = 'training.v8'

export function saveCheckpoint(folder: string, training: Training): void {
  const file = join(folder, fileName)
  writeFileSync(`${file}.new`, serialize(snapshot(training)), { flush: true })
  renameSync(`${file}.new`, file)
}

/** The training that was saved in this folder, or null where none was. */
export function loadCheckpoint(folder: string): Training | null {
  const file = join(folder, fileName)
  return existsSync(file) ? continueTraining(deserialize(readFileSync(file)) as Snapshot) : null
}
