/**
 * When the search has come to an end, and how it begins anew.
 *
 * IPOP (A. Auger, N. Hansen 2005): with twice as many trials a generation each time. BIPOP (N. Hansen 2009): such large runs and small ones with a narrow
 * start take turns, so that both have learnt from about as many trials.
 */
import type { Stream } from '../../maths/stream.ts'
import { deviation, type Distribution } from './distribution.ts'
import type { Opening } from './generations.ts'
import type { Shape } from './shape.ts'

export type RestartStrategy = 'none' | 'ipop' | 'bipop'

/** Plain data of a note: a type, not an interface, so that it is `Json`. */
export type Restart = {
  readonly isLarge: boolean
  readonly popsize: number
  /** The step size to begin with, in parts of `sigma0`. */
  readonly sigma: number
}

/** Parts of an axis. Where all continuous axes are narrower, no loss tells trials apart that a user could. */
const spreadLeast = 1e-7
const conditionAtMost = 1e7
/** Draws in vain, on average: hardly anything unseen or unbarred is left where the distribution lies. */
const vainAtMost = 20

/** `losses`: of the generation, best first. `vain`: draws before each of its trials; -1 = no draw found anything. */
export function isOver(
  shape: Shape,
  distribution: Distribution,
  { losses, vain }: { readonly losses: readonly number[]; readonly vain: readonly number[] },
): boolean {
  if (losses.length > 1 && losses.at(-1) === losses[0]) return true
  const inVain = vain.reduce((sum, count) => sum + (count < 0 ? 2 * vainAtMost : count), 0)
  if (inVain > vainAtMost * vain.length) return true
  if (shape.ordered.every(({ isStepped }) => isStepped)) return false
  if (Math.max(...distribution.roots) > conditionAtMost * Math.min(...distribution.roots)) return true
  return shape.ordered.every(({ isStepped }, axis) => isStepped || deviation(distribution, axis) < spreadLeast)
}

/** `openings`: all so far. A run counts as many trials as its generations were learnt from; the first run counts for neither kind. */
export function nextRun(
  strategy: Exclude<RestartStrategy, 'none'>,
  openings: readonly Opening[],
  popsize: number,
  chance: Stream,
): Restart {
  const spent = { large: 0, small: 0 }
  let largeRuns = 0
  let kind: 'large' | 'small' | null = null
  for (const { restart, from } of openings) {
    if (restart) kind = restart.isLarge ? 'large' : 'small'
    else if (kind) spent[kind] += from.length
    if (restart?.isLarge) largeRuns++
  }
  if (strategy === 'ipop' || largeRuns === 0 || spent.large <= spent.small)
    return { isLarge: true, popsize: popsize * 2 ** Math.min(largeRuns + 1, doublingsAtMost), sigma: 1 }
  const latest = popsize * 2 ** Math.min(largeRuns, doublingsAtMost)
  return {
    isLarge: false,
    popsize: Math.max(popsize, Math.floor(popsize * ((0.5 * latest) / popsize) ** (chance.uniform() ** 2))),
    sigma: 10 ** (-2 * chance.uniform()),
  }
}

/** A thousand times the trials of the first run are more than any study has. */
const doublingsAtMost = 10
