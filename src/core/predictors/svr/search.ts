/**
 * Settings of a support vector regression by random search: those with the smallest cross-validated squared error.
 *
 * J. Bergstra, Y. Bengio, Random search for hyper-parameter optimization, JMLR 13, 2012; for learning curves Baker, Gupta, Raskar, Naik 2017. Ranges of
 * NASLib's learning-curve predictor: C and gamma log-uniform in 1e-5 .. 10, nu uniform in 0 .. 1; epsilon log-uniform in 1e-4 .. 1, in units of the scaled target.
 *
 * Where we differ: the given settings take part, so that the search never ends with worse ones by its own measure. Scaling is refitted in every fold.
 *
 * All chance comes from the stream: first the folds, then three numbers a draw (gamma's too for a linear kernel, which has none), so that a
 * longer search begins with the draws of a shorter one. Ties go to the earlier settings.
 *
 * Cost: (draws + 1) x folds fits; distances are computed once a fold.
 */
import { assert } from '../../trial.ts'
import type { Matrix } from '../../maths/matrix.ts'
import type { Stream } from '../../maths/stream.ts'
import type { Scaling } from '../scaling.ts'
import { folding, predictLeft } from './fold.ts'
import type { SvrSettings } from './settings.ts'

export interface SvrSearch {
  readonly draws: number
  /** At least 2. No more than there are rows are used. */
  readonly folds: number
  readonly scaling: Scaling
}

export interface FoundSettings {
  readonly settings: SvrSettings
  /** Mean over the rows of the squared error of a fit without the row's fold, in units of y^2. NaN with fewer than two rows: `settings` are those given. */
  readonly error: number
}

export function searchSvr(
  x: Matrix,
  y: Float64Array,
  given: SvrSettings,
  { draws, folds, scaling }: SvrSearch,
  stream: Stream,
): FoundSettings {
  assert(folds >= 2, `a search has at least 2 folds, not ${folds}`)
  if (x.rows < 2) return { settings: given, error: NaN }
  const order = stream.permutation(x.rows)
  const count = Math.min(folds, x.rows)
  const without = folding(x, y, { scaling, kernel: given.kernel })
  const parts = Array.from({ length: count }, (_, part) => without(order.filter((_, place) => place % count === part)))
  const errorOf = (settings: SvrSettings): number => {
    let sum = 0
    for (const fold of parts) {
      const predicted = predictLeft(fold, settings)
      fold.left.forEach((row, place) => (sum += (predicted[place]! - y[row]!) ** 2))
    }
    return sum / x.rows
  }
  let best: FoundSettings = { settings: given, error: errorOf(given) }
  for (let draw = 0; draw < draws; draw++) {
    const settings = drawn(given, stream)
    const error = errorOf(settings)
    if (error < best.error) best = { settings, error }
  }
  return best
}

function drawn(given: SvrSettings, stream: Stream): SvrSettings {
  const C = logUniform(stream, 1e-5, 10)
  const width = stream.uniform()
  const gamma = logUniform(stream, 1e-5, 10)
  return given.type === 'nu-svr'
    ? { ...given, C, gamma, nu: width }
    : { ...given, C, gamma, epsilon: 10 ** (-4 * width) }
}

function logUniform(stream: Stream, low: number, high: number): number {
  return low * (high / low) ** stream.uniform()
}
