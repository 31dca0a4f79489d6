/** Importances of a study's parameters, with whatever is wrong with the question told by a code. */
import type { Study } from '../core/study/study.ts'
import { importance, importanceMethods } from '../core/study/views/importance.ts'
import type { ImportanceOptions, ImportanceProblem, ImportanceReport } from '../core/study/views/importance.ts'
import { ForetuneError } from '../errors.ts'
import { nearest } from '../wire/nearest.ts'

/**
 * Throws `METRIC_UNKNOWN`, `IMPORTANCE_OPTION_INVALID`, `IMPORTANCE_NEEDS_METRIC`, `TOO_FEW_TRIALS`, `TRIALS_ALIKE`.
 */
export function importanceOf(study: Study, options: ImportanceOptions = {}): ImportanceReport {
  const { definition, metrics } = study.state
  checkOptions(options, definition.epochs.max)
  const { method, metric } = options
  if (metric !== undefined && !metrics.includes(metric)) throw metricUnknown(metric, metrics)
  if (metric === undefined && method === 'fanova' && definition.objectives.length > 1)
    throw importanceNeedsMetric(definition.objectives.map((objective) => objective.metric))
  const found = importance(study, options)
  if (!('problem' in found)) return found
  throw found.problem === 'too-few' ? tooFewTrials(study, found, options) : trialsAlike(study, found, options)
}

function checkOptions(options: ImportanceOptions, maxEpochs: number): void {
  const { method = 'ped-anova', direction, epoch, trees, interactions } = options
  const { targetQuantile, regionQuantile = 1 } = options
  if (!importanceMethods.includes(method)) throw optionInvalid('method', importanceMethods.join(' or '), method)
  if (direction !== undefined && direction !== 'minimize' && direction !== 'maximize')
    throw optionInvalid('direction', 'minimize or maximize', direction)
  for (const [name, value, most] of [
    ['epoch', epoch, maxEpochs],
    ['trees', trees, 10_000],
  ] as const)
    if (value !== undefined && !(Number.isInteger(value) && value >= 1 && value <= most))
      throw optionInvalid(name, `a whole number from 1 to ${most}`, value)
  if (!(regionQuantile > 0 && regionQuantile <= 1))
    throw optionInvalid('regionQuantile', 'a number above 0 and up to 1', regionQuantile)
  if (targetQuantile !== undefined && !(targetQuantile > 0 && targetQuantile < regionQuantile))
    throw optionInvalid('targetQuantile', `a number above 0 and below ${regionQuantile}`, targetQuantile)
  if (interactions === true && method !== 'fanova')
    throw optionInvalid('method', 'fanova, which alone measures interactions', method)
}

function optionInvalid(option: string, expected: string, got: unknown): ForetuneError {
  return new ForetuneError(
    'IMPORTANCE_OPTION_INVALID',
    `Importance, ${option}: expected ${expected}, got ${JSON.stringify(got)}.`,
    { details: { option, expected, got } },
  )
}

function metricUnknown(name: string, known: readonly string[]): ForetuneError {
  const near = nearest(name, known)
  const meant = near === undefined ? '' : ` (did you mean \`${near}\`?)`
  return new ForetuneError(
    'METRIC_UNKNOWN',
    `There is no metric \`${name}\`${meant}. The study's metrics are ${known.join(', ')}.`,
    { details: { name, known } },
  )
}

function importanceNeedsMetric(objectives: readonly string[]): ForetuneError {
  return new ForetuneError(
    'IMPORTANCE_NEEDS_METRIC',
    `fANOVA explains one metric, and the study has several objectives: name one of ${objectives.join(', ')}, or take PED-ANOVA, which tells what brings trials to the front.`,
    { details: { objectives } },
  )
}

type TooFew = Extract<ImportanceProblem, { problem: 'too-few' }>
type Alike = Extract<ImportanceProblem, { problem: 'alike' }>

function tooFewTrials({ state }: Study, { trials, needed, epoch }: TooFew, options: ImportanceOptions): ForetuneError {
  const { name, epochs } = state.definition
  const what = options.metric ?? state.definition.objectives.map(({ metric }) => metric).join(', ')
  const where = epoch === null ? '' : ` at ${epochs.resource === 'epochs' ? 'epoch' : epochs.resource} ${epoch}`
  const failed = state.counts.failed > 0 ? ` Failed trials (${state.counts.failed}) do not count.` : ''
  return new ForetuneError(
    'TOO_FEW_TRIALS',
    `The study ${name} has ${trials} of ${state.trials.length} trials to compare by ${what}${where}, and importance needs at least ${needed}.${failed} Let it train more trials${epoch === null || options.epoch === undefined ? '' : ', or name an earlier epoch'}.`,
    { details: { study: name, trials, needed, epoch }, exit: 1 },
  )
}

function trialsAlike({ state }: Study, { trials, epoch }: Alike, options: ImportanceOptions): ForetuneError {
  const what = options.metric ?? state.definition.objectives.map(({ metric }) => metric).join(', ')
  return new ForetuneError(
    'TRIALS_ALIKE',
    `In the study ${state.definition.name} too many of the ${trials} trials are equally good by ${what} to tell what set the best apart. Take another metric, a larger target quantile, or more trials.`,
    { details: { study: state.definition.name, trials, epoch }, exit: 1 },
  )
}
