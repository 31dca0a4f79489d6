/** The published searches on the MLPF table: what they cost, and what they found. */
import { epochsOf, hyperbandBrackets } from '../../src/core/schedulers/brackets.ts'
import { pairedDifference } from '../../src/simulation/paired.ts'
import { bandOf } from '../../src/simulation/bands.ts'
import { stepChart } from '../chart.ts'
import { figure, fixed, interval, page, percent, plusMinus, table } from '../markdown.ts'
import type { Measure, SimulationOutcome } from '../measurement.ts'
import { fastReadings, mlpfSearches, otherTargets, swiftByWorkers } from '../published.ts'
import { seedsUpTo, type Scope } from '../scope.ts'
import { bestValue, ownEpochs, searches, searchNames, specsOf, type SearchName } from '../searches.ts'
import { shareOf, spreadOf } from '../statistics.ts'
import { eta, trialsOfPass } from '../tables.ts'
import { figuresFolder, type Section } from './section.ts'

const names = Object.keys(searches) as SearchName[]
const readings = ['share', 'all', 'best'] as const
const fastWith = (needed: (typeof readings)[number]) => ({ ...searches.fast, needed })
const arrival = { ...searches.swift, sent: 'arrival', order: 'published', speculate: 'never' } as const
const waves = { ...searches.swift, waves: true } as const
const nothing = { epochs: [], times: [], values: [], trials: [] }
const best = (outcomes: readonly SimulationOutcome[]) => outcomes.map(bestValue)
const epochs = (outcomes: readonly SimulationOutcome[]) => spreadOf(outcomes.map(ownEpochs))

export async function mlpfSection(measure: Measure, scope: Scope): Promise<Section> {
  const seeds = seedsUpTo(scope.searches)
  const [inOrder, drawn, fast, more] = await Promise.all([
    Promise.all(
      names.map((name) => measure('simulation', specsOf({ table: 'mlpf', scheduler: searches[name] }, ['rows']))),
    ),
    Promise.all(
      names.map((name) =>
        measure('simulation', specsOf({ table: 'mlpf', scheduler: searches[name], keepsTrajectory: true }, seeds)),
      ),
    ),
    fastTable(measure, scope),
    workersTable(measure, scope),
  ])
  const runs = Object.fromEntries(names.map((name, index) => [name, drawn[index]])) as unknown as {
    readonly [name in SearchName]: readonly SimulationOutcome[]
  }
  const svg = stepChart(
    'Best loss so far, MLPF, R = 100',
    'epochs spent',
    'best loss',
    names.map((name) =>
      bandOf(
        {
          label: searchNames[name],
          results: runs[name].map(({ result }) => result),
          trajectories: runs[name].map((outcome) => outcome.trajectory ?? nothing),
        },
        'epochs',
      ),
    ),
  )
  return { text: text({ inOrder, runs, fast, more, count: seeds.length }), figures: { 'mlpf-searches.svg': svg } }
}

function text(given: {
  readonly inOrder: readonly (readonly SimulationOutcome[])[]
  readonly runs: { readonly [name in SearchName]: readonly SimulationOutcome[] }
  readonly fast: string
  readonly more: string
  readonly count: number
}): string {
  const { inOrder, runs, fast, more, count } = given
  const saved = (name: SearchName) => 1 - epochs(runs[name]).mean / epochs(runs.hyperband).mean
  return page(
    '## The searches on MLPF',
    `296 recorded trainings, R = 100, eta = 2, ${trialsOfPass(100)} trials a search. A simulated search draws its trials from the table, each row at most once, and reads the
losses instead of training. One worker; all algorithms meet the same rows in the same order.`,
    '### Rows in the order of the file',
    'These must come out exactly. They do not depend on any seed but that of the annealing.',
    orderTable(inOrder),
    '### The schedule',
    'Epochs of one pass of Hyperband with eta = 2. They agree only if halves are rounded to the even neighbour (else 3235 instead of 3213).',
    table(
      ['R', 'trials', 'published', 'here'],
      otherTargets.map(({ R, hyperband }) => [
        String(R),
        String(trialsOfPass(R)),
        String(hyperband),
        String(hyperbandBrackets({ maxEpochs: R, minEpochs: 1, eta }).reduce((sum, one) => sum + epochsOf(one), 0)),
      ]),
    ),
    `### ${count} random draws`,
    `Published: 10 searches each, mean ± standard deviation. Here: ${count} draws, the same ones for all four. _Best in common_: the share that found the very row that Hyperband
found.`,
    drawsTable(runs),
    'The best loss differs from the published one by the draw of 163 rows out of 296 alone: who draws the best row finds 442.2677, published in 6 of 10.',
    'Differences from Hyperband, draw by draw, with the 95 % confidence interval of their mean (Student). Negative is cheaper, or better.',
    pairsTable(runs),
    figure(`${figuresFolder}/mlpf-searches.svg`, 'Best loss so far against epochs spent, four algorithms on MLPF'),
    'The best loss reported so far, at any epoch of any trial, against the epochs spent: median and quartiles over the draws; a dot where the search ends. All four find what they find within the first two brackets, and those that predict end earlier.',
    `In words, the posters say: as good as Hyperband, 8 to 9 % fewer epochs on MLPF, and with fewer epochs than Fast-Hyperband. Here Swift-Hyperband saves ${percent(saved('swift'), 1)}, Quantum-Swift ${percent(saved('quantumSwift'), 1)}, Fast-Hyperband ${percent(saved('fast'), 1)}.`,
    fast,
    more,
  )
}

