/** One simulated pass over recorded curves, whole: from the study's first event to its last, with one worker. */
import { readCurveTable } from '../src/simulation/curve-file.ts'
import { simulate } from '../src/simulation/simulate.ts'
import { tableProblem } from '../src/simulation/table-problem.ts'
import { shared } from '../test/shared.ts'
import type { BenchOptions } from './bench.ts'
import { runNode } from './child.ts'
import type { Row } from './row.ts'
import { row } from './row.ts'

interface Pass {
  readonly scheduler: string
  readonly title: string
  readonly reachMs: number
  /** What it must come to; a pass of another number of epochs is another pass. */
  readonly epochs: number | null
  readonly repeats: number
}

const passes: readonly Pass[] = [
  { scheduler: 'hyperband', title: 'Hyperband', reachMs: 30, epochs: 3213, repeats: 20 },
  { scheduler: 'swift-hyperband', title: 'Swift-Hyperband', reachMs: 150, epochs: 2846, repeats: 20 },
  { scheduler: 'fast-hyperband', title: 'Fast-Hyperband', reachMs: 1000, epochs: 2846, repeats: 5 },
  { scheduler: 'quantum-swift-hyperband', title: 'Quantum-Swift-Hyperband', reachMs: 10_000, epochs: null, repeats: 2 },
]

/** The first pass of each process is among its row's figures; a process of its own, so that nothing is warm. */
export async function schedulerPasses({ quick, say }: BenchOptions): Promise<readonly Row[]> {
  if (shared.skip !== false) return []
  const rows: Row[] = []
  for (const pass of passes) {
    say(pass.title)
    const medians: number[] = []
    const firsts: number[] = []
    for (let turn = 0; turn < (quick ? 1 : 5); turn++) {
      const { stdout } = await runNode([import.meta.filename, pass.scheduler])
      const ms = JSON.parse(stdout) as number[]
      firsts.push(ms[0] as number)
      medians.push(ms.toSorted((a, b) => a - b)[Math.floor(ms.length / 2)] as number)
    }
    const size = `R = 100, eta = 2, 163 trials, mlpf`
    const reach = { type: 'at most', value: pass.reachMs } as const
    rows.push(row(`${pass.title} pass (${size}), median of ${pass.repeats}`, 'ms', medians, { reach }))
    rows.push(row('  the first pass of those processes', 'ms', firsts))
  }
  return rows
}

if (import.meta.main) {
  const problem = tableProblem(await readCurveTable(shared.path('data/curves/mlpf.csv')), { direction: 'minimize' })
  const pass = passes.find(({ scheduler }) => scheduler === process.argv[2])
  if (!pass) throw new Error(`no pass of ${process.argv[2]}`)
  const ms: number[] = []
  for (let repeat = 0; repeat < pass.repeats; repeat++) {
    const startedMs = performance.now()
    const { result } = await simulate({ problem, scheduler: { type: pass.scheduler, eta: 2 }, order: 'rows' })
    ms.push(performance.now() - startedMs)
    if (result.trials !== 163 || (pass.epochs !== null && result.epochs !== pass.epochs))
      throw new Error(`not the pass: ${JSON.stringify(result)}`)
  }
  process.stdout.write(JSON.stringify(ms))
}
