import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { shared } from '../../../test/shared.ts'
import { curveTableFromCsv } from '../../simulation/curve-table.ts'
import { matrixOf } from '../maths/matrix.ts'
import { r2, spearman } from '../maths/scores.ts'
import { stream } from '../maths/stream.ts'
import { askForest, fitForest, outOfBag, type Answer, type ForestOptions } from './forest.ts'

const usual: ForestOptions = { trees: 20, minLeaf: 1, columns: 2, splits: 'best', bootstrap: true }

function data(seed: number, n: number, p: number): { rows: number[][]; y: Float64Array } {
  const chance = stream(seed, 'data')
  // Few distinct values, so that there are ties.
  const rows = Array.from({ length: n }, () => Array.from({ length: p }, () => chance.integer(6)))
  return { rows, y: Float64Array.from(rows, (row) => row.reduce((sum, value) => sum + value, 0) + chance.normal()) }
}

const draws = fc.record({
  seed: fc.nat(1e6),
  n: fc.integer({ min: 1, max: 40 }),
  p: fc.integer({ min: 0, max: 4 }),
  minLeaf: fc.integer({ min: 1, max: 4 }),
  splits: fc.constantFrom('best', 'random'),
  bootstrap: fc.boolean(),
})

test('a forest answers within the range of what it learnt, with a variance of 0 or more, and the same for the same seed', () => {
  fc.assert(
    fc.property(draws, ({ seed, n, p, ...options }) => {
      const { rows, y } = data(seed, n, p)
      const forest = fitForest(matrixOf(rows), y, { ...usual, ...options }, seed)
      assert.deepEqual(fitForest(matrixOf(rows), y, { ...usual, ...options }, seed), forest)
      for (const row of data(seed + 1, 10, p).rows) {
        const { mean, variance } = askForest(forest.trees, row)
        assert.ok(mean >= Math.min(...y) - 1e-9 && mean <= Math.max(...y) + 1e-9 && variance >= 0)
      }
    }),
    { numRuns: 40 },
  )
})

test('every row of a leaf has gone the way that its path says, and no leaf is smaller than allowed', () => {
  fc.assert(
    fc.property(draws, ({ seed, n, p, minLeaf, splits }) => {
      const { rows, y } = data(seed, n, p)
      const { trees } = fitForest(matrixOf(rows), y, { ...usual, minLeaf, splits, bootstrap: false, trees: 3 }, seed)
      for (const tree of trees) {
        const members = new Map<number, number[]>()
        for (const [index, row] of rows.entries()) {
          let node = 0
          while (tree.column[node]! >= 0)
            node = row[tree.column[node]!]! <= tree.threshold[node]! ? node + 1 : tree.right[node]!
          members.set(node, [...(members.get(node) ?? []), y[index]!])
        }
        for (const [leaf, values] of members) {
          assert.ok(values.length >= Math.min(minLeaf, n))
          assert.ok(Math.abs(values.reduce((sum, value) => sum + value / values.length, 0) - tree.mean[leaf]!) < 1e-9)
        }
      }
    }),
    { numRuns: 40 },
  )
})

test('a single tree on all rows and columns finds the step, and says nothing is uncertain', () => {
  const rows = Array.from({ length: 20 }, (_, row) => [row % 3, row])
  const y = Float64Array.from(rows, ([, value]) => (value! < 12 ? 1 : 5))
  const { trees } = fitForest(matrixOf(rows), y, { ...usual, trees: 1, bootstrap: false }, 1)
  assert.deepEqual(Array.from(trees[0]!.column), [1, -1, -1])
  assert.equal(trees[0]!.threshold[0], 11.5)
  assert.deepEqual(askForest(trees, [0, 11]), { mean: 1, variance: 0 })
  assert.deepEqual(askForest(trees, [0, 12]), { mean: 5, variance: 0 })
})

test('a constant target is met exactly, and trees are the same whatever their number', () => {
  const { rows } = data(3, 15, 2)
  const flat = fitForest(matrixOf(rows), new Float64Array(15).fill(0.1), usual, 1)
  assert.deepEqual(askForest(flat.trees, rows[0]!), {
    mean: flat.trees.reduce((sum) => sum + 0.1 / 20, 0),
    variance: askForest(flat.trees, rows[0]!).variance,
  })
  assert.ok(askForest(flat.trees, rows[0]!).variance < 1e-30)
  const { y } = data(3, 15, 2)
  assert.deepEqual(
    fitForest(matrixOf(rows), y, usual, 1).trees.slice(0, 5),
    fitForest(matrixOf(rows), y, { ...usual, trees: 5 }, 1).trees,
  )
})

