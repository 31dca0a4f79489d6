/** Wall time with several workers: the published waves against event-driven searches. */
import { figure, fixed, interval, page, percent, table } from '../markdown.ts'
import type { Measure, SimulationOutcome, Timing } from '../measurement.ts'
import { pairedDifference } from '../../src/simulation/paired.ts'
import {
  baseOf,
  makespansOf,
  outcomesOf,
  several,
  timings,
  variantNames,
  variants,
  type Outcomes,
  type Variant,
} from '../makespans.ts'
import { makespans, otherTargets } from '../published.ts'
import { seedsUpTo, type Scope } from '../scope.ts'
import { ownEpochs } from '../searches.ts'
import { spreadOf } from '../statistics.ts'
import { largestR, tableNames, tables, type TableName } from '../tables.ts'
import { makespanChart } from './makespan-chart.ts'
import { figuresFolder, type Section } from './section.ts'

export async function wallTimeSection(measure: Measure, scope: Scope): Promise<Section> {
  const found = await Promise.all(tableNames.map((name) => outcomesOf(measure, name, seedsUpTo(scope.makespanSeeds))))
  const ofTable = Object.fromEntries(tableNames.map((name, index) => [name, found[index]])) as {
    readonly [name in TableName]: Outcomes
  }
  const text = page(
    '## Wall time with 1 to 50 workers',
    `Published: saving epochs did not save time on 50 workers, because the published program hands out work in _waves_ (nobody gets a new order before all workers have answered):`,
    table(
      ['target (50 workers)', 'Hyperband, s', 'Swift, s', 'Quantum-Swift, s', 'Swift', 'Quantum-Swift'],
      otherTargets.map(({ target, seconds: [hyperband, svr, qsvr] }) => [
        target,
        String(hyperband),
        String(svr),
        String(qsvr),
        change(svr / hyperband),
        change(qsvr / hyperband),
      ]),
    ),
    `Here time is virtual: an epoch takes 1 (_unit_), or each trial has its own factor (_log-normal_, mean 1, standard deviation 0.35). Start-up, checkpoints and fits take no time. ${scope.makespanSeeds} draws,
the same for all. _Waves_: the published dispatch. The others are event-driven: a free worker takes the next order at once, and brackets overlap. _Arrival_ and _plan_ are explained [above](#swift-hyperband-more-draws-and-more-workers).
_Speculating_: idle workers train parked trials ahead of their decision. Default order: _bracket by bracket_ up to 8 workers, _longest path first_ beyond.`,
    '### MLPF, R = 100',
    `Mean makespan. Second lines: an independent simulation of the same rules, made before this program (its _plan_ had a slightly other queue order). Unit times of Hyperband must agree exactly; all others are means over other draws.`,
    makespanTable(ofTable.mlpf),
    figure(`${figuresFolder}/makespan.svg`, 'Makespan against the number of workers, with and without waves'),
    'Above: makespan against workers, both axes logarithmic; the grey line is perfect sharing, 3213 epochs divided by the workers. Below: the same as a ratio to event-driven Hyperband (default order), with one standard deviation. Waves leave the line early, event-driven searches stay near it. With 50 workers Swift-Hyperband is as short as Hyperband only if idle workers speculate.',
    'Epochs: what the algorithm asked for + what idle workers trained ahead. Under the plan the former are the same for any number of workers and any timing.',
    epochsTable(ofTable.mlpf),
    '### All tables',
    'Makespan of Swift-Hyperband (default order, speculating) against event-driven Hyperband (default order), in percent, with the 95 % confidence interval of the paired differences. Negative: Swift is faster. R as [above](#the-same-searches-on-other-tables).',
    ratioTable(ofTable),
    longerThanHyperband(ofTable),
    'How many times longer the waves are than the same algorithm event-driven, by default:',
    wavesTable(ofTable),
  )
  return { text, figures: { 'makespan.svg': makespanChart(ofTable.mlpf) } }
}

function change(ratio: number): string {
  const text = percent(ratio - 1)
  return ratio > 1 ? `+${text}` : text
}

