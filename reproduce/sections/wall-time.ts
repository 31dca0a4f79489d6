/** Wall time with several workers: the published waves against event-driven searches. */
import { colours, lineChart, type Line, type Panel } from '../chart.ts'
import { figure, fixed, interval, page, percent, table } from '../markdown.ts'
import type { Measure, SimulationOutcome, Timing } from '../measurement.ts'
import { pairedDifference } from '../../src/simulation/paired.ts'
import { makespans, otherTargets } from '../published.ts'
import { seedsUpTo, type Scope } from '../scope.ts'
import { ownEpochs, searches, specsOf } from '../searches.ts'
import { spreadOf } from '../statistics.ts'
import { largestR, tableNames, tables, type TableName } from '../tables.ts'
import { figuresFolder, type Section } from './section.ts'

const variants = {
  hyperbandWaves: { label: 'Hyperband, waves', scheduler: { ...searches.hyperband, waves: true } },
  swiftWaves: { label: 'Swift, waves', scheduler: { ...searches.swift, waves: true } },
  hyperbandPublished: {
    label: 'Hyperband, bracket by bracket',
    scheduler: { ...searches.hyperband, order: 'published' },
  },
  hyperbandPath: { label: 'Hyperband, longest path first', scheduler: { ...searches.hyperband, order: 'path' } },
  arrivalNever: {
    label: 'Swift, arrival, bracket by bracket',
    scheduler: { ...searches.swift, sent: 'arrival', order: 'published', speculate: 'never' },
  },
  arrivalIdle: {
    label: 'Swift, arrival, bracket by bracket, speculating',
    scheduler: { ...searches.swift, sent: 'arrival', order: 'published', speculate: 'idle' },
  },
  arrivalDefault: {
    label: 'Swift, arrival, default order, speculating',
    scheduler: { ...searches.swift, sent: 'arrival' },
  },
  planNever: { label: 'Swift, plan', scheduler: { ...searches.swift, speculate: 'never' } },
  planIdle: { label: 'Swift, plan, speculating (default)', scheduler: searches.swift },
} as const

type Variant = keyof typeof variants

const names = Object.keys(variants) as Variant[]
const timings: readonly Timing[] = ['unit', 'log-normal']
const workerCounts = [1, 4, 10, 50] as const
const several = [4, 10, 50] as const

/** Hyperband in the order that it has by default, which is that of Swift, too: bracket by bracket up to 8 workers, then longest path first. */
function baseOf(workers: number): Variant {
  return workers <= 8 ? 'hyperbandPublished' : 'hyperbandPath'
}

/** By timing, then by workers. */
type Outcomes = {
  readonly [variant in Variant]: {
    readonly [timing in Timing]: { readonly [workers: number]: readonly SimulationOutcome[] }
  }
}

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
    `Mean makespan. Second lines: an independent simulation of the same rules, made before this program (its _plan_ had a slightly other queue order).`,
    makespanTable(ofTable.mlpf),
    figure(`${figuresFolder}/makespan.svg`, 'Makespan against the number of workers, with and without waves'),
    'Above: makespan against workers, both axes logarithmic; the grey line is perfect sharing, 3213 epochs divided by the workers. Below: the same as a ratio to event-driven Hyperband (default order), with one standard deviation. Waves leave the line early, event-driven searches stay near it. With 50 workers Swift-Hyperband is as short as Hyperband only if idle workers speculate.',
    'Epochs: what the algorithm asked for + what idle workers trained ahead. Under the plan the former are the same for any number of workers and any timing.',
    epochsTable(ofTable.mlpf),
    '### All tables',
    'Makespan of Swift-Hyperband (default order, speculating) against event-driven Hyperband (default order), in percent, with the 95 % confidence interval of the paired differences. Negative: Swift is faster. R as [above](#the-same-searches-on-other-tables).',
    ratioTable(ofTable),
    'How many times longer the waves are than the same algorithm event-driven, by default:',
    wavesTable(ofTable),
  )
  return { text, figures: { 'makespan.svg': chart(ofTable.mlpf) } }
}

