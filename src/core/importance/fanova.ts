/**
 * fANOVA: how much of the metric's variance over the space each parameter explains (Hutter, Hoos, Leyton-Brown 2014).
 *
 * A forest is fitted on the trials; each tree is a function that is constant on boxes (`tree-boxes.ts`), whose variance over the space falls exactly into main effects and
 * interactions (`box-variance.ts`). Shares are means over trees.
 *
 * Places are those of the unit cube: a logarithmic parameter is measured in its logarithm, where a sampler draws it evenly. Optuna measures it on its plain scale, so
 * that a learning rate from 1e-4 to 1 that explains a third of the variance comes out at a twentieth.
 *
 * A parameter that exists only under a condition is measured where it exists, on the same trees, and its share counts by how much of the space that is: so much of the whole
 * variance vanishes, on average, once it is known. That it exists at all is the effect of the parameter that it depends on.
 *
 * Half of the columns at each split, and leaves of three trials and more: more trees then ask the weaker parameters, which trees that look at all columns leave out
 * for the strong ones. It remains that a forest of a few hundred trials understates weak parameters.
 *
 * Interactions are measured on further forests, of what the main effects leave. Trees that are grown on the losses themselves spend their splits on main effects: two
 * parameters that matter only together (a product, measured from its middle) they do not find in 10,000 trials, while two strong parameters that do not interact
 * seem to, for no tree holds both finely. Together all effects are kept within the variance.
 *
 * Cost: fitting O(trees x columns x rows x depth), then O(boxes x columns^2) a tree: some 2 s for 8 columns x 10,000 rows; with interactions four times as much.
 *
 * Invariants
 * - Every share is in [0, 1]; those of parameters that always exist and of their interactions sum to at most 1.
 * - The order of trials changes nothing.
 */
import type { Matrix } from '../maths/matrix.ts'
import { rowsOf } from '../maths/matrix.ts'
import type { Space } from '../space/space.ts'
import { mainEffectsOf, measuredTrees, pairsOf, settingOf, type Effect, type Setting } from './effects.ts'

export interface FanovaOptions {
  readonly trees: number
  readonly seed: number
  readonly interactions: boolean
}

export interface Fanova {
  /** In the order of the axes, parts of the whole variance; all 0 if the trees find none. */
  readonly mainEffects: readonly number[]
  /** In which share of the space each axis exists. */
  readonly exists: readonly number[]
  /** Of every pair, if asked for. */
  readonly interactions: readonly { readonly axes: readonly [number, number]; readonly effect: number }[]
}

/** Before interactions are looked for; what the first forest understates the next one finds. */
const roundsOfMainEffects = 2

/** `places` are rows of the unit cube, NaN where a parameter is absent; losses are finite. */
export function fanova(space: Space, places: Matrix, losses: Float64Array, options: FanovaOptions): Fanova {
  const order = canonicalOrder(places, losses)
  const setting = settingOf(space, rowsOf(places, order), options.trees, options.seed)
  const values = Float64Array.from(order, (row) => losses[row]!)
  const effects = mainEffectsOf(setting)
  const first = mainEffects(setting, effects, values)
  const exists = effects.map(({ share }) => share)
  if (!options.interactions) return { mainEffects: first.shares, exists, interactions: [] }
  let rest = first.rest
  for (let round = 1; round < roundsOfMainEffects; round++) rest = mainEffects(setting, effects, rest).rest
  const pairs = pairsOf(setting)
  const found = interactionsOf(setting, pairs, rest, first.variance)
  const room = 1 - first.shares.reduce((sum, share) => sum + share, 0)
  const total = found.reduce((sum, effect) => sum + effect, 0)
  // Rounding may leave no room where there is nothing to place.
  const scale = total > Math.max(room, 0) ? Math.max(room, 0) / total : 1
  const interactions = pairs.map(({ axes }, index) => ({
    axes: axes as readonly [number, number],
    effect: scale * found[index]!,
  }))
  return { mainEffects: first.shares, exists, interactions }
}

interface MainEffects {
  /** Parts of the variance, means over the trees. */
  readonly shares: readonly number[]
  /** What is left of the values without these effects. */
  readonly rest: Float64Array
  /** Of the trees over the space, on average. */
  readonly variance: number
}

function mainEffects(setting: Setting, effects: readonly Effect[], values: Float64Array): MainEffects {
  const { places, trees } = setting
  const shares = effects.map(() => 0)
  const rest = Float64Array.from(values)
  let variance = 0
  let telling = 0
  for (const tree of measuredTrees(setting, values, Math.ceil(effects.length / 2))) {
    if (!(tree.variance > 0)) continue
    telling++
    variance += tree.variance / trees
    for (const [axis, effect] of effects.entries()) {
      if (effect.share === 0) continue
      const within = tree.within(effect)
      shares[axis]! += (effect.share * within.mainEffect(axis)) / tree.variance
      const means = within.marginal(axis)
      for (let row = 0; row < rest.length; row++) {
        const place = places.values[row * places.columns + axis]!
        if (!Number.isNaN(place)) rest[row]! -= means[within.cellAt(axis, place)]! / trees
      }
    }
  }
  return { shares: shares.map((sum) => (telling === 0 ? 0 : Math.min(sum / telling, 1))), rest, variance }
}

/** Parts of this variance, means over the trees. */
function interactionsOf(
  setting: Setting,
  pairs: readonly Effect[],
  values: Float64Array,
  variance: number,
): readonly number[] {
  const sums = pairs.map(() => 0)
  if (!(variance > 0)) return sums
  for (const tree of measuredTrees(setting, values, setting.space.dimension)) {
    if (!(tree.variance > 0)) continue
    for (const [index, effect] of pairs.entries()) {
      const [one, other = one] = effect.axes
      if (effect.share > 0) sums[index]! += effect.share * tree.within(effect).interaction(one, other)
    }
  }
  return sums.map((sum) => sum / setting.trees / variance)
}

/** Rows by what they hold, whatever order they came in. */
function canonicalOrder({ rows, columns, values }: Matrix, losses: Float64Array): number[] {
  return Array.from({ length: rows }, (_, row) => row).sort((a, b) => {
    if (losses[a] !== losses[b]) return losses[a]! - losses[b]!
    for (let column = 0; column < columns; column++) {
      const one = values[a * columns + column]!
      const other = values[b * columns + column]!
      if (one < other || (one === one && other !== other)) return -1
      if (one > other || (one !== one && other === other)) return 1
    }
    return 0
  })
}
