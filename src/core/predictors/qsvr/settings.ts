/** The options of the QSVR predictors: published values are the defaults, but for the annealing, which is our own. */
import type { Options, OptionSpecs } from '../../options.ts'
import { choiceOf, numberOf } from '../../options.ts'
import { featuresOf, featuresOption } from '../features.ts'
import { scalings, type Scaling } from '../scaling.ts'
import type { AnnealSettings } from './anneal.ts'
import type { Encoding, Terms } from './build-qubo.ts'
import { combinationCount, type Choice } from './combine.ts'

export interface QsvrSettings {
  readonly features: string
  readonly scaling: Scaling
  readonly encoding: Encoding
  readonly terms: Terms
  readonly gamma: number
  /** C. */
  readonly limit: number
  /** How many solutions are kept. */
  readonly kept: number
  /** Curves a QSVR at most. */
  readonly chunk: number
  readonly choice: Choice
  readonly anneal: AnnealSettings
}

const problemOptions: OptionSpecs = {
  features: featuresOption,
  scaling: {
    type: 'text',
    default: 'min-max',
    choices: scalings,
    doc: 'How curves and losses are scaled: `min-max`, `quantile` or `none`.',
  },
  chunk: {
    type: 'integer',
    default: 20,
    atLeast: 2,
    doc: 'The most curves that one QSVR is trained on: 20 curves of 3 bits are 120 variables, about what an annealer holds.',
  },
  bits: { type: 'integer', default: 3, atLeast: 1, atMost: 16, doc: 'Bits of a coefficient.' },
  base: { type: 'number', default: 0.5, above: 0, doc: 'The digits of a coefficient are worth base^(i - offset).' },
  offset: { type: 'number', default: 0.005, doc: 'See `base`.' },
  xi: { type: 'number', default: 0.01, atLeast: 0, doc: 'Penalty on the square of the sum of all coefficients.' },
  epsilon: { type: 'number', default: 0.02, atLeast: 0, doc: 'Errors up to this size cost nothing, in scaled losses.' },
  beta: { type: 'number', default: 0, atLeast: 0, doc: 'Penalty on coefficients that pull both ways.' },
  gamma: { type: 'number', default: 0.1, above: 0, doc: 'The kernel is exp(-gamma x squared distance).' },
  C: { type: 'number', default: 67.61, above: 0, doc: 'Coefficients below it tell the offset of the function.' },
}

const annealingOptions: OptionSpecs = {
  reads: { type: 'integer', default: 1000, atLeast: 1, doc: 'How many solutions are drawn.' },
  kept: {
    type: 'number',
    default: 0.004,
    above: 0,
    atMost: 1,
    doc: 'The share of the reads whose best distinct solutions make the answer; at least 2.',
  },
  sweeps: { type: 'integer', default: 25, atLeast: 1, doc: 'How often a read offers each bit a flip.' },
  exchanges: {
    type: 'number',
    default: 1,
    atLeast: 0,
    doc: 'For each flip offered, so many common flips of two bits.',
  },
  betaHot: { type: 'number', default: 10, above: 0, doc: 'The inverse temperature at which a read begins.' },
  betaCold: { type: 'number', default: 1000, above: 0, doc: 'The inverse temperature at which a read ends.' },
  schedule: {
    type: 'text',
    default: 'geometric',
    choices: ['geometric', 'linear'],
    doc: 'How the inverse temperature goes from `betaHot` to `betaCold`.',
  },
  descent: {
    type: 'text',
    default: 'exchanges',
    choices: ['flips', 'exchanges'],
    doc: 'How a read ends: where no flip improves it, or no flip and no common flip of two bits.',
  },
  replicas: {
    type: 'integer',
    default: 0,
    atLeast: 0,
    atMost: 1000,
    doc: 'Parallel tempering with so many temperatures; 0 = plain annealing.',
  },
}

const deviceOptions: OptionSpecs = {
  annealer: {
    type: 'text',
    default: 'simulated',
    choices: ['simulated', 'ocean'],
    doc: "`simulated`: the built-in annealer; `ocean`: what D-Wave's Ocean is configured for.",
  },
  fallback: {
    type: 'text',
    default: null,
    choices: ['simulated-annealing'],
    doc: 'What is done where `ocean` cannot be had. By default a study does not begin without it, and rounds whose predictor fails later train every trial to the end.',
  },
  solver: {
    type: 'text',
    default: null,
    doc: "The name of an Ocean solver; by default the one of Ocean's configuration.",
  },
  chainMultiplier: {
    type: 'number',
    default: 10,
    above: 0,
    doc: 'Chain strength in units of the largest entry of the QUBO, rounded up.',
  },
  annealingTimeUs: { type: 'number', default: 20, above: 0, doc: 'Microseconds a read on an annealer.' },
}

/** `combination` is the kind's own. */
export const qsvrOptions: OptionSpecs = { ...problemOptions, ...annealingOptions, ...deviceOptions }

/** Of the kind whose answer is not always the best: which regressor it is. */
export const combinationOption: OptionSpecs = {
  combination: {
    type: 'any',
    default: 'mean',
    choices: ['mean', ...Array.from({ length: combinationCount }, (_, number) => number)],
    doc: 'How the kept solutions are weighted: 0 by 1/MSE, 1 by its softmax, 2 by 1/log-cosh, 3 by its softmax, 4 the best alone, 5 equally, 6 by the softmax of R2; `mean` of all seven.',
  },
}

/** How many of the best distinct solutions an annealer is to hand over. */
export function keptSolutions(options: Options): number {
  return Math.max(Math.floor(numberOf(options, 'kept') * numberOf(options, 'reads')), 2)
}

export function qsvrSettings(options: Options, choice: Choice): QsvrSettings {
  return {
    features: featuresOf(options),
    scaling: choiceOf(options, 'scaling', scalings),
    encoding: {
      bits: numberOf(options, 'bits'),
      base: numberOf(options, 'base'),
      offset: numberOf(options, 'offset'),
    },
    terms: { xi: numberOf(options, 'xi'), epsilon: numberOf(options, 'epsilon'), beta: numberOf(options, 'beta') },
    gamma: numberOf(options, 'gamma'),
    limit: numberOf(options, 'C'),
    kept: keptSolutions(options),
    chunk: numberOf(options, 'chunk'),
    choice,
    anneal: {
      reads: numberOf(options, 'reads'),
      sweeps: numberOf(options, 'sweeps'),
      exchanges: numberOf(options, 'exchanges'),
      betaRange: [numberOf(options, 'betaHot'), numberOf(options, 'betaCold')],
      schedule: choiceOf(options, 'schedule', ['geometric', 'linear']),
      descent: choiceOf(options, 'descent', ['flips', 'exchanges']),
      replicas: numberOf(options, 'replicas'),
    },
  }
}
