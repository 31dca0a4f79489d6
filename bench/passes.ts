import { readCurveTable } from '../src/simulation/curve-file.ts'
import { simulate } from '../src/simulation/simulate.ts'
import { tableProblem } from '../src/simulation/table-problem.ts'
import { shared } from '../test/shared.ts'
import type { BenchOptions } from './bench.ts'
import { runNode } from './child.ts'
import type { Row } from './row.ts'
import { row } from './row.ts'

const passes = 20

/** One Hyperband pass over recorded curves, the first passes of a process among them; a process of its own, so that nothing is warm. */
export async function hyperbandPass({ quick }: BenchOptions): Promise<readonly Row[]> {
  if (shared.skip !== false) return []
  const medians: number[] = []
  const spans: number[] = []
  for (let turn = 0; turn < (quick ? 1 : 5); turn++) {
    const { stdout } = await runNode([import.meta.filename])
    const ms = JSON.parse(stdout) as number[]
    spans.push(...ms)
    medians.push(ms.toSorted((a, b) => a - b)[passes / 2] as number)
  }
  return [
    row('Hyperband pass (R = 100, eta = 2, 163 trials, mlpf), median of 20', 'ms', medians, {
      reach: { type: 'at most', value: 30 },
    }),
    row('  single passes of those processes, the first ones too', 'ms', spans),
  ]
}

if (import.meta.main) {
  const problem = tableProblem(await readCurveTable(shared.path('data/curves/mlpf.csv')), { direction: 'minimize' })
  const ms: number[] = []
  for (let pass = 0; pass < passes; pass++) {
    const startedMs = performance.now()
    const { result } = await simulate({ problem, scheduler: { type: 'hyperband', eta: 2 }, order: 'rows' })
    ms.push(performance.now() - startedMs)
    if (result.trials !== 163 || result.epochs !== 3_213) throw new Error(`not the pass: ${JSON.stringify(result)}`)
  }
  process.stdout.write(JSON.stringify(ms))
}
