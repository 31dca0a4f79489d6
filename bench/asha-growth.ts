import { samplers } from '../src/core/samplers/index.ts'
import type { Sampler, SamplerKind } from '../src/core/samplers/sampler.ts'
import { builtInProblem } from '../src/simulation/problems.ts'
import { simulate } from '../src/simulation/simulate.ts'
import type { BenchOptions } from './bench.ts'
import { runNode } from './child.ts'
import type { Row } from './row.ts'
import { row } from './row.ts'

interface Grown {
  readonly seconds: number
  /** CPU microseconds for each trial of a window: its creation, decisions, reports and end. */
  readonly early: number
  readonly late: number
}

/**
 * A large ASHA study in a process of its own, after a small one that warms it. Growth is looked for where it would show: the CPU time that the
 * last trials of the large study cost, against that of those after the 1,000th of the same study.
 */
export async function ashaGrowth({ quick }: BenchOptions): Promise<readonly Row[]> {
  const trials = quick ? 10_000 : 100_000
  const grown: Grown[] = []
  for (let turn = 0; turn < (quick ? 1 : 3); turn++) {
    const { stdout } = await runNode([import.meta.filename, String(trials)])
    grown.push(JSON.parse(stdout) as Grown)
  }
  return [
    row(
      `simulated ASHA, ${trials} trials, 1,000 workers`,
      's',
      grown.map(({ seconds }) => seconds),
      { reach: { type: 'at most', value: 20 } },
    ),
    row(
      `  CPU a trial near trial ${trials}`,
      'µs',
      grown.map(({ late }) => late),
      {
        against: { name: 'near trial 1,000', values: grown.map(({ early }) => early) },
        reach: { type: 'ratio at most', value: 2 },
      },
    ),
  ]
}

async function study(trials: number, onTrial: (trial: number) => void): Promise<void> {
  const simulation = await simulate({
    problem: builtInProblem('curves', 81),
    scheduler: { type: 'asha', eta: 3 },
    sampler: { type: 'watched' },
    workers: 1_000,
    budget: { trials },
    algorithms: { samplers: { watched: watchedRandom(onTrial) } },
  })
  if (simulation.result.trials !== trials) throw new Error(`not the study: ${JSON.stringify(simulation.result)}`)
}

/** The random sampler, and the moment of each proposal told. */
function watchedRandom(onTrial: (trial: number) => void): SamplerKind {
  const { random } = samplers
  if (!random) throw new Error('there is a sampler random')
  return {
    ...random,
    name: 'watched',
    create(setup) {
      const sampler: Sampler<unknown> = random.create(setup)
      const watched: Sampler<unknown> = {
        ...sampler,
        propose: (memory, view, trial, chance, tag) => {
          onTrial(trial)
          return sampler.propose(memory, view, trial, chance, tag)
        },
      }
      return watched
    },
  }
}

if (import.meta.main) {
  const trials = Number(process.argv[2])
  const window = trials / 20
  const cpuAt = new Map<number, number>()
  await study(10_000, () => undefined)
  const startedMs = performance.now()
  const edges = new Set([1_000, 1_000 + window, trials - 1 - window, trials - 1])
  await study(trials, (trial) => {
    if (!edges.has(trial)) return
    const { user, system } = process.cpuUsage()
    cpuAt.set(trial, user + system)
  })
  const between = (from: number, to: number): number => ((cpuAt.get(to) ?? NaN) - (cpuAt.get(from) ?? NaN)) / window
  const grown: Grown = {
    seconds: (performance.now() - startedMs) / 1000,
    early: between(1_000, 1_000 + window),
    late: between(trials - 1 - window, trials - 1),
  }
  process.stdout.write(JSON.stringify(grown))
}
