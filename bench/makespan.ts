/**
 * How long a pass takes on many workers, in virtual time, beside Hyperband driven by events over the same seeds: the default of Swift-Hyperband and its
 * arrival rule. Nothing is measured here but decisions: the figures are the same on every machine.
 */
import { readCurveTable } from '../src/simulation/curve-file.ts'
import { parseSeconds } from '../src/simulation/seconds.ts'
import { simulate } from '../src/simulation/simulate.ts'
import type { SimulationResult } from '../src/simulation/simulation-result.ts'
import { tableProblem } from '../src/simulation/table-problem.ts'
import type { Problem } from '../src/simulation/problem.ts'
import { shared } from '../test/shared.ts'
import type { BenchOptions } from './bench.ts'
import type { Row } from './row.ts'
import { row } from './row.ts'

const tables = [
  { name: 'mlpf', direction: 'minimize', maxEpochs: 100 },
  { name: 'taskset_imdb_lstm128', direction: 'minimize', maxEpochs: 51 },
  { name: 'deepobs_fmnist_2c2d', direction: 'maximize', maxEpochs: 50 },
  { name: 'mnist_6hp', direction: 'maximize', maxEpochs: 12 },
  { name: 'mnist_6hp_loss', direction: 'minimize', maxEpochs: 12 },
] as const

const contenders = {
  hyperband: { type: 'hyperband', eta: 2 },
  'fixed plan, idle slots train ahead': { type: 'swift-hyperband', eta: 2 },
  'by arrival, idle slots train ahead': { type: 'swift-hyperband', eta: 2, sent: 'arrival' },
} as const

type Contender = keyof typeof contenders

/** Not longer than Hyperband in the mean, within the scatter of so many seeds. */
const reach = { type: 'ratio at most', value: 1.02 } as const

export async function makespans({ quick, say }: BenchOptions): Promise<readonly Row[]> {
  if (shared.skip !== false) return []
  const rows: Row[] = []
  for (const { name, direction, maxEpochs } of tables) {
    say(name)
    const table = await readCurveTable(shared.path(`data/curves/${name}.csv`))
    const problem = tableProblem(table, { direction, maxEpochs, nonFinite: 'worst' })
    for (const workers of [1, 4, 10, 50])
      for (const seconds of ['1', 'lognormal:0.35']) {
        const setting = { problem, workers, seconds, seeds: quick ? 2 : 20 }
        const hyperband = await runs(setting, 'hyperband')
        for (const rule of ['fixed plan, idle slots train ahead', 'by arrival, idle slots train ahead'] as const) {
          const swift = await runs(setting, rule)
          const what = `${name}, ${workers} workers, ${seconds === '1' ? 'equal' : 'log-normal'} epochs: ${rule}`
          const ours = swift.map(({ makespan }) => makespan)
          const against = { name: 'Hyperband', values: [meanOf(hyperband.map(({ makespan }) => makespan))] }
          rows.push(row(what, 'virtual s', [meanOf(ours)], { against, reach, note: noteOf(swift, hyperband) }))
        }
      }
  }
  return rows
}

interface Setting {
  readonly problem: Problem
  readonly workers: number
  readonly seconds: string
  readonly seeds: number
}

async function runs({ problem, workers, seconds, seeds }: Setting, contender: Contender): Promise<SimulationResult[]> {
  const results: SimulationResult[] = []
  for (let seed = 0; seed < seeds; seed++) {
    const scheduler = contenders[contender]
    results.push((await simulate({ problem, scheduler, workers, seed, seconds: parseSeconds(seconds) })).result)
  }
  return results
}

function noteOf(swift: readonly SimulationResult[], hyperband: readonly SimulationResult[]): string {
  const useful = meanOf(swift.map(({ epochs, speculativeEpochs }) => epochs - speculativeEpochs))
  const ahead = meanOf(swift.map(({ speculativeEpochs }) => speculativeEpochs))
  const same = swift.filter(({ best }, index) => best?.value === hyperband[index]?.best?.value).length
  const all = meanOf(hyperband.map(({ epochs }) => epochs))
  return `${useful.toFixed(0)} + ${ahead.toFixed(0)} of ${all.toFixed(0)} epochs; same best ${same} of ${swift.length}`
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
