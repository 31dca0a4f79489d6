/** On the MLPF table: the three readings of Fast-Hyperband, and Swift-Hyperband over many draws and numbers of workers. */
import { fixed, page, percent, plusMinus, table } from '../markdown.ts'
import type { Measure, SimulationOutcome } from '../measurement.ts'
import { fastReadings, swiftByWorkers } from '../published.ts'
import { seedsUpTo, type Scope } from '../scope.ts'
import { bestValue, ownEpochs, searches, specsOf } from '../searches.ts'
import { shareOf, spreadOf } from '../statistics.ts'

const readings = ['share', 'all', 'best'] as const
const fastWith = (needed: (typeof readings)[number]) => ({ ...searches.fast, needed })
const arrival = { ...searches.swift, sent: 'arrival', order: 'published', speculate: 'never' } as const
const waves = { ...searches.swift, waves: true } as const
const best = (outcomes: readonly SimulationOutcome[]) => outcomes.map(bestValue)
const epochs = (outcomes: readonly SimulationOutcome[]) => spreadOf(outcomes.map(ownEpochs))

export async function fastTable(measure: Measure, scope: Scope): Promise<string> {
  const seeds = seedsUpTo(scope.fastSeeds)
  const [[hyperband, ...fast], inOrder] = await Promise.all([
    Promise.all(
      [searches.hyperband, ...readings.map(fastWith)].map((scheduler) =>
        measure('simulation', specsOf({ table: 'mlpf', scheduler }, seeds)),
      ),
    ),
    Promise.all(
      readings.map((reading) =>
        measure('simulation', specsOf({ table: 'mlpf', scheduler: fastWith(reading) }, ['rows'])),
      ),
    ),
  ])
  const words = {
    share: '(a) half of the places of the next round',
    all: '(b) all of these places',
    best: '(c) the best one',
  }
  return page(
    '### Fast-Hyperband, three readings',
    `Baker et al. stop a trial once it is all but certain (95 %) not to beat a bar. Their text leaves open which trial of the round the bar is. ${seeds.length} draws; predictors need 15
curves, as Swift's do. Beside it: an independent program, before this one, with other draws.`,
    table(
      [
        'the bar is the worst of',
        'rows in order, independent',
        'here',
        'draws, independent',
        'here',
        'predictors, independent',
        'here',
        'best in common',
      ],
      readings.map((reading, index) => {
        const outcomes = fast[index] ?? []
        const there = fastReadings[reading]
        const isSame = outcomes.map((outcome, seed) => bestValue(outcome) === best(hyperband ?? [])[seed])
        return [
          words[reading],
          String(there.inOrder),
          (inOrder[index] ?? []).map((outcome) => String(ownEpochs(outcome))).join(),
          plusMinus(there),
          plusMinus(epochs(outcomes)),
          String(there.predictors),
          fixed(spreadOf(outcomes.map(({ result }) => result.predictors.trained)).mean, 0),
          percent(shareOf(isSame)),
        ]
      }),
    ),
    'Both programs agree on the rows in order. Over draws they agree in (a) and (b) within the scatter; in (c), which stops on the strength of a single trial, ours has fewer epochs than the other draws.',
  )
}

export async function workersTable(measure: Measure, scope: Scope): Promise<string> {
  const rows = await Promise.all(
    swiftByWorkers.map(async ({ workers, count, mean, sd, sameBest }) => {
      const seeds = seedsUpTo(workers === 1 ? scope.swiftSeeds : scope.parallelSeeds)
      const timing = workers === 1 ? 'unit' : 'log-normal'
      const [hyperband, plan, arriving, inWaves] = await Promise.all([
        measure('simulation', specsOf({ table: 'mlpf', scheduler: searches.hyperband }, seeds)),
        measure('simulation', specsOf({ table: 'mlpf', scheduler: searches.swift, workers, timing }, seeds)),
        measure('simulation', specsOf({ table: 'mlpf', scheduler: arrival, workers, timing }, seeds)),
        measure('simulation', specsOf({ table: 'mlpf', scheduler: waves, workers, timing }, seeds)),
      ])
      const cell = (outcomes: readonly SimulationOutcome[]): string => {
        const isSame = outcomes.map((outcome, seed) => bestValue(outcome) === best(hyperband)[seed])
        return `${plusMinus(epochs(outcomes))}; ${percent(shareOf(isSame))}`
      }
      const there = `${mean} ± ${sd}; ${percent(sameBest)} (${count})`
      return [String(workers), there, String(seeds.length), cell(inWaves), cell(arriving), cell(plan)]
    }),
  )
  return page(
    '### Swift-Hyperband, more draws and more workers',
    `The published program is parallel: which trials are trained on without a prediction depends on who arrives first, so that with more workers it decides otherwise. Its 10
result files say 2926 ± 40 and always the same best. Here each cell is: epochs; share that found Hyperband's best. Epochs take a log-normal time (standard deviation 0.35)
from two workers on. _Waves_ and _arrival_ follow the published rule, with the published dispatch and without. _Plan_ is our default: who is sent is fixed by rank before
the search, so that all numbers of workers decide alike. Epochs that idle workers train ahead of a decision are not counted here (see [makespan](#wall-time-with-1-to-50-workers)).`,
    table(['workers', 'independent program (draws)', 'draws here', 'waves', 'arrival', 'plan'], rows),
  )
}
