/**
 * All speeds in one command: `npm run bench`, or `node bench/run.ts [--only NAME,...] [--quick] [--peers VENV] [--json]`. Prints a table, and keeps the
 * figures in `results/latest.json`: of each bench those of its last whole run, with the machine that it ran on. `--quick` keeps nothing.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { annealingBesidePeers } from './annealing.ts'
import { ashaGrowth } from './asha-growth.ts'
import { askTell } from './ask-tell.ts'
import type { Bench, BenchOptions } from './bench.ts'
import { fitBlocking } from './fits.ts'
import { help } from './help.ts'
import { importanceBesidePeers } from './importance.ts'
import { killedController } from './killed-controller.ts'
import { liveFrame } from './live-frame.ts'
import type { Machine } from './machine.ts'
import { load, machine, machineText } from './machine.ts'
import { controllerCpu, reportLatency } from './many-trials.ts'
import { makespans } from './makespan.ts'
import { multiFidelity } from './multi-fidelity.ts'
import { opening } from './opening.ts'
import { schedulerPasses } from './passes.ts'
import { peersIn } from './peers.ts'
import { replayBesidePeers } from './replay-beside-peers.ts'
import { comparedSamplers, regretOf } from './regret.ts'
import type { Row } from './row.ts'
import { storageBesidePeers } from './storage-beside-peers.ts'
import { svrBesidePeers } from './svr.ts'
import { tableText } from './table.ts'
import { trialStart } from './trial-start.ts'
import { workerUtilisation } from './utilisation.ts'
import { writing } from './writing.ts'

const benches: readonly Bench[] = [
  { name: 'help', measure: help },
  { name: 'writing', measure: writing },
  { name: 'passes', measure: schedulerPasses },
  { name: 'makespan', measure: makespans },
  { name: 'svr', measure: svrBesidePeers },
  { name: 'annealing', measure: annealingBesidePeers },
  { name: 'fits', measure: fitBlocking },
  { name: 'utilisation', measure: workerUtilisation },
  { name: 'multi-fidelity', measure: multiFidelity },
  { name: 'importance', measure: importanceBesidePeers },
  { name: 'ask-tell', measure: askTell },
  ...comparedSamplers.map((sampler) => ({ name: `regret-${sampler}`, measure: regretOf(sampler) })),
  { name: 'asha-growth', measure: ashaGrowth },
  { name: 'opening', measure: opening },
  { name: 'live-frame', measure: liveFrame },
  { name: 'report-latency', measure: reportLatency },
  { name: 'controller-cpu', measure: controllerCpu },
  { name: 'replay', measure: replayBesidePeers },
  { name: 'storage', measure: storageBesidePeers },
  { name: 'trial-start', measure: trialStart },
  { name: 'killed-controller', measure: killedController },
]

interface Result {
  readonly name: string
  readonly machine: Machine
  readonly rows: readonly Row[]
  /** It broke: its rows are missing. */
  readonly error?: string
}

const usage = `usage: node bench/run.ts [--only NAME,...] [--quick] [--peers VENV] [--json]
benches: ${benches.map(({ name }) => name).join(', ')}
peers: node bench/peers.ts --setup makes the default VENV, bench/.venv
`
const resultsFolder = new URL('results/', import.meta.url)

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      peers: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const names = values.only?.split(',') ?? benches.map(({ name }) => name)
  const unknown = names.filter((name) => benches.every((bench) => bench.name !== name))
  if (values.help || unknown.length > 0) {
    process.stderr.write(unknown.length > 0 ? `there is no bench ${unknown.join(', ')}\n${usage}` : usage)
    return values.help ? 0 : 2
  }
  const say = (text: string): void => void process.stderr.write(`  ${text}\n`)
  const options: BenchOptions = { quick: values.quick, peers: peersIn(values.peers), say }
  if (options.peers.missing !== null) say(`peers are missing: ${options.peers.missing}`)
  const results: Result[] = []
  for (const bench of benches.filter(({ name }) => names.includes(name))) {
    process.stderr.write(`${bench.name}\n`)
    const result = await measured(bench, options)
    results.push(result)
    if (!values.json) process.stdout.write(text(result))
    if (!values.quick) keep(result)
  }
  if (values.json) process.stdout.write(`${JSON.stringify(results)}\n`)
  return results.some(({ error }) => error !== undefined) ? 1 : 0
}

async function measured({ name, measure }: Bench, options: BenchOptions): Promise<Result> {
  const loadBefore = load()
  try {
    const rows = await measure(options)
    return { name, machine: machine(loadBefore), rows }
  } catch (error) {
    return { name, machine: machine(loadBefore), rows: [], error: (error as Error).message }
  }
}

function text({ name, machine: on, rows, error }: Result): string {
  const body = error === undefined ? tableText(rows) : `broke: ${error}`
  return `${name} (${machineText(on)})\n${body}\n\n`
}

/** Beside what other runs kept of the other benches. */
function keep(result: Result): void {
  if (result.error !== undefined) return
  mkdirSync(resultsFolder, { recursive: true })
  const file = new URL('latest.json', resultsFolder)
  const kept = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { readonly benches: readonly Result[] })
    : null
  const all = [...(kept?.benches ?? []).filter(({ name }) => name !== result.name), result]
  const order = benches.map(({ name }) => name)
  const sorted = all.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
  writeFileSync(file, `${JSON.stringify({ benches: sorted }, null, 1)}\n`)
}

process.exitCode = await main()
