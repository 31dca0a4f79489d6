/**
 * A controller with 50 real trials that report now and then: how long a report line on disk takes to become a durable event, and what the
 * controller costs. The trials stamp each line when they write it. Beside it, in turns, the least that could do this: a program that
 * watches such files and commits every line that it reads.
 */
import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { executorOf, studyDirectory } from '../src/library/program-executor.ts'
import { openSession } from '../src/library/session.ts'
import { openStore } from '../src/stores/open.ts'
import { programAsJson } from '../src/wire/program.ts'
import { readStudyFile } from '../src/wire/study-file.ts'
import type { BenchOptions } from './bench.ts'
import { runNode, withFolder } from './child.ts'
import type { Row } from './row.ts'
import { quantile, row } from './row.ts'
import { python } from './trivial-program.ts'

const trials = 50

/** A controller runs for hours: its first thousands of reports, while Node still compiles, come before what is measured. */
const warmEpochs = 100
const warmEverySeconds = 0.1

/**
 * Appends to the attempt's `reports.jsonl`, as a client does. Every trial has its own phase, and sleeps to fixed moments: a late line makes
 * no later one late.
 */
const stamping = `import json, os, random, sys, time
every, epochs = float(sys.argv[1]), int(sys.argv[2])
at = time.time() + random.Random(int(os.environ["FORETUNE_SLOT"])).random() * every
with open(os.environ["FORETUNE_ATTEMPT"] + "/reports.jsonl", "a") as reports:
    for epoch in range(1, ${warmEpochs} + epochs + 1):
        at += every if epoch > ${warmEpochs} else ${warmEverySeconds}
        time.sleep(max(0, at - time.time()))
        reports.write(json.dumps({"epoch": epoch, "loss": 1 / epoch, "written": time.time() * 1000}) + chr(10))
        reports.flush()
`

interface Watched {
  /** Of each report, from written to durable. */
  readonly delaysMs: readonly number[]
  /** The controller's CPU time / wall time, while all trials train. */
  readonly cpuShare: number
}

export async function reportLatency({ quick }: BenchOptions): Promise<readonly Row[]> {
  const { ours, bare } = await inTurns(quick ? 1 : 3, 0.1, quick ? 20 : 100)
  const quantiles = (of: readonly Watched[], share: number): number[] =>
    of.map(({ delaysMs }) => quantile(delaysMs, share))
  const what = 'report line to durable event, 50 trials x 10 reports/s'
  const against = (share: number): { name: string; values: number[] } => ({
    name: bareName,
    values: quantiles(bare, share),
  })
  return [
    row(`${what}: p99`, 'ms', quantiles(ours, 0.99), { against: against(0.99), reach: { type: 'at most', value: 50 } }),
    row('  median', 'ms', quantiles(ours, 0.5), { against: against(0.5) }),
    row('  worst', 'ms', quantiles(ours, 1), { against: against(1) }),
    row("  controller's CPU meanwhile", '% of a core', shares(ours), {
      against: { name: bareName, values: shares(bare) },
    }),
  ]
}

export async function controllerCpu({ quick }: BenchOptions): Promise<readonly Row[]> {
  const { ours, bare } = await inTurns(quick ? 1 : 3, 1, quick ? 4 : 15)
  return [
    row("controller's CPU, 50 trials x 1 report/s", '% of a core', shares(ours), {
      against: { name: bareName, values: shares(bare) },
      reach: { type: 'at most', value: 3 },
    }),
  ]
}

const bareName = 'bare watch, read and commit'

function shares(of: readonly Watched[]): number[] {
  return of.map(({ cpuShare }) => 100 * cpuShare)
}

async function inTurns(
  turns: number,
  everySeconds: number,
  epochs: number,
): Promise<{ readonly ours: readonly Watched[]; readonly bare: readonly Watched[] }> {
  const once = (kind: 'ours' | 'bare'): Promise<Watched> =>
    withFolder(async (folder) => {
      const { stdout } = await runNode([import.meta.filename, kind, folder, String(everySeconds), String(epochs)])
      return JSON.parse(stdout) as Watched
    })
  const [ours, bare]: [Watched[], Watched[]] = [[], []]
  for (let turn = 0; turn < turns; turn++) {
    ours.push(await once('ours'))
    bare.push(await once('bare'))
  }
  return { ours, bare }
}

