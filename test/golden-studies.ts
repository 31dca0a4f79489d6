/**
 * The small simulated studies whose decisions are kept in `golden/`: every scheduler with random proposals, and every other sampler under ASHA. Who
 * changes a decision sees it there, line by line; `npm run golden` writes them anew, and the difference belongs into the same commit.
 */
import { fileURLToPath } from 'node:url'
import { samplers } from '../src/core/samplers/index.ts'
import { schedulers } from '../src/core/schedulers/index.ts'
import { isDecision } from '../src/core/study/events.ts'
import type { Event } from '../src/core/study/events.ts'
import { parseFaults } from '../src/simulation/faults.ts'
import { builtInProblem } from '../src/simulation/problems.ts'
import { eventsOf, simulate } from '../src/simulation/simulate.ts'
import type { SimulateOptions } from '../src/simulation/simulation-setup.ts'

export const goldenFolder: string = fileURLToPath(new URL('golden/', import.meta.url))

const problem = builtInProblem('curves', 9)
const common = {
  problem,
  workers: 3,
  seed: 7,
  seconds: { type: 'lognormal', sigma: 0.35 },
  budget: { trials: 12 },
} as const

export const goldenStudies: { readonly [name: string]: SimulateOptions } = {
  ...Object.fromEntries(
    Object.keys(schedulers).map((type) => [`scheduler-${type}`, { ...common, scheduler: { type } }]),
  ),
  // So many trials that predictors can be trained, and drop or stop somebody.
  ...Object.fromEntries(
    ['swift-hyperband', 'fast-hyperband'].map((type) => [
      `scheduler-${type}`,
      { ...common, budget: { trials: 24 }, scheduler: { type, d: 3 } },
    ]),
  ),
  // An annealer's answer hangs on the last digits of this machine's exponentials: another predictor stands in for it.
  'scheduler-quantum-swift-hyperband': {
    ...common,
    budget: { trials: 24 },
    scheduler: { type: 'quantum-swift-hyperband', d: 3, predictor: 'least-squares' },
  },
  'scheduler-asha-stopping': { ...common, scheduler: { type: 'asha', form: 'stopping' } },
  ...Object.fromEntries(
    Object.keys(samplers)
      .filter((type) => type !== 'random')
      .map((type) => [`sampler-${type}`, { ...common, sampler: { type }, scheduler: { type: 'asha' } }]),
  ),
  'with-faults': {
    ...common,
    scheduler: { type: 'hyperband' },
    faults: parseFaults('loss=0.2,nan=0.1,late=0.2,refuse=0.1'),
  },
}

/** One line a decision, without times. Numbers have nine digits: the last ones may differ between versions of Node. */
export async function goldenText(options: SimulateOptions): Promise<string> {
  const events = await eventsOf(await simulate(options))
  return events
    .filter(isDecision)
    .map((event) => `${shortForm(event)}\n`)
    .join('')
}

function shortForm({ type, at: _at, ...rest }: Event): string {
  return JSON.stringify({ do: type, ...rest }, (_key, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(9)) : value,
  )
}
