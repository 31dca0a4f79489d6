/** The log as a store of trials: asked, reported 20 times and told from somebody else's loop, every report durable; and a large study opened again. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { float } from '../src/core/space/builders.ts'
import { study } from '../src/library/study.ts'
import type { BenchOptions } from './bench.ts'
import { peakMemory, runNode, withFolder } from './child.ts'
import { bareScan, filledStudy } from './filled-study.ts'
import { installedForetune } from './installed-package.ts'
import { besidePeers, missingRows, valuesOf } from './peers.ts'
import type { PeerSheet, PeerValues } from './peers.ts'
import type { Row } from './row.ts'
import { row } from './row.ts'

const reports = 20
/** Of one trial: the ask, its reports, the tell. */
const commits = reports + 2

export async function storageBesidePeers(options: BenchOptions): Promise<readonly Row[]> {
  const { quick, peers, say } = options
  const turns = quick ? 1 : 5
  const trials = quick ? 10 : 500
  const alone: number[] = []
  const together: number[] = []
  const bare: number[] = []
  const bareTogether: number[] = []
  for (let turn = 0; turn < turns; turn++) {
    alone.push(await withFolder((folder) => trialsPerSecond(folder, 1, trials)))
    bare.push(await withFolder(async (folder) => bareTrialsPerSecond(folder, trials, 1)))
    together.push(await withFolder((folder) => trialsPerSecond(folder, 8, trials)))
    bareTogether.push(await withFolder(async (folder) => bareTrialsPerSecond(folder, trials, 8)))
  }
  say('peers store the same trials; this takes minutes')
  const sheet = await peers.run('storage.py', quick ? ['--quick', '--repeats', '1'] : [])
  const floor = { name: 'a durable row a report, raw', values: bare }
  const floorTogether = { name: '8 rows a transaction, raw', values: bareTogether }
  const what = `trials of ${reports} reports`
  const unit = 'trials/s'
  return [
    row(`${what}, one loop`, unit, alone, { against: floor, reach: { type: 'ratio at least', value: 0.5 } }),
    ...besidePeers(`${what}, one loop`, unit, alone, valuesOf(sheet, 'trials', 1), { better: 'more', floor }),
    ...besidePeers(`${what}, 8 loops of a program`, unit, together, eightProcesses(sheet), {
      better: 'more',
      floor: floorTogether,
    }),
    ...missingRows(what, unit, alone, sheet),
    ...(await opening(options, sheet)),
  ]
}

function eightProcesses(sheet: PeerSheet): PeerValues[] {
  return valuesOf(sheet, 'trials', 8).map((peer) => ({ ...peer, name: `${peer.name}, 8 processes` }))
}

async function trialsPerSecond(folder: string, loops: number, trials: number): Promise<number> {
  const asked = await study({
    name: 'asked',
    space: { x: float(0, 1), y: float(1e-5, 1, { log: true }) },
    objective: 'loss',
    epochs: { max: reports },
    scheduler: 'none',
    budget: { trials },
    store: `sqlite:${join(folder, 'foretune.db')}`,
  })
  const loop = async (): Promise<number> => {
    for (let count = 0; ; count++) {
      const order = await asked.ask()
      if (order === null) return count
      const { x, y } = order.configuration
      for (let epoch = 1; epoch <= reports; epoch++) await asked.report(order, epoch, { loss: x + y + 1 / epoch })
      await asked.tell(order)
    }
  }
  const startedMs = performance.now()
  const counts = await Promise.all(Array.from({ length: loops }, loop))
  const seconds = (performance.now() - startedMs) / 1000
  const { progress } = await asked.result()
  await asked.close()
  const done = counts.reduce((sum, count) => sum + count, 0)
  if (done !== trials || progress.reports !== trials * reports)
    throw new Error(`expected ${trials} trials, got ${done} with ${progress.reports} reports`)
  return trials / seconds
}

function bareTrialsPerSecond(folder: string, trials: number, rowsInTransaction: number): number {
  const database = new DatabaseSync(join(folder, 'bare.db'))
  database.exec(`pragma journal_mode = wal; pragma synchronous = full;
    create table events (trial integer, body text)`)
  const insert = database.prepare('insert into events values (?, ?)')
  const startedMs = performance.now()
  for (let row = 0; row < trials * commits; row += rowsInTransaction) {
    database.exec('begin immediate')
    for (let of = row; of < row + rowsInTransaction; of++)
      insert.run(of % trials, JSON.stringify({ epoch: of, loss: 1 / of }))
    database.exec('commit')
  }
  const seconds = (performance.now() - startedMs) / 1000
  database.close()
  return trials / seconds
}

/** Ours are whole commands that say what is best, from their start to their end: without a cached fold, and with the one that the first one left. */
async function opening({ quick }: BenchOptions, sheet: PeerSheet): Promise<Row[]> {
  const bin = await installedForetune()
  return withFolder(async (folder) => {
    const { name, file, cacheFile } = await filledStudy(folder, quick ? 1_000 : 10_000, reports)
    const best = [bin, 'best', name, '--store', `sqlite:${file}`]
    const [cold, cached, scan]: [number[], number[], number[]] = [[], [], []]
    for (let turn = 0; turn < (quick ? 1 : 5); turn++) {
      rmSync(cacheFile, { force: true })
      cold.push((await runNode(best)).ms / 1000)
      cached.push((await runNode(best)).ms / 1000)
      scan.push((await runNode(bareScan(file))).ms / 1000)
    }
    rmSync(cacheFile, { force: true })
    const memory = [await peakMemory(best)]
    const what = 'open 10,000 trials x 20 reports'
    const floor = { name: 'bare scan of the file', values: scan }
    return [
      ...besidePeers(`${what}, all read`, 's', cold, allRead(sheet), { better: 'less', floor }),
      ...valuesOf(sheet, 'large study: open + first best_trial').map((against) =>
        row(`${what}, cached fold, the best beside ${against.name}`, 's', cached, { against }),
      ),
      ...valuesOf(sheet, 'large study: peak memory').map((against) =>
        row(`  its peak memory beside ${against.name}`, 'MiB', memory, { against }),
      ),
    ]
  })
}

/** Opened, asked for the best, and every trial read: what a fold holds as well. */
function allRead(sheet: PeerSheet): PeerValues[] {
  const listed = valuesOf(sheet, 'large study: then get_trials')
  return valuesOf(sheet, 'large study: open + first best_trial').map((opened) => {
    const more = listed.find(({ name }) => name === opened.name)?.values ?? []
    return { ...opened, values: opened.values.map((seconds, index) => seconds + (more[index] ?? NaN)) }
  })
}
