/** Who may append to a study. A lease is one row; its fence grows with every owner and is compared in every append's transaction. */
import { assert } from '../core/trial.ts'
import type { StudySummary } from '../ports.ts'
import { genesisHash } from '../wire/event-line.ts'
import { ownerLives, recordOwner, thisMachine } from './owner.ts'
import type { OwnerRecord } from './owner.ts'
import type { SqliteFile } from './sqlite-file.ts'
import { storeConflict, storeCorrupt, studyIsRunning } from './store-errors.ts'

/** The end of a study's log. */
export interface Tail {
  readonly study: number
  readonly seq: number
  readonly hash: string
}

type Text = string | null
type LeaseRow = readonly [number, string, number, Text, Text, Text, number, number]

/**
 * What this process holds. The kernel says that a lease's owner lives as long as the process does; a controller that was given up inside
 * a process that goes on (its store broke or was closed) is known only here.
 */
const held = new Set<string>()

const ownerColumns = 'host, pid, boot, namespace, started, heartbeat_at, heartbeat_uptime'

/** The owner of a study, if it has one that lives. */
export function livingOwner(file: SqliteFile, study: number): StudySummary['owner'] {
  const row = file.row(`select fence, ${ownerColumns} from leases where study = ? and host is not null`, study)
  if (row === undefined) return null
  const [fence, host, pid, boot, namespace, started, heartbeatAt, heartbeatUptime] =
    row as readonly unknown[] as LeaseRow
  const owner: OwnerRecord = { host, pid, boot, namespace, started, heartbeatAt, heartbeatUptime }
  const here = thisMachine()
  const isThisKernel = owner.boot === here.boot && (owner.boot !== null || owner.host === here.host)
  const isThisProcess = isThisKernel && owner.namespace === here.namespace && owner.pid === process.pid
  if (isThisProcess && !held.has(holding(file, study, fence))) return null
  return ownerLives(owner, here) ? { host, pid, fence } : null
}

/** One statement, so that both ends are of one moment. */
const tailSql = `select id, last_seq, last_hash, coalesce(seq, 0), coalesce(hash, last_hash) from studies
  left join events on events.study = id and seq = (select max(seq) from events where events.study = id) where name = ?`

/** Where the log should end, and where it does; undefined where there is no such study. */
export function readEnds(file: SqliteFile, name: string): { readonly noted: Tail; readonly found: Tail } | undefined {
  const row = file.row(tailSql, name)
  if (row === undefined) return undefined
  const [study, lastSeq, lastHash, seq, hash] = row as readonly [number, number, string, number, string]
  return { noted: { study, seq: lastSeq, hash: lastHash }, found: { study, seq, hash } }
}

/** The end of the log; undefined where there is no such study. Throws where the log does not end as was noted. */
export function readTail(file: SqliteFile, name: string): Tail | undefined {
  const ends = readEnds(file, name)
  if (ends === undefined) return undefined
  const { noted, found } = ends
  if (noted.seq !== found.seq || noted.hash !== found.hash) {
    const problem = `the log of study "${name}" should end with event ${noted.seq} but ends with event ${found.seq}`
    throw storeCorrupt(file.location, problem, { study: name, noted: noted.seq, found: found.seq })
  }
  return noted
}

export async function takeLease(
  file: SqliteFile,
  name: string,
  owner: { readonly host: string; readonly pid: number },
): Promise<{ readonly fence: number; readonly tail: Tail }> {
  return file.write(() => {
    file.run('insert into studies (name, last_hash) values (?, ?) on conflict do nothing', name, genesisHash)
    const tail = readTail(file, name)
    assert(tail !== undefined, 'a study that was just made is there')
    const other = livingOwner(file, tail.study)
    if (other !== null) throw studyIsRunning(name, other)
    const fence = Number(file.row('select fence from leases where study = ?', tail.study)?.[0] ?? 0) + 1
    const record = recordOwner(owner, thisMachine())
    file.run(
      `insert or replace into leases (study, fence, ${ownerColumns}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      tail.study,
      fence,
      record.host,
      record.pid,
      record.boot,
      record.namespace,
      record.started,
      record.heartbeatAt,
      record.heartbeatUptime,
    )
    // Before anybody else of this process can look. Should the commit fail, the row is not there and the entry harms nobody.
    held.add(holding(file, tail.study, fence))
    return { fence, tail }
  })
}

/** Inside a transaction: whether this fence is the newest and was not handed back. */
export function ownsStudy(file: SqliteFile, study: number, fence: number): boolean {
  return file.row('select 1 from leases where study = ? and fence = ? and host is not null', study, fence) !== undefined
}

export async function renewLease(file: SqliteFile, name: string, study: number, fence: number): Promise<void> {
  const { now, uptime } = thisMachine()
  const sql =
    'update leases set heartbeat_at = ?, heartbeat_uptime = ? where study = ? and fence = ? and host is not null'
  const changed = await file.write(() => file.run(sql, now, uptime, study, fence))
  if (changed === 0) throw storeConflict(name, `lease ${fence} is no longer the newest`, { fence })
}

/** Handing back what was lost already is no error. */
export async function releaseLease(file: SqliteFile, study: number, fence: number): Promise<void> {
  giveUpLease(file, study, fence)
  await file.write(() =>
    file.run('update leases set host = null, pid = null where study = ? and fence = ?', study, fence),
  )
}

/** Without writing: for a store that cannot write any more. */
export function giveUpLease(file: SqliteFile, study: number, fence: number): void {
  held.delete(holding(file, study, fence))
}

function holding(file: SqliteFile, study: number, fence: number): string {
  return `${file.location} ${study} ${fence}`
}
