/** The effects that are asked for, and their sizes by the trees of one forest. */
import type { Matrix } from '../maths/matrix.ts'
import type { Space } from '../space/space.ts'
import { fitForest } from '../surrogates/forest.ts'
import { boxVariance, type BoxVariance } from './box-variance.ts'
import { intersection, type Regime, regimesOf, shareOf } from './regimes.ts'
import { boxesOf, type Cube } from './tree-boxes.ts'

/** Of one axis, or of a pair. */
export interface Effect {
  readonly axes: readonly [number] | readonly [number, number]
  /** Where all of them exist. */
  readonly regime: Regime
  /** Equal regimes have equal keys; '' = everywhere. */
  readonly key: string
  /** Of the space. */
  readonly share: number
}

export interface Setting {
  readonly space: Space
  readonly cube: Cube
  readonly places: Matrix
  readonly trees: number
  readonly seed: number
}

export function settingOf(space: Space, places: Matrix, trees: number, seed: number): Setting {
  const parameters = space.axes.map(({ parameter }) => parameter)
  // The forest says which axes it tells apart by sets; a tree of one leaf is enough to ask.
  const one = { trees: 1, minLeaf: places.rows, columns: 1, splits: 'best', bootstrap: false } as const
  const [tree] = fitForest(places, new Float64Array(places.rows), one, seed, parameters).trees
  const sizes = Array.from(tree?.mixed?.sizes ?? parameters.map(() => 0))
  const isSet = sizes.map((size) => size > 0)
  return { space, cube: { parameters, sizes, regimes: regimesOf(space, isSet) }, places, trees, seed }
}

export function mainEffectsOf({ space, cube }: Setting): Effect[] {
  return cube.regimes.map((regime, axis) => effectOf(space, [axis], regime))
}

export function pairsOf({ space, cube: { regimes } }: Setting): Effect[] {
  const pairs: Effect[] = []
  for (let one = 0; one < regimes.length; one++)
    for (let other = one + 1; other < regimes.length; other++)
      pairs.push(effectOf(space, [one, other], intersection(regimes[one]!, regimes[other]!)))
  return pairs
}

function effectOf(space: Space, axes: Effect['axes'], regime: Regime): Effect {
  const parts = [...regime].map(([axis, part]) => [axis, part.type === 'set' ? [...part.words] : part.ends])
  return { axes, regime, key: parts.length === 0 ? '' : JSON.stringify(parts), share: shareOf(regime, space) }
}

/** A tree with its variance over the space, and within the regime of an effect that exists somewhere. */
export interface MeasuredTree {
  readonly variance: number
  within(effect: Effect): BoxVariance
}

/** The trees of a forest that is fitted to these values of the places, one after the other; `columns` as the forest's option. */
export function* measuredTrees(
  { cube, places, trees, seed }: Setting,
  values: Float64Array,
  columns: number,
): Generator<MeasuredTree> {
  const growth = { minLeaf: 3, columns, splits: 'best', bootstrap: true } as const
  const forest = fitForest(places, values, { ...growth, trees }, seed, cube.parameters)
  for (const tree of forest.trees) {
    const boxes = boxesOf(tree, cube)
    const whole = boxVariance(boxes, cube.sizes, new Map())
    const known = new Map<string, BoxVariance>([['', whole]])
    const within = ({ key, regime }: Effect): BoxVariance => {
      const found = known.get(key) ?? boxVariance(boxes, cube.sizes, regime)
      known.set(key, found)
      return found
    }
    yield { variance: whole.variance, within }
  }
}