const timeHead = (first: string): string[] => [
  first,
  ...timings.flatMap((timing) => several.map((workers) => `${timing}, ${workers}`)),
]

function makespanTable(outcomes: Outcomes): string {
  return table(
    timeHead('variant; epochs, workers'),
    variantNames.flatMap((variant) => [
      [
        variants[variant].label,
        ...timings.flatMap((timing) =>
          several.map((workers) => fixed(spreadOf(makespansOf(outcomes[variant][timing][workers])).mean, 0)),
        ),
      ],
      ...(makespans[variant] === undefined ? [] : [['- independent', ...makespans[variant].map(String)]]),
    ]),
  )
}

function epochsTable(outcomes: Outcomes): string {
  const cell = (of: readonly SimulationOutcome[] | undefined): string => {
    const own = spreadOf((of ?? []).map(ownEpochs)).mean
    const ahead = spreadOf((of ?? []).map(({ result }) => result.speculativeEpochs)).mean
    return ahead === 0 ? fixed(own, 0) : `${fixed(own, 0)} + ${fixed(ahead, 0)}`
  }
  return table(
    timeHead('variant; epochs, workers'),
    variantNames.map((variant) => [
      variants[variant].label,
      ...timings.flatMap((timing) => several.map((workers) => cell(outcomes[variant][timing][workers]))),
    ]),
  )
}

function ratioTable(ofTable: { readonly [name in TableName]: Outcomes }): string {
  const rows = tableNames.flatMap((name) =>
    (['planIdle', 'arrivalDefault'] as const).flatMap((variant) =>
      timings.map((timing) => [
        `${tables[name].title} (R = ${largestR(name)})`,
        variant === 'planIdle' ? 'plan' : 'arrival',
        timing,
        ...several.map((workers) => {
          const swift = makespansOf(ofTable[name][variant][timing][workers])
          const hyperband = makespansOf(ofTable[name][baseOf(workers)][timing][workers])
          const base = spreadOf(hyperband).mean
          return interval(pairedDifference(swift, hyperband), 100 / base)
        }),
      ]),
    ),
  )
  return table(['table', 'sent by', 'epochs', '4 workers, %', '10 workers, %', '50 workers, %'], rows)
}

/** In words: where the table has a positive mean. */
function longerThanHyperband(ofTable: { readonly [name in TableName]: Outcomes }): string {
  const found: string[] = []
  for (const name of tableNames)
    for (const [variant, word] of [
      ['planIdle', 'plan'],
      ['arrivalDefault', 'arrival'],
    ] as const)
      for (const timing of timings)
        for (const workers of several) {
          const hyperband = spreadOf(makespansOf(ofTable[name][baseOf(workers)][timing][workers])).mean
          const share = spreadOf(makespansOf(ofTable[name][variant][timing][workers])).mean / hyperband - 1
          if (share > 5e-4)
            found.push(`${tables[name].title}, ${word}, ${timing}, ${workers} workers (+${percent(share, 1)})`)
        }
  return found.length === 0
    ? 'Swift-Hyperband is nowhere longer in the mean.'
    : `Swift-Hyperband is longer in the mean here only: ${found.join('; ')}.`
}

function wavesTable(ofTable: { readonly [name in TableName]: Outcomes }): string {
  const ratio = (name: TableName, isSwift: boolean, timing: Timing, workers: number): string => {
    const mean = (variant: Variant): number => spreadOf(makespansOf(ofTable[name][variant][timing][workers])).mean
    return fixed(isSwift ? mean('swiftWaves') / mean('planIdle') : mean('hyperbandWaves') / mean(baseOf(workers)), 2)
  }
  return table(
    timeHead('table, algorithm; epochs, workers'),
    tableNames.flatMap((name) =>
      [false, true].map((isSwift) => [
        `${tables[name].title}: ${isSwift ? 'Swift' : 'Hyperband'}`,
        ...timings.flatMap((timing) => several.map((workers) => ratio(name, isSwift, timing, workers))),
      ]),
    ),
  )
}