async function outcomesOf(measure: Measure, name: TableName, seeds: readonly number[]): Promise<Outcomes> {
  const entries = await Promise.all(
    names.map(async (variant) => {
      const { scheduler } = variants[variant]
      const byTiming = await Promise.all(
        timings.map(async (timing) => {
          const byWorkers = await Promise.all(
            workerCounts.map((workers) =>
              measure('simulation', specsOf({ table: name, scheduler, workers, timing }, seeds)),
            ),
          )
          return [timing, Object.fromEntries(workerCounts.map((workers, index) => [workers, byWorkers[index]]))]
        }),
      )
      return [variant, Object.fromEntries(byTiming)]
    }),
  )
  return Object.fromEntries(entries) as Outcomes
}

function change(ratio: number): string {
  const text = percent(ratio - 1)
  return ratio > 1 ? `+${text}` : text
}

function makespansOf(outcomes: readonly SimulationOutcome[] | undefined): number[] {
  return (outcomes ?? []).map(({ result }) => result.makespan)
}

const timeHead = (first: string): string[] => [
  first,
  ...timings.flatMap((timing) => several.map((workers) => `${timing}, ${workers}`)),
]

function makespanTable(outcomes: Outcomes): string {
  return table(
    timeHead('variant; epochs, workers'),
    names.flatMap((variant) => [
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
    names.map((variant) => [
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

const looks: { readonly [variant in Variant]?: { readonly colour: string; readonly isBroken?: boolean } } = {
  hyperbandWaves: { colour: colours.red, isBroken: true },
  swiftWaves: { colour: colours.pink, isBroken: true },
  hyperbandPath: { colour: colours.red },
  arrivalDefault: { colour: colours.green },
  planNever: { colour: colours.sky },
  planIdle: { colour: colours.blue },
}

function chart(outcomes: Outcomes): string {
  const drawn = names.filter((variant) => looks[variant] !== undefined)
  const lineOf = (variant: Variant, values: readonly number[], spread: readonly number[]): Line => ({
    label: variants[variant].label,
    colour: looks[variant]?.colour ?? colours.grey,
    isBroken: looks[variant]?.isBroken === true,
    places: workerCounts,
    values,
    spread,
  })
  const shared = { xLabel: 'workers', xLog: true, xMarks: workerCounts }
  const times = (timing: Timing): Panel => ({
    ...shared,
    title: `makespan, ${timing} epochs`,
    yLabel: 'epochs of one trial',
    yLog: true,
    y: { low: 60, high: 3500 },
    lines: [
      {
        label: 'perfect sharing of Hyperband',
        colour: colours.grey,
        places: workerCounts,
        values: workerCounts.map((workers) => 3213 / workers),
      },
      ...drawn.map((variant) =>
        lineOf(
          variant,
          workerCounts.map((workers) => spreadOf(makespansOf(outcomes[variant][timing][workers])).mean),
          [],
        ),
      ),
    ],
  })
  const ratios = (timing: Timing): Panel => ({
    ...shared,
    title: `ratio to event-driven Hyperband, ${timing} epochs`,
    yLabel: 'ratio',
    y: { low: 0.8, high: 1.6 },
    lines: drawn
      .filter((variant) => !variant.endsWith('Waves') && !variant.startsWith('hyperband'))
      .map((variant) => {
        const spreads = workerCounts.map((workers) => {
          const base = makespansOf(outcomes[baseOf(workers)][timing][workers])
          return spreadOf(
            makespansOf(outcomes[variant][timing][workers]).map((value, seed) => value / (base[seed] ?? NaN)),
          )
        })
        return lineOf(
          variant,
          spreads.map(({ mean }) => mean),
          spreads.map(({ sd }) => sd),
        )
      }),
  })
  return lineChart('Makespan against workers, MLPF, R = 100', [...timings.map(times), ...timings.map(ratios)])
}
