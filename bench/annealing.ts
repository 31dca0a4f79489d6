/**
 * Simulated annealing of the QSVR's QUBO (20 curves x 3 bits x 2 = 120 bits, five problems from mlpf) beside dwave-samplers, as the peers' annealing.py
 * does it. The rate is of plain annealing at equal settings; energies are of our defaults, with as many reads as fit into the peer's time.
 */
import type { Matrix } from '../src/core/maths/matrix.ts'
import { matrixOf } from '../src/core/maths/matrix.ts'
import { stream } from '../src/core/maths/stream.ts'
import { anneal, annealDefaults } from '../src/core/predictors/qsvr/anneal.ts'
import type { AnnealSettings } from '../src/core/predictors/qsvr/anneal.ts'
import { buildQubo } from '../src/core/predictors/qsvr/build-qubo.ts'
import type { Qubo } from '../src/core/predictors/qsvr/qubo.ts'
import { fitScaler, scaledMatrix } from '../src/core/predictors/scaling.ts'
import { kernelMatrix } from '../src/core/predictors/svr/kernel.ts'
import { readCurveTable } from '../src/simulation/curve-file.ts'
import { shared } from '../test/shared.ts'
import type { BenchOptions } from './bench.ts'
import { runNode } from './child.ts'
import { missingRows } from './peers.ts'
import type { PeerSheet } from './peers.ts'
import type { Row } from './row.ts'
import { quantile, row } from './row.ts'

const instances = 5
const published: AnnealSettings = {
  ...annealDefaults,
  sweeps: 100,
  betaRange: [0.5, 200],
  exchanges: 0,
  descent: 'flips',
}
const ours: AnnealSettings = { ...annealDefaults, betaRange: [10, 1000] }

/** By problem. */
interface Annealed {
  readonly sweepsPerSecond: readonly number[]
  readonly seconds: readonly number[]
  readonly lowest: readonly number[]
  readonly mean: readonly number[]
  /** The lowest energy that a long search finds. */
  readonly bestKnown: readonly number[]
}

export async function annealingBesidePeers({ quick, peers }: BenchOptions): Promise<readonly Row[]> {
  if (shared.skip !== false) return []
  const sheet = await peers.run('annealing.py', quick ? ['--quick', '--repeats', '2'] : ['--repeats', '5'])
  const seconds = mediansOf(sheet, 'anneal rate').map((rate) => (readsOf(quick) * published.sweeps) / rate)
  const { stdout } = await runNode([import.meta.filename, JSON.stringify({ quick, seconds })])
  const found = JSON.parse(stdout) as Annealed
  const what = 'simulated annealing, 120 bits'
  if (seconds.length < instances) return missingRows(what, 'sweeps/CPU s', found.sweepsPerSecond, sheet)
  const name = `dwave-samplers ${sheet.figures[0]?.version ?? ''}`.trim()
  const gaps = (energies: readonly number[]): number[] =>
    energies.map((energy, k) => 100 * (energy / found.bestKnown[k]! - 1) * -1)
  const gapRow = (text: string, figure: string, energies: readonly number[]): Row =>
    row(text, '% above the best known', gaps(energies), {
      against: { name, values: gaps(mediansOf(sheet, figure)) },
      reach: { type: 'ratio at most', value: 1 },
    })
  return [
    row(what, 'sweeps/CPU s', found.sweepsPerSecond, {
      against: { name, values: mediansOf(sheet, 'anneal rate') },
      reach: { type: 'ratio at least', value: 1 },
    }),
    row('  CPU time of the energies below', 's', found.seconds, {
      against: { name, values: seconds },
      reach: { type: 'ratio at most', value: 1 },
    }),
    gapRow('  mean energy of the reads', 'mean energy', found.mean),
    gapRow('  lowest energy', 'lowest energy', found.lowest),
  ]
}

function mediansOf(sheet: PeerSheet, figure: string): number[] {
  return sheet.figures.filter((found) => found.figure === figure).map(({ median }) => median)
}

async function problems(): Promise<Qubo[]> {
  const { curves, metrics, horizon } = await readCurveTable(shared.path('data/curves/mlpf.csv'))
  const losses = curves[metrics[0]!]!
  return Array.from({ length: instances }, (_, k) => {
    const rows = Array.from({ length: 20 }, (_row, place) => {
      const from = (20 * k + place) * horizon
      return Array.from(losses.slice(from, from + horizon))
    })
    const minMax = (columns: Matrix): Matrix => scaledMatrix(fitScaler('min-max', columns), columns)
    const x = minMax(matrixOf(rows.map((values) => values.slice(0, 25))))
    const y = minMax(matrixOf(rows.map((values) => values.slice(-1)))).values
    const encoding = { bits: 3, base: 0.5, offset: 0.005 }
    return buildQubo(kernelMatrix({ type: 'rbf', gamma: 0.1 }, x), y, encoding, { xi: 0.01, epsilon: 0.02, beta: 0 })
  })
}

/** How many reads the peers' script makes. */
function readsOf(quick: boolean): number {
  return quick ? 100 : 1000
}

/** Of 300 reads, each annealed alone: together the samples tell only the distinct ones. */
function meanOfReads(qubo: Qubo, seed: number): number {
  let sum = 0
  for (let read = 0; read < 300; read++)
    sum += anneal(qubo, { ...ours, reads: 1 }, stream(seed, 'mean', read))[0]!.energy
  return sum / 300
}

function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

async function measure({ quick, seconds }: { quick: boolean; seconds: readonly number[] }): Promise<Annealed> {
  const reads = readsOf(quick)
  const found = (await problems()).map((qubo, k) => {
    const rates = [0, 1, 2].map((seed) => {
      const spent = cpuSeconds(() => anneal(qubo, { ...published, reads }, stream(seed, 'rate', k)))
      return (reads * published.sweeps) / spent
    })
    const perRead = cpuSeconds(() => anneal(qubo, { ...ours, reads: 200 }, stream(1, 'trial', k))) / 200
    // A little less than the peer's time, so that equal is not more.
    const fitting = Math.max(1, Math.floor((0.9 * (seconds[k] ?? 0.5)) / perRead))
    let lowest = 0
    const spent = cpuSeconds(() => {
      lowest = anneal(qubo, { ...ours, reads: fitting }, stream(2, 'equal time', k))[0]!.energy
    })
    const long = anneal(qubo, { ...ours, reads: quick ? 1000 : 4000, sweeps: 50 }, stream(3, 'long', k))[0]!.energy
    return {
      rate: quantile(rates, 0.5),
      spent,
      lowest,
      mean: meanOfReads(qubo, k),
      best: Math.min(lowest, long),
    }
  })
  return {
    sweepsPerSecond: found.map(({ rate }) => rate),
    seconds: found.map(({ spent }) => spent),
    lowest: found.map(({ lowest }) => lowest),
    mean: found.map(({ mean }) => mean),
    bestKnown: found.map(({ best }) => best),
  }
}

if (import.meta.main)
  process.stdout.write(JSON.stringify(await measure(JSON.parse(process.argv[2] ?? '{"quick":true,"seconds":[]}'))))
