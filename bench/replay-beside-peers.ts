/** Replaying recorded curves: 163 configurations of mlpf (296 x 100), 4 workers, eta 2, as the peers' simulate.py does. CPU time, not wall time. */
import { readCurveTable } from '../src/simulation/curve-file.ts'
import { simulate } from '../src/simulation/simulate.ts'
import { tableProblem } from '../src/simulation/table-problem.ts'
import { shared } from '../test/shared.ts'
import type { BenchOptions } from './bench.ts'
import { runNode } from './child.ts'
import { missingRows, valuesOf } from './peers.ts'
import type { Reach, Row } from './row.ts'
import { row } from './row.ts'

const seeds = 5
/** Ours: every seed four times in one process, the first studies among them, in which Node still compiles. */
const repeats = 20

interface Rates {
  readonly reportsPerSecond: readonly number[]
  readonly studyMs: readonly number[]
}

interface Replayed {
  readonly asha: Rates
  readonly hyperband: Rates
  readonly median: Rates
}

const schedulers = {
  asha: { type: 'asha', eta: 2, form: 'stopping' },
  hyperband: { type: 'hyperband', eta: 2 },
  median: { type: 'median' },
} as const

/** What a peer's row is compared with, and what is to be reached: ten times a simulator, and not behind a plain loop without one. */
const beside: readonly (readonly [peer: string, ours: keyof Replayed, reach: number])[] = [
  ['Syne Tune simulator, ASHA', 'asha', 10],
  ['Syne Tune simulator, MedianStoppingRule', 'median', 10],
  ['Syne Tune ASHA (stopping), plain loop', 'asha', 1],
  ['Syne Tune MedianStoppingRule, plain loop', 'median', 1],
  ['Optuna SuccessiveHalvingPruner, plain loop', 'asha', 1],
  ['Optuna HyperbandPruner, plain loop', 'hyperband', 1],
  ['Optuna MedianPruner, plain loop', 'median', 1],
]

const what = 'replayed reports'
const unit = 'reports/CPU s'

export async function replayBesidePeers({ quick, peers }: BenchOptions): Promise<readonly Row[]> {
  if (shared.skip !== false) return []
  const replayed = JSON.parse((await runNode([import.meta.filename])).stdout) as Replayed
  const sheet = await peers.run('simulate.py', quick ? ['--quick'] : ['--repeats', String(seeds)])
  const found = valuesOf(sheet, 'reports replayed')
  const rows = beside.flatMap(([peer, ours, least]) => {
    const against = found.find(({ name }) => name === peer)
    const reach: Reach = { type: 'ratio at least', value: least }
    return against
      ? [row(`${what}, ${schedulers[ours].type}`, unit, replayed[ours].reportsPerSecond, { against, reach })]
      : []
  })
  const { asha } = replayed
  // Theirs trains twice as many epochs (a trial at the median of a rung goes on), and most of its reports lie between rungs.
  const whole = valuesOf(sheet, 'simulated study, CPU')
    .filter(({ name }) => name === 'Syne Tune ASHA (stopping), plain loop')
    .map(({ name, values }) => ({ name, values: values.map((seconds) => 1000 * seconds) }))
    .map((against) => row('  CPU of a whole study, asha', 'ms', asha.studyMs, { against }))
  return [...rows, ...whole, ...missingRows(what, unit, asha.reportsPerSecond, sheet)]
}

async function replay(scheduler: (typeof schedulers)[keyof typeof schedulers]): Promise<Rates> {
  const problem = tableProblem(await readCurveTable(shared.path('data/curves/mlpf.csv')), { direction: 'minimize' })
  const [reportsPerSecond, studyMs]: [number[], number[]] = [[], []]
  for (let turn = 0; turn < repeats; turn++) {
    const before = process.cpuUsage()
    const { result } = await simulate({ problem, scheduler, workers: 4, seed: turn % seeds, budget: { trials: 163 } })
    const { user, system } = process.cpuUsage(before)
    if (result.trials !== 163) throw new Error(`not the replay: ${JSON.stringify(result)}`)
    reportsPerSecond.push((result.epochs * 1e6) / (user + system))
    studyMs.push((user + system) / 1000)
  }
  return { reportsPerSecond, studyMs }
}

if (import.meta.main) {
  const replayed: Replayed = {
    asha: await replay(schedulers.asha),
    hyperband: await replay(schedulers.hyperband),
    median: await replay(schedulers.median),
  }
  process.stdout.write(JSON.stringify(replayed))
}