test('out of bag, a row is answered by the trees that did not draw it', () => {
  const { rows, y } = data(4, 12, 3)
  const x = matrixOf(rows)
  const forest = fitForest(x, y, usual, 9)
  outOfBag(forest, x).forEach((answer, row) => {
    const unseen = forest.trees.filter((_, tree) => forest.drawn[tree]![row] === 0)
    assert.deepEqual(answer, unseen.length === 0 ? null : askForest(unseen, rows[row]!))
  })
  assert.deepEqual(
    outOfBag(fitForest(x, y, { ...usual, bootstrap: false }, 9), x),
    rows.map(() => null),
  )
})

interface Bar {
  readonly forest: string
  readonly [score: string]: string | { readonly mean: number; readonly sd: number }
}

test('on the recorded MLPF configurations forests reach the bars of scikit-learn', { skip: shared.skip }, () => {
  const { folds, bars, logarithmic } = JSON.parse(readFileSync(shared.path('spec/golden/forest.json'), 'utf8')) as {
    readonly folds: number[][]
    readonly bars: Bar[]
    readonly logarithmic: string[]
  }
  const table = curveTableFromCsv(readFileSync(shared.path('data/curves/mlpf.csv'), 'utf8'))
  const rows = table.rows.map((row) =>
    table.parameters.map((name) => (logarithmic.includes(name) ? Math.log10(Number(row[name])) : Number(row[name]))),
  )
  const losses = rows.map((_, row) => table.curves['METRIC']![row * 100 + 99]!)
  const kinds: { readonly [forest: string]: Partial<ForestOptions> } = {
    'RandomForestRegressor(100), defaults': { columns: 7 },
    'RandomForestRegressor(100, min_samples_leaf=3, max_features=5/6)': { minLeaf: 3, columns: 5 },
    'ExtraTreesRegressor(100), defaults': { columns: 7, splits: 'random', bootstrap: false },
    'ExtraTreesRegressor(100, min_samples_leaf=3)': { minLeaf: 3, columns: 7, splits: 'random', bootstrap: false },
    'ExtraTreesRegressor(100, min_samples_leaf=3, bootstrap=True)': { minLeaf: 3, columns: 7, splits: 'random' },
  }
  for (const bar of bars) {
    const options = { ...usual, trees: 100, ...kinds[bar.forest]! }
    const answers: Answer[] = []
    for (const fold of folds) {
      const train = [...rows.keys()].filter((row) => !fold.includes(row))
      const { trees } = fitForest(
        matrixOf(train.map((row) => rows[row]!)),
        Float64Array.from(train, (row) => losses[row]!),
        options,
        2,
      )
      for (const row of fold) answers[row] = askForest(trees, rows[row]!)
    }
    const means = answers.map(({ mean }) => mean)
    const center = losses.reduce((sum, loss) => sum + loss / losses.length, 0)
    const spread = Math.sqrt(losses.reduce((sum, loss) => sum + (loss - center) ** 2 / losses.length, 0))
    const likelihoods = answers.map(({ mean, variance }, row) => {
      const sd = Math.max(Math.sqrt(variance), 0.001 * spread)
      return 0.5 * ((losses[row]! - mean) / sd) ** 2 + Math.log(sd * Math.sqrt(2 * Math.PI))
    })
    const found = {
      r2: r2(losses, means),
      spearman: spearman(losses, means),
      negativeLogLikelihood: likelihoods.reduce((sum, value) => sum + value / 296, 0),
    }
    for (const [score, value] of Object.entries(found)) {
      const { mean, sd } = bar[score] as { readonly mean: number; readonly sd: number }
      const lacking = score === 'negativeLogLikelihood' ? value - mean : mean - value
      assert.ok(lacking <= 4 * sd, `${bar.forest}: ${score} ${value}, bar ${mean} +- ${sd}`)
    }
  }
})

test('a category that only meets missing values is told from them', () => {
  const x = matrixOf([[0.75], [0.75], [NaN], [NaN]])
  const kinds = [{ size: 2, ordered: false }]
  for (const splits of ['best', 'random'] as const) {
    const { trees } = fitForest(
      x,
      Float64Array.of(1, 1, 5, 5),
      { ...usual, columns: 1, splits, bootstrap: false },
      7,
      kinds,
    )
    assert.ok(Math.abs(askForest(trees, [0.75]).mean - 1) < 1e-12)
    assert.ok(Math.abs(askForest(trees, [NaN]).mean - 5) < 1e-12)
  }
})
