/**
 * A random forest on the features.
 *
 * One of the predictors of Baker, Gupta, Raskar, Naik 2017. Its uncertainty comes from the trees that have not drawn a curve (out of bag), so that no
 * refit is needed (jackknife+-after-bootstrap: Kim, Xu, Barber 2020).
 *
 * A mean of training losses can go nowhere where none of them was. With `learns: change` the trees learn what is added to the last known loss instead: nearer to the
 * loss where the known part is long, but a worse order of the curves, and decisions rest on their order.
 *
 * Cost: O(trees x columns x curves x depth).
 */
import type { Json } from '../trial.ts'
import { choiceOf, numberOf } from '../options.ts'
import { askForest, fitForest, outOfBag, type ForestOptions, type Tree } from '../surrogates/forest.ts'
import { calibratedPredictor } from './calibrated.ts'
import { featuresOf, featuresOption, wantsHyperparameters } from './features.ts'
import type { Predictor, PredictorKind } from './predictor.ts'
import { regressionLearner, type Regression } from './regression.ts'

const learnable = ['loss', 'change'] as const

export const forest: PredictorKind = {
  name: 'forest',
  version: 1,
  doc: 'A random forest on the known losses (as in Baker et al. 2017).',
  options: {
    features: featuresOption,
    trees: { type: 'integer', default: 100, atLeast: 1, atMost: 10000, doc: 'How many trees it averages.' },
    minLeaf: { type: 'integer', default: 2, atLeast: 1, doc: 'No leaf of a tree holds fewer curves.' },
    splits: {
      type: 'text',
      default: 'best',
      choices: ['best', 'random'],
      doc: '`best` tries all thresholds of a column, `random` one (extremely randomised trees).',
    },
    learns: {
      type: 'text',
      default: 'loss',
      choices: learnable,
      doc: '`loss`: the loss itself; `change`: what is added to the last known loss.',
    },
  },
  wantsHyperparameters,
  create(options): Predictor {
    const isChange = choiceOf(options, 'learns', learnable) === 'change'
    const settings: Omit<ForestOptions, 'columns'> = {
      trees: numberOf(options, 'trees'),
      minLeaf: numberOf(options, 'minLeaf'),
      splits: choiceOf(options, 'splits', ['best', 'random']),
      bootstrap: true,
    }
    return calibratedPredictor(forest, regressionLearner(featuresOf(options), forestRegression(settings, isChange)))
  },
}

function forestRegression(settings: Omit<ForestOptions, 'columns'>, isChange: boolean): Regression<readonly Tree[]> {
  const base = (last: number): number => (isChange ? last : 0)
  return {
    learn({ x, y, lasts }, seed) {
      const target = y.map((loss, row) => loss - base(lasts[row]!))
      // A third of the columns at each split: Breiman's rule for regression.
      const forest = fitForest(x, target, { ...settings, columns: Math.max(1, Math.ceil(x.columns / 3)) }, seed)
      const meanWithout = (left: number): number =>
        target.reduce((sum, value, row) => (row === left ? sum : sum + value), 0) / (y.length - 1)
      const outOfSample =
        y.length < 2
          ? []
          : outOfBag(forest, x).map((answer, row) => base(lasts[row]!) + (answer?.mean ?? meanWithout(row)))
      return { fitted: forest.trees, outOfSample }
    },
    predict: (trees, row, last) => base(last) + askForest(trees, row).mean,
    toJson: (trees) => trees.map(treeToJson),
    fromJson: (json) => (json as readonly Json[]).map(treeFromJson),
    fitMs: (rows, columns) => settings.trees * (0.02 + 1e-5 * rows * (columns + 15) * Math.log2(rows + 2)),
  }
}

/** Without the leaves' variances: the uncertainty is measured out of bag. */
function treeToJson({ column, threshold, right, mean }: Tree): Json {
  const leaves = Array.from(column, (asked, node) => (asked < 0 ? mean[node]! : threshold[node]!))
  return { column: Array.from(column), value: leaves, right: Array.from(right) }
}

function treeFromJson(json: Json): Tree {
  const { column, value, right } = json as { readonly [member in 'column' | 'value' | 'right']: readonly number[] }
  const values = Float64Array.from(value)
  return {
    column: Int32Array.from(column),
    threshold: values,
    right: Int32Array.from(right),
    mean: values,
    variance: new Float64Array(column.length),
  }
}