function orderTable(inOrder: readonly (readonly SimulationOutcome[])[]): string {
  const known: { readonly [name in SearchName]: string } = {
    hyperband: '3213',
    fast: '2846',
    swift: '2846',
    quantumSwift: '-',
  }
  return table(
    ['algorithm', 'epochs, expected', 'epochs, here', 'predictors', 'best loss'],
    names.map((name, index) => {
      const outcome = inOrder[index]?.[0] as SimulationOutcome
      const { predictors } = outcome.result
      return [
        searchNames[name],
        known[name],
        String(ownEpochs(outcome)),
        String(predictors.trained),
        fixed(bestValue(outcome), 4),
      ]
    }),
  )
}

function drawsTable(runs: { readonly [name in SearchName]: readonly SimulationOutcome[] }): string {
  const published: { readonly [name in SearchName]: string } = {
    hyperband: '3213',
    fast: 'only as a figure',
    swift: '2926 ± 40',
    quantumSwift: '2953 ± 61',
  }
  const publishedBest = `${mlpfSearches.best.mean} ± ${mlpfSearches.best.sd}`
  return table(
    [
      'algorithm',
      'epochs, published',
      'epochs, here',
      'saved',
      'best, published',
      'best, here',
      'best in common',
      'predictors',
    ],
    names.map((name) => {
      const outcomes = runs[name]
      const here = epochs(outcomes)
      const isSame = outcomes.map((outcome, seed) => bestValue(outcome) === best(runs.hyperband)[seed])
      return [
        searchNames[name],
        published[name],
        plusMinus(here),
        percent(1 - here.mean / epochs(runs.hyperband).mean, 1),
        name === 'fast' ? '-' : publishedBest,
        plusMinus(spreadOf(best(outcomes)), 2),
        percent(shareOf(isSame)),
        fixed(spreadOf(outcomes.map(({ result }) => result.predictors.trained)).mean, 1),
      ]
    }),
  )
}

function pairsTable(runs: { readonly [name in SearchName]: readonly SimulationOutcome[] }): string {
  return table(
    ['algorithm', 'epochs', 'best loss'],
    names
      .slice(1)
      .map((name) => [
        searchNames[name],
        interval(pairedDifference(runs[name].map(ownEpochs), runs.hyperband.map(ownEpochs)), 1, 0),
        interval(pairedDifference(best(runs[name]), best(runs.hyperband)), 1, 3),
      ]),
  )
}

async function fastTable(measure: Measure, scope: Scope): Promise<string> {
  const seeds = seedsUpTo(scope.fastSeeds)
  const [hyperband, ...fast] = await Promise.all(
    [searches.hyperband, ...readings.map(fastWith)].map((scheduler) =>
      measure('simulation', specsOf({ table: 'mlpf', scheduler }, seeds)),
    ),
  )
  const words = {
    share: '(a) half of the places of the next round',
    all: '(b) all of these places',
    best: '(c) the best one',
  }
  return page(
    '### Fast-Hyperband, three readings',
    `Baker et al. stop a trial once it is all but certain (95 %) not to beat a bar. Their text leaves open which trial of the round the bar is. ${seeds.length} draws; predictors need 15
curves, as Swift's do. Beside it: an independent program, before this one.`,
    table(
      [
        'the bar is the worst of',
        'epochs, independent',
        'epochs, here',
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
          plusMinus({ ...spreadOf([]), mean: there.mean, sd: there.sd }),
          plusMinus(epochs(outcomes)),
          String(there.predictors),
          fixed(spreadOf(outcomes.map(({ result }) => result.predictors.trained)).mean, 0),
          percent(shareOf(isSame)),
        ]
      }),
    ),
  )
}

async function workersTable(measure: Measure, scope: Scope): Promise<string> {
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
