/** Makespan against the number of workers. */
import { colours, lineChart, type Line, type Panel } from '../chart.ts'
import {
  baseOf,
  makespansOf,
  timings,
  variantNames,
  variants,
  workerCounts,
  type Outcomes,
  type Variant,
} from '../makespans.ts'
import type { Timing } from '../measurement.ts'
import { spreadOf } from '../statistics.ts'

const looks: { readonly [variant in Variant]?: { readonly colour: string; readonly isBroken?: boolean } } = {
  hyperbandWaves: { colour: colours.red, isBroken: true },
  swiftWaves: { colour: colours.pink, isBroken: true },
  hyperbandPath: { colour: colours.red },
  arrivalDefault: { colour: colours.green },
  planNever: { colour: colours.sky },
  planIdle: { colour: colours.blue },
}

export function makespanChart(outcomes: Outcomes): string {
  const drawn = variantNames.filter((variant) => looks[variant] !== undefined)
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
    yLabel: 'makespan, in epochs',
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
