/** Support vector regression on scaled features and a scaled target: what `nu-svr` and `epsilon-svr` share. */
import { columnOf } from '../maths/matrix.ts'
import { stream } from '../maths/stream.ts'
import { choiceOf, numberOf, numberOrNull, type Options, type OptionSpecs } from '../options.ts'
import type { Json } from '../trial.ts'
import { partsOf, refits } from './calibration.ts'
import { featuresOption } from './features.ts'
import type { Regression } from './regression.ts'
import { fitScaler, scaled, scaledMatrix, scalings, unscaled, type Scaler } from './scaling.ts'
import { predictLeftOut } from './svr/fold.ts'
import { kernelMatrix, kernelOf } from './svr/kernel.ts'
import { predictSvr } from './svr/predict-svr.ts'
import { searchSvr } from './svr/search.ts'
import { solveSvr, type SvrSettings } from './svr/settings.ts'
import { supported, svrFromJson, svrToJson, type Svr } from './svr/svr.ts'

/** The options that both kinds have. */
export const svrOptions: OptionSpecs = {
  features: featuresOption,
  scaling: {
    type: 'text',
    default: 'min-max',
    choices: scalings,
    doc: 'How each feature, and the loss to predict, is scaled by the training curves; `quantile`, as in the published studies, is better where some curves diverge, and else worse on the loss itself.',
  },
  C: { type: 'number', default: 1, above: 0, doc: 'The largest weight of one curve.' },
  kernel: {
    type: 'text',
    default: 'rbf',
    choices: ['rbf', 'linear'],
    doc: 'exp(-gamma |x - z|^2), or the dot product.',
  },
  gamma: {
    type: 'number',
    default: null,
    above: 0,
    doc: 'Width of the RBF kernel; by default 1 / (features x variance of the scaled features), which scikit-learn calls `scale`.',
  },
  tolerance: {
    type: 'number',
    default: 1e-8,
    above: 0,
    atMost: 0.1,
    doc: 'By how much a solution may fail to be the best, in units of the scaled loss.',
  },
  draws: {
    type: 'integer',
    default: 0,
    atLeast: 0,
    atMost: 10000,
    doc: 'How many random settings are compared by 3-fold cross-validation before each fit (Baker et al. 2017 draw 1000); 0 takes those that are given.',
  },
}

interface FittedSvr {
  readonly x: Scaler
  readonly y: Scaler
  readonly svr: Svr
}

/** The settings that the options name. `own` is what only this kind has. */
export function svrSettings(options: Options, own: { nu: number } | { epsilon: number }): SvrSettings {
  const shared = {
    C: numberOf(options, 'C'),
    kernel: choiceOf(options, 'kernel', ['rbf', 'linear']),
    gamma: numberOrNull(options, 'gamma') ?? 'scale',
    tolerance: numberOf(options, 'tolerance'),
  } as const
  return 'nu' in own ? { type: 'nu-svr', ...shared, ...own } : { type: 'epsilon-svr', ...shared, ...own }
}

export function svrRegression(options: Options, given: SvrSettings): Regression<FittedSvr> {
  const scaling = choiceOf(options, 'scaling', scalings)
  const draws = numberOf(options, 'draws')
  return {
    learn({ x, y }, seed) {
      const search = { draws, folds: 3, scaling }
      const settings = draws === 0 ? given : searchSvr(x, y, given, search, stream(seed, 'svr-search')).settings
      const target = columnOf(y)
      const scalers = { x: fitScaler(scaling, x), y: fitScaler(scaling, target) }
      const scaledX = scaledMatrix(scalers.x, x)
      const kernel = kernelOf(settings, scaledX)
      const solution = solveSvr(kernelMatrix(kernel, scaledX), scaledMatrix(scalers.y, target).values, settings)
      return {
        fitted: { ...scalers, svr: supported(kernel, scaledX, solution) },
        outOfSample:
          y.length < 2
            ? []
            : Array.from(predictLeftOut(x, y, { ...settings, scaling }, partsOf(y.length, seed), solution.parts)),
      }
    },
    predict: ({ x, y, svr }, row) => unscaled(y, 0, predictSvr(svr, scaled(x, row))),
    toJson: ({ x, y, svr }) => ({ x, y, svr: svrToJson(svr) }) as unknown as Json,
    fromJson(json) {
      const { x, y, svr } = json as unknown as { readonly x: Scaler; readonly y: Scaler; readonly svr: Json }
      return { x, y, svr: svrFromJson(svr) }
    },
    fitMs: (rows, columns) => {
      const fits = refits(rows) + 1 + 3 * draws
      return fits * (0.03 + 1e-4 * rows * rows) + 4e-6 * rows * rows * columns
    },
  }
}
