/** What a trial costs beyond its processes: trivial programs on two slots, against starting them with the same folders and files and nothing else. */
import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { best } from '../src/core/study/views/best.ts'
import { algorithms } from '../src/library/algorithms.ts'
import { foldStudy } from '../src/runtime/fold.ts'
import { sqliteStore } from '../src/stores/sqlite.ts'
import type { BenchOptions } from './bench.ts'
import { runNode, withFolder } from './child.ts'
import { installedForetune } from './installed-package.ts'
import { besidePeers, missingRows, valuesOf } from './peers.ts'
import type { PeerSheet, PeerValues } from './peers.ts'
import type { Row } from './row.ts'
import { row } from './row.ts'
import { python, trivialEpochs, trivialProgram } from './trivial-program.ts'

const what = 'trivial trials on 2 slots'
const unit = 'trials/s'

export async function trialStart({ quick, peers, say }: BenchOptions): Promise<readonly Row[]> {
  const bin = await installedForetune()
  const trials = quick ? 10 : 100
  const by = peers.python ?? python
  const [ours, bare]: [number[], number[]] = [[], []]
  const sheets: PeerSheet[] = []
  const more = quick ? ['--quick'] : []
  for (let turn = 0; turn < (quick ? 1 : 5); turn++) {
    bare.push(trials / (await withFolder((folder) => startBare(folder, by, trials))))
    ours.push(trials / (await withFolder((folder) => runStudy(bin, folder, by, trials))))
    sheets.push(await peers.run('trial_start.py', ['--only', 'Optuna,sleep 0.01', '--repeats', '1', ...more]))
  }
  say('the slow peers start the same trials; this takes minutes')
  const slow = await peers.run('trial_start.py', ['--only', 'default sleep,Ray', '--repeats', '1', ...more])
  const against = { name: 'bare spawn, same folders and files', values: bare }
  return [
    row(what, unit, ours, { against, reach: { type: 'ratio at least', value: 0.5 } }),
    ...besidePeers(what, unit, ours, [...inTurns(sheets), ...started(slow)], { better: 'more', floor: against }),
    ...missingRows(what, unit, ours, joined([...sheets.slice(0, 1), slow])),
  ]
}

function started(sheet: PeerSheet): PeerValues[] {
  return valuesOf(sheet, 'trials started and finished').map((peer) => ({ ...peer, values: peer.values.slice(0, 1) }))
}

/** One value a turn. */
function inTurns(sheets: readonly PeerSheet[]): PeerValues[] {
  const turns = sheets.map(started)
  return (turns[0] ?? []).map((peer) => ({
    ...peer,
    values: turns.flatMap((turn) => turn.find(({ name }) => name === peer.name)?.values ?? []),
  }))
}

function joined(sheets: readonly PeerSheet[]): PeerSheet {
  const missing = sheets.flatMap((sheet) => sheet.missing)
  return { figures: [], missing: missing.filter(({ peer }, at) => missing.findIndex((m) => m.peer === peer) === at) }
}

/** The whole command, from its start to its end, in seconds. */
async function runStudy(bin: string, folder: string, by: string, trials: number): Promise<number> {
  const { studyFile, name } = trivialProgram(folder, by, trials)
  const { ms } = await runNode([bin, 'run', studyFile, '--quiet'], { cwd: folder })
  const store = await sqliteStore(join(folder, 'foretune.db'), { readOnly: true })
  const folded = await foldStudy(store, name, algorithms)
  await store.close()
  const counted = folded?.study.state.reportCount
  if (!folded || counted !== trials * trivialEpochs || best(folded.study).trials.length === 0)
    throw new Error(`expected ${trials * trivialEpochs} reports in the store, got ${counted}`)
  return ms / 1000
}

async function startBare(folder: string, by: string, trials: number): Promise<number> {
  const { script } = trivialProgram(folder, by, trials)
  let next = 0
  const startedMs = performance.now()
  const slot = async (): Promise<void> => {
    while (next < trials) await bareTrial(folder, [by, script], next++)
  }
  await Promise.all([slot(), slot()])
  return (performance.now() - startedMs) / 1000
}

async function bareTrial(folder: string, [by, script]: readonly [string, string], trial: number): Promise<void> {
  const attempt = join(folder, 'trials', String(trial).padStart(4, '0'), 'attempt-1')
  mkdirSync(attempt, { recursive: true })
  mkdirSync(join(attempt, '..', 'checkpoint'))
  writeFileSync(join(attempt, 'configuration.json'), JSON.stringify({ trial, configuration: { x: trial } }))
  writeFileSync(join(attempt, 'until.new'), `${trivialEpochs}\n`)
  renameSync(join(attempt, 'until.new'), join(attempt, 'until'))
  const [reports, stdout, stderr] = ['reports.jsonl', 'stdout.log', 'stderr.log'].map((file) =>
    openSync(join(attempt, file), 'a'),
  ) as [number, number, number]
  const child = spawn(by, [script, '--x', String(trial)], { detached: true, stdio: ['ignore', stdout, stderr] })
  for (const fd of [reports, stdout, stderr]) closeSync(fd)
  writeFileSync(join(attempt, 'process'), `pid ${child.pid}\n`)
  const code = await new Promise((resolve) => child.once('exit', resolve))
  writeFileSync(join(attempt, 'exit'), `${String(code)}\n`)
  if (code !== 0) throw new Error(`the trivial program ended with ${String(code)}`)
}
