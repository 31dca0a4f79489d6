/** What `simulate` says to people: the summary of one simulation, or a comparison with what it means in words. Pure. */
import type { AlgorithmDefinition } from '../core/study/definition.ts'
import type { EarlierCurves } from '../core/study/fit-input.ts'
import type { Study } from '../core/study/study.ts'
import { configurationText, countText, durationText, numberText } from '../core/study/views/number-text.ts'
import { prediction } from '../core/study/views/prediction.ts'
import { progress } from '../core/study/views/progress.ts'
import { algorithms } from '../library/algorithms.ts'
import { comparisonRows, shown, shownDifference } from '../simulation/compare.ts'
import type { Comparison, ComparisonRow } from '../simulation/compare.ts'
import type { PairedDifference } from '../simulation/paired.ts'
import type { Problem } from '../simulation/problem.ts'
import type { Simulation } from '../simulation/simulate.ts'
import { auditText, predictionText } from './prediction-text.ts'
import { finishText, trialsText } from './status-text.ts'
import { tableText } from './table.ts'

export function simulationLines(problem: Problem, simulation: Simulation): string[] {
  const { study, result, crashes } = simulation
  const { seed, workers, epochs, makespan, utilisation } = result
  const { sampler, scheduler } = study.state.definition
  const lines: [string, string][] = [
    ...bestLines(problem, simulation),
    ['trials', trialsText(progress(study))],
    ['epochs', priceText(epochs, epochsToTheEnd(problem, study))],
    ...predictionLines(study),
    [
      'time',
      `${durationText(makespan * 1000)} of virtual time on ${countText(workers, 'worker')}, busy ${percent(utilisation)}`,
    ],
    ['end', finishText(study)],
  ]
  if (crashes > 0) lines.push(['faults', `the controller crashed ${crashes === 1 ? 'once' : `${crashes} times`}`])
  const width = Math.max(...lines.map(([label]) => label.length))
  return [
    `${problem.name}: ${withOptions(scheduler)}, sampler ${withOptions(sampler)}, seed ${seed}`,
    '',
    ...lines.map(([label, text]) => `${label.padEnd(width)}  ${text}`),
  ]
}

/** As `status` says it; of an audit that is off there is nothing to say. */
function predictionLines(study: Study): [string, string][] {
  const report = prediction(study)
  if (report === null) return []
  const audit = report.audit?.verdict === 'off' ? null : auditText(report.audit)
  return [['prediction', predictionText(report)], ...(audit === null ? [] : [['audit', audit] as [string, string]])]
}

function withOptions({ type, ...options }: AlgorithmDefinition): string {
  const { [type]: kind } = { ...algorithms.samplers, ...algorithms.schedulers }
  // What is off unless it is asked for goes without saying.
  const isOff = (name: string, value: unknown): boolean => value === false && kind?.options[name]?.default === false
  const given = Object.entries(options).filter(([name, value]) => value !== null && !isOff(name, value))
  return given.length === 0
    ? type
    : `${type} (${given.map(([name, value]) => `${name} ${optionText(value)}`).join(', ')})`
}

/** A predictor by its name, and where it has learnt. */
function optionText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  const { type, earlier } = value as { readonly type?: unknown; readonly earlier?: EarlierCurves | null }
  if (typeof type !== 'string') return JSON.stringify(value)
  return earlier ? `${type} taught by ${earlier.source}` : type
}

function bestLines(problem: Problem, { study, result }: Simulation): [string, string][] {
  const { best } = result
  const [objective] = problem.objectives
  if (best === null) return [['best', `none: no trial was trained to epoch ${problem.epochs}`]]
  const configuration = study.state.trials[best.trial]?.configuration ?? {}
  const where = best.row === null ? `trial ${best.trial}` : `trial ${best.trial}, row ${best.row}`
  return [
    ['best', `${objective?.metric} ${shown(best.value)} (${objective?.direction}) at epoch ${best.epoch}: ${where}`],
    ['', configurationText(configuration, study.space.names)],
    ...(problem.best === null ? [] : [['', gapText(problem, problem.best, best.value)] as [string, string]]),
  ]
}

function gapText({ table }: Problem, known: number, found: number): string {
  const whose = table ? 'the best of the whole table' : 'the best possible'
  return found === known ? `it is ${whose}` : `${whose} is ${shown(known)}`
}

function priceText(epochs: number, full: number): string {
  if (epochs === full) return `${epochs}: every trial was trained to the end`
  const [word, share] = epochs < full ? ['less', 1 - epochs / full] : ['more', epochs / full - 1]
  return `${epochs}, ${percent(share)} ${word} than the ${full} of training each of these trials to the end`
}

