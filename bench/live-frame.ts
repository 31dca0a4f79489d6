import { frame } from '../src/cli/live-view.ts'
import { simulate } from '../src/simulation/simulate.ts'
import { builtInProblem } from '../src/simulation/problems.ts'
import type { BenchOptions } from './bench.ts'
import type { Row } from './row.ts'
import { row } from './row.ts'

/** One redraw of the live view late in a study of 5,000 trials; it is drawn four times a second. */
export async function liveFrame({ quick }: BenchOptions): Promise<readonly Row[]> {
  const trials = quick ? 500 : 5000
  const { study } = await simulate({
    problem: builtInProblem('curves', 200),
    scheduler: { type: 'asha', eta: 3, form: 'stopping' },
    budget: { trials },
    workers: 20,
  })
  const draw = (): void => void frame(study, study.state.now, 120, 40)
  for (let turn = 0; turn < 20; turn++) draw()
  const times = Array.from({ length: 41 }, () => {
    const before = performance.now()
    draw()
    return performance.now() - before
  })
  return [row(`live view, one frame at ${trials} trials`, 'ms', times, { reach: { type: 'at most', value: 10 } })]
}
