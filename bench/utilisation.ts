/**
 * Whether a sampler keeps many workers busy: black-box trials of a minute on simulated workers, each proposal charged with the CPU time that it really takes.
 * Published (DeepHyper, Combo data, 2.4 of the notes): a central search keeps 160 workers at .983 and 1,920 at .267, a distributed one at .990.
 */
import { builtInProblem } from '../src/simulation/problems.ts'
import { simulate } from '../src/simulation/simulate.ts'
import type { BenchOptions } from './bench.ts'
import type { Row } from './row.ts'
import { row } from './row.ts'

/** Share of the workers' time that is to be spent on training. */
const settings = [
  { workers: 64, reach: 0.99, minutes: 20 },
  { workers: 640, reach: 0.97, minutes: 8 },
  { workers: 1920, reach: 0.95, minutes: 6 },
] as const

export async function workerUtilisation({ quick, say }: BenchOptions): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const sampler of ['forest', 'auto'])
    for (const { workers, reach, minutes } of settings) {
      say(`${sampler}, ${workers} workers`)
      const { result, study } = await simulate({
        problem: builtInProblem('hartmann6', 1),
        sampler: { type: sampler },
        scheduler: { type: 'none' },
        workers,
        seconds: { type: 'uniform', low: 30, high: 90 },
        fitSeconds: 'measured',
        budget: { timeMs: (quick ? 2 : minutes) * 60_000 },
      })
      const { proposalCount, proposalMs } = study.state
      const note = `${result.trials} trials, the model was asked ${proposalCount} times, the last one took ${proposalMs.toFixed(0)} ms`
      const what = `${sampler}, ${workers} workers, trials of 30 to 90 s`
      rows.push(row(what, 'of the time', [result.utilisation], { reach: { type: 'at least', value: reach }, note }))
    }
  return rows
}