/** In a process of its own, whose CPU time is the controller's. */
async function watchOurs(folder: string, everySeconds: number, epochs: number): Promise<Watched> {
  const script = join(folder, 'train.py')
  writeFileSync(script, stamping)
  const fields = {
    name: 'many',
    command: [python, script, String(everySeconds), String(epochs)],
    objective: 'loss',
    space: { x: { type: 'float', low: 0, high: 1 } },
    resumable: false,
    epochs: { max: warmEpochs + epochs },
    scheduler: 'none',
    budget: { trials },
    executor: { type: 'local', slots: trials, gpus: 'none' },
  }
  const { definition, program } = await readStudyFile(JSON.stringify(fields), { path: join(folder, 'study.json') })
  const store = await openStore(`sqlite:${join(folder, 'foretune.db')}`)
  const meter = newMeter(epochs)
  const session = await openSession({
    store,
    name: definition.name,
    create: {
      definition,
      program: programAsJson(program),
      directory: studyDirectory(program, definition.name, store.location),
    },
    executor: executorOf,
    onEvents: (events) => {
      for (const event of events) if (event.type === 'TrialReported') meter.take(event.trial, event)
    },
  })
  await session.left
  await store.close()
  return meter.read()
}

/** The same programs and files, each line a row in a transaction of its own. */
async function watchBare(folder: string, everySeconds: number, epochs: number): Promise<Watched> {
  const script = join(folder, 'train.py')
  writeFileSync(script, stamping)
  const database = new DatabaseSync(join(folder, 'bare.db'))
  database.exec('pragma journal_mode = wal; pragma synchronous = full; create table lines (trial integer, line text)')
  const insert = database.prepare('insert into lines values (?, ?)')
  const meter = newMeter(epochs)
  const follow = (trial: number): Promise<unknown> => {
    const attempt = join(folder, String(trial))
    mkdirSync(attempt)
    const fd = openSync(join(attempt, 'reports.jsonl'), 'a+')
    const buffer = Buffer.alloc(65_536)
    const watcher = watch(join(attempt, 'reports.jsonl'), () => {
      const text = buffer.toString('utf8', 0, readSync(fd, buffer, 0, buffer.length, null))
      for (const line of text.split('\n').slice(0, -1)) {
        insert.run(trial, line)
        meter.take(trial, reported(line))
      }
    })
    const env = { ...process.env, FORETUNE_ATTEMPT: attempt, FORETUNE_SLOT: String(trial) }
    const child = spawn(python, [script, String(everySeconds), String(epochs)], { env, stdio: 'ignore' })
    return new Promise((resolve) => child.once('exit', resolve)).finally(() => {
      watcher.close()
      closeSync(fd)
    })
  }
  await Promise.all(Array.from({ length: trials }, (_, trial) => follow(trial)))
  database.close()
  return meter.read()
}

function reported(line: string): Reported {
  const { epoch, ...metrics } = JSON.parse(line) as { epoch: number; written: number }
  return { epoch, metrics }
}

interface Reported {
  readonly epoch: number
  readonly metrics: { readonly [name: string]: number }
}

/** Counts from the moment at which the last trial is warm until the first one reaches its end: starting trials is another bench's. */
function newMeter(epochs: number): { take(trial: number, report: Reported): void; read(): Watched } {
  const delaysMs: number[] = []
  const warm = new Set<number>()
  let begun: { readonly cpu: NodeJS.CpuUsage; readonly atMs: number } | null = null
  let cpuShare: number | null = null
  return {
    take(trial, { epoch, metrics }) {
      if (cpuShare !== null) return
      const atMs = performance.timeOrigin + performance.now()
      if (epoch > warmEpochs) warm.add(trial)
      if (!begun && warm.size === trials) begun = { cpu: process.cpuUsage(), atMs }
      if (!begun || begun.atMs === atMs) return
      delaysMs.push(atMs - (metrics['written'] ?? NaN))
      if (epoch < warmEpochs + epochs) return
      const { user, system } = process.cpuUsage(begun.cpu)
      cpuShare = (user + system) / 1000 / (atMs - begun.atMs)
    },
    read() {
      if (cpuShare === null) throw new Error('not all trials trained at the same time')
      return { delaysMs, cpuShare }
    },
  }
}

if (import.meta.main) {
  const [kind, folder = '', everySeconds, epochs] = process.argv.slice(2)
  const watched = await (kind === 'ours' ? watchOurs : watchBare)(folder, Number(everySeconds), Number(epochs))
  process.stdout.write(JSON.stringify(watched))
}
