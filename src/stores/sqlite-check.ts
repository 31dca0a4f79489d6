/** Everything that can be wrong with one study's log in a SQLite file. */
import { setImmediate } from 'node:timers/promises'
import { trialOf } from '../core/study/events.ts'
import { ForetuneError } from '../errors.ts'
import { chainHash, decodeEvent, genesisHash } from '../wire/event-line.ts'
import type { SqliteFile } from './sqlite-file.ts'
import { readEnds } from './sqlite-lease.ts'

export interface Problem {
  readonly seq: number | null
  readonly problem: string
}

type Row = readonly [seq: number, trial: number | null, body: string, hash: string]

const chunk = 5_000

/** The file's own structure first, then the chain, up to the first event that does not fit: all behind it hangs on it. */
export async function checkSqlite(file: SqliteFile, study: string): Promise<readonly Problem[]> {
  try {
    const problems: Problem[] = []
    for (const [text] of await file.read(() => file.rows('pragma integrity_check(10)'))) {
      if (text !== 'ok') problems.push({ seq: null, problem: `SQLite: ${String(text)}` })
    }
    const chain = await chainProblem(file, study)
    return chain === null ? problems : [...problems, chain]
  } catch (error) {
    if (error instanceof ForetuneError && error.code === 'STORE_CORRUPT') return [{ seq: null, problem: error.message }]
    throw error
  }
}

async function chainProblem(file: SqliteFile, name: string): Promise<Problem | null> {
  const ends = await file.read(() => readEnds(file, name))
  if (ends === undefined) return { seq: null, problem: `there is no study "${name}"` }
  const { study, seq: lastSeq, hash: lastHash } = ends.noted
  const sql = `select seq, trial, body, hash from events where study = ? and seq > ? and seq <= ? order by seq limit ${chunk}`
  let seq = 0
  let hash = genesisHash
  for (;;) {
    const rows = (await file.read(() => file.rows(sql, study, seq, lastSeq))) as readonly unknown[] as readonly Row[]
    for (const row of rows) {
      seq += 1
      if (row[0] !== seq) return { seq, problem: 'it is missing' }
      hash = chainHash(hash, seq, row[2])
      const problem = rowProblem(row, hash, name)
      if (problem !== null) return { seq, problem }
    }
    if (rows.length === 0) break
    await setImmediate()
  }
  if (seq !== lastSeq) return { seq: seq + 1, problem: `it is missing; the log should end with event ${lastSeq}` }
  if (ends.found.seq > lastSeq) return { seq: lastSeq + 1, problem: 'it stands behind the end of the log' }
  return hash === lastHash ? null : { seq, problem: 'its hash is not the one that the study ends with' }
}

function rowProblem([seq, trial, body, stored]: Row, hash: string, study: string): string | null {
  if (stored !== hash) return 'its text, or the hash of it, was altered'
  try {
    const about = trialOf(decodeEvent(body, study, seq))
    return about === trial ? null : `it is filed under trial ${trial} and is about trial ${about}`
  } catch (error) {
    if (error instanceof ForetuneError) return error.message
    throw error
  }
}