/** Every trial as far as its curve goes. */
function epochsToTheEnd(problem: Problem, study: Study): number {
  let sum = 0
  for (const { number, configuration } of study.state.trials)
    sum += Math.min(problem.epochs, problem.length(configuration, study.view.note(number)))
  return sum
}

export function comparisonLines(comparison: Comparison, width: number): string[] {
  const { problem, objective, seeds, contenders } = comparison
  const rows = comparisonRows(comparison)
  const right = { align: 'right' } as const
  const best = `best ${objective.metric}`
  const isOne = seeds.length === 1
  const of = isOne ? '' : ', mean'
  const lines = [
    `${problem}: ${objective.metric} (${objective.direction}), ${isOne ? `seed ${seeds[0]}` : `${seeds.length} seeds each`}`,
    '',
    ...tableText(
      [
        { title: 'scheduler' },
        { title: `epochs${of}`, ...right },
        { title: `makespan s${of}`, ...right },
        { title: 'busy', ...right },
        { title: `${best}${of}`, ...right },
        ...(isOne ? [] : [{ title: 'median', ...right }]),
      ],
      rows.map(({ label, mean, utilisation, medianBest }) => [
        label,
        shown(mean.epochs),
        shown(mean.makespan),
        percent(utilisation),
        shown(mean.best),
        ...(isOne ? [] : [shown(medianBest)]),
      ]),
      width,
    ),
  ]
  if (contenders.length < 2) return lines
  const first = rows[0] as ComparisonRow
  const others = rows.slice(1)
  return [
    ...lines,
    '',
    `Differences from ${first.label}${isOne ? '' : ', seed by seed: mean and 95 % confidence interval'}`,
    ...tableText(
      [{ title: 'scheduler' }, ...['epochs', 'makespan s', best].map((title) => ({ title, ...right }))],
      others.map(({ label, difference }) => [
        label,
        ...(['epochs', 'makespan', 'best'] as const).map((quantity) => shownDifference(difference?.[quantity] ?? null)),
      ]),
      width,
    ),
    '',
    ...others.map((row) => meaning(row, first, comparison)),
    ...(isOne ? ['One seed says nothing of chance: --seeds 20 gives confidence intervals.'] : []),
  ]
}

/** `asha: 45 % fewer epochs (40 % to 50 %), the same makespan; ...`. */
function meaning(
  { label, difference }: ComparisonRow,
  { label: against, mean }: ComparisonRow,
  given: Comparison,
): string {
  const { objective, seeds } = given
  const share = (quantity: 'epochs' | 'makespan') => (value: number) => percent(value / (mean[quantity] || 1))
  const epochs = phrase(difference?.epochs ?? null, share('epochs'), ['fewer epochs', 'more epochs', 'epochs'])
  const time = phrase(difference?.makespan ?? null, share('makespan'), ['less time', 'more time', 'time'])
  const words = objective.direction === 'maximize' ? (['worse', 'better'] as const) : (['better', 'worse'] as const)
  const best = phrase(difference?.best ?? null, (size) => numberText(size, 3), [...words, `best ${objective.metric}`])
  const isBare = /^\d/.test(best)
  const pairs = difference?.best?.pairs ?? 0
  const missing = pairs === seeds.length ? '' : `, at the ${pairs} of ${seeds.length} seeds where both have one`
  return `${label} against ${against}: ${epochs}; ${time}; ${isBare ? `best ${objective.metric} ` : ''}${best}${missing}.`
}

/** An interval on both sides of 0 shows no difference; one that is far from it does. */
function phrase(
  difference: PairedDifference | null,
  text: (size: number) => string,
  [less, more, noun]: readonly [string, string, string],
): string {
  if (difference === null) return `${noun} cannot be compared`
  const { mean, low, high } = difference
  const sided = (value: number): string => `${text(Math.abs(value))} ${value < 0 ? less : more}`
  if (low === null || high === null) return mean === 0 ? `the same ${noun}` : sided(mean)
  if (low === 0 && high === 0) return `the same ${noun}`
  if (low <= 0 && high >= 0) return `no clear difference in ${noun} (${sided(low)} to ${sided(high)})`
  const [near, far] = [low, high].map(Math.abs).sort((a, b) => a - b) as [number, number]
  return text(near) === text(far) ? sided(mean) : `${sided(mean)} (${text(near)} to ${text(far)})`
}

function percent(share: number): string {
  return `${numberText(100 * share, share >= 0.1 ? 2 : 1)} %`
}
