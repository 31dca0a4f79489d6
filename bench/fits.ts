/** How long the control loop is held up by fits: those that are done in place, and handing the others to the worker thread. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { defaultsOf } from '../src/core/options.ts'
import { predictors } from '../src/core/predictors/index.ts'
import type { FitInput } from '../src/core/predictors/predictor.ts'
import type { Fitter, FitOrder } from '../src/ports.ts'
import { fitter } from '../src/runtime/fitter.ts'
import { readCurveTable } from '../src/simulation/curve-file.ts'
import { shared } from '../test/shared.ts'
import type { BenchOptions } from './bench.ts'
import type { Row } from './row.ts'
import { row } from './row.ts'

const sizes = [15, 20, 40, 100, 296].flatMap((curves) => [25, 75].map((known) => ({ curves, known })))

export async function fitBlocking({ quick, say }: BenchOptions): Promise<readonly Row[]> {
  if (shared.skip !== false) return []
  const table = await readCurveTable(shared.path('data/curves/mlpf.csv'))
  const losses = table.curves['METRIC'] as Float64Array
  const all = table.rows.map((_, index) => [...losses.subarray(index * table.horizon, (index + 1) * table.horizon)])
  const held: number[] = []
  const its = fitter()
  for (const type of Object.keys(predictors)) {
    say(type)
    for (const { curves, known } of sizes.slice(0, quick ? 2 : undefined)) {
      const input: FitInput = { known, target: 100, curves: all.slice(0, curves), hyperparameters: null, seed: 1 }
      const predictor = { ...defaultsOf(predictors[type]?.options ?? {}), type }
      // The least of three: what else the machine does holds the loop up, too.
      const turns: number[] = []
      for (let turn = 0; turn < 3; turn++)
        turns.push(await heldUpMs(its, { fit: 3 * held.length + turn, predictor, input }))
      held.push(Math.min(...turns))
    }
  }
  await its.close()
  const note = 'every predictor, 15 to 296 curves of 25 and 75 epochs, the least of three turns each'
  return [
    row('the loop is held up by a fit', 'ms', held, { note }),
    row('  by the longest of them', 'ms', [Math.max(...held)], { reach: { type: 'at most', value: 10 } }),
  ]
}

/** The longest time, from the question to the answer, in which nothing else could happen. */
async function heldUpMs(its: Fitter, order: FitOrder): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const startedMs = performance.now()
  const answer = its.fit(order)
  const asking = performance.now() - startedMs
  await answer
  delay.disable()
  // The monitor counts its own period of a millisecond.
  return Math.max(asking, delay.max / 1e6 - 1)
}
