/**
 * What a predictor looks at: the known part of the curve, its first and second differences, and the configuration.
 *
 * Baker, Gupta, Raskar, Naik 2017 use all of them; Swift-Hyperband the curve alone.
 *
 * A parameter that does not exist in a configuration (NaN) is given the mean of those in which it exists; if some training curves lack it, a
 * further column says who has it. If nothing is left of what was chosen (second differences of two epochs), the last known loss stands in.
 */
import type { Options, OptionSpec } from '../options.ts'
import { filledStart, isKnown, plain, type TrainingCurves } from './curve.ts'
import type { CurveStart } from './predictor.ts'

/** Which columns a row has, and what was learnt for them. JSON. */
export interface FeatureSpec {
  readonly curve: boolean
  readonly differences: boolean
  readonly secondDifferences: boolean
  /** Null = not looked at; else one a parameter. */
  readonly hyperparameters: readonly HyperparameterColumn[] | null
}

export interface HyperparameterColumn {
  /** Stands for the parameter where it does not exist. */
  readonly fill: number
  /** Whether a column says that it exists. */
  readonly told: boolean
}

const kinds = ['curve', 'differences', 'second-differences', 'hyperparameters'] as const

/** Every choice of one or more, joined by `+`. */
const choices: readonly string[] = Array.from({ length: 2 ** kinds.length - 1 }, (_, index) =>
  kinds.filter((_kind, bit) => ((index + 1) >> bit) & 1).join('+'),
)

export const featuresOption: OptionSpec = {
  type: 'text',
  default: 'curve',
  choices,
  doc: 'What it looks at: one or several of `curve`, `differences`, `second-differences` and `hyperparameters`, in this order, joined by `+`.',
}

/** The value of the option. */
export function featuresOf(options: Options): string {
  return String(options['features'])
}

export function wantsHyperparameters(options: Options): boolean {
  return featuresOf(options).split('+').includes('hyperparameters')
}

/** What `features` (a value of the option) means for these training curves. */
export function featureSpec(features: string, { starts }: TrainingCurves): FeatureSpec {
  const chosen = features.split('+')
  const isAny = starts.some(({ hyperparameters }) => hyperparameters !== null)
  return {
    curve: chosen.includes('curve'),
    differences: chosen.includes('differences'),
    secondDifferences: chosen.includes('second-differences'),
    hyperparameters: chosen.includes('hyperparameters') && isAny ? hyperparameterColumns(starts) : null,
  }
}

function hyperparameterColumns(starts: readonly CurveStart[]): HyperparameterColumn[] {
  const count = starts.reduce((most, { hyperparameters }) => Math.max(most, hyperparameters?.length ?? 0), 0)
  return Array.from({ length: count }, (_, column) => {
    const values = starts
      .map(({ hyperparameters }) => hyperparameters?.[column])
      .filter(isKnown)
      .map(plain)
    const fill = values.length === 0 ? 0 : values.reduce((sum, value) => sum + value / values.length, 0)
    return { fill, told: values.length > 0 && values.length < starts.length }
  })
}

/** The columns of one curve. A start of which nothing is known counts as 0 throughout: a predictor that has something better asks `filledStart` first. */
export function featureRow(start: CurveStart, known: number, features: FeatureSpec): number[] {
  const curve = filledStart(start.values, known) ?? Array.from({ length: known }, () => 0)
  const row: number[] = features.curve ? [...curve] : []
  if (features.differences || features.secondDifferences) {
    const first = differences(curve)
    if (features.differences) row.push(...first)
    if (features.secondDifferences) row.push(...differences(first))
  }
  features.hyperparameters?.forEach(({ fill, told }, column) => {
    const value = start.hyperparameters?.[column]
    row.push(isKnown(value) ? plain(value) : fill)
    if (told) row.push(isKnown(value) ? 1 : 0)
  })
  return row.length === 0 ? curve.slice(-1) : row
}

function differences(values: readonly number[]): number[] {
  return values.slice(1).map((value, index) => value - values[index]!)
}
