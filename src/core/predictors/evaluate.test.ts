import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { shared } from '../../../test/shared.ts'
import { golden, near, plainMlpf, splitGoldens, storedFeatures, toleranceOf } from './curve-goldens.laws.ts'
import { epsilonSvr } from './epsilon-svr.ts'
import { evaluate, foldSplits, randomSplits, summaryOf, usableRows, type CurveSet } from './evaluate.ts'
import { lastValue } from './last-value.ts'
import { nuSvr } from './nu-svr.ts'
import { fallingCurves, predictorOf } from './predictor.laws.ts'

const makers: { readonly [stored: string]: (features: string) => ReturnType<typeof predictorOf> } = {
  NuSVR: (features) => predictorOf(nuSvr, { features }),
  'NuSVR C=5.55 nu=.903': (features) => predictorOf(nuSvr, { features, C: 5.55, nu: 0.903 }),
  SVR: (features) => predictorOf(epsilonSvr, { features }),
  'least squares': () => predictorOf(lastValue),
}

test('folds of the recorded MLPF curves give the stored R2, whatever the features', { skip: shared.skip }, () => {
  const set = plainMlpf()
  const { populations, fiveFold } = golden()
  // The heavy suite asks all of them that are an SVR's.
  const chosen = fiveFold.filter(({ model }, index) => model === 'least squares' || index % 8 === 0)
  assert.equal(new Set(chosen.map(({ model }) => model)).size, 4)
  for (const [index, stored] of chosen.entries()) {
    const { rows, known, model } = stored
    const { folds } = populations[rows]!
    const fold = index % folds.length
    const split = { train: folds.flatMap((other, place) => (place === fold ? [] : other)), test: folds[fold]! }
    const question = { known: Math.max(known, 1), target: 100, seed: 1 }
    const [found] = evaluate(makers[model]!(storedFeatures[stored.features]!), set, question, [split])
    near(found!.r2, stored.r2[fold]!, `${rows}, ${stored.features}, ${known}, ${model}, fold ${fold}`)
  }
})

splitGoldens(10)

test('the kinds do the same: min-max and quantile scaling on the twenty curves', { skip: shared.skip }, () => {
  const set = plainMlpf()
  const { twentyPoints } = golden()
  const splits = twentyPoints.splits.slice(0, 10)
  for (const [scaling, stored] of [
    ['min-max', 'min-max'],
    ['quantile', 'quantile on the 20'],
  ] as const) {
    const predictors = {
      NuSVR: predictorOf(nuSvr, { scaling }),
      'SVR eps=.02 gamma=.1 C=67.61': predictorOf(epsilonSvr, { scaling, epsilon: 0.02, gamma: 0.1, C: 67.61 }),
    }
    for (const [model, predictor] of Object.entries(predictors)) {
      const want = twentyPoints.results.find((result) => result.scaling === stored && result.model === model)!
      const found = [...evaluate(predictor, set, { known: 25, target: 100, seed: 1 }, splits)]
      found.forEach((evaluation, index) =>
        near(evaluation.r2, want.r2[index]!, `${stored}, ${model}, split ${index}`, toleranceOf(model)),
      )
    }
  }
})

const aSet = (count: number, groups: readonly number[] | null = null): CurveSet => ({
  curves: fallingCurves(3, count, 10),
  hyperparameters: null,
  groups,
})

test('a random split keeps equal configurations on one side, and trains on one curve of each', () => {
  const draws = fc.record({
    groups: fc.array(fc.nat(12), { minLength: 4, maxLength: 40 }),
    train: fc.integer({ min: 1, max: 12 }),
    seed: fc.nat(),
  })
  fc.assert(
    fc.property(draws, ({ groups, train, seed }) => {
      const set = aSet(groups.length, groups)
      for (const split of randomSplits(set, [...groups.keys()], { train, test: 5, count: 3, seed })) {
        const trained = split.train.map((row) => groups[row]!)
        assert.equal(new Set(trained).size, trained.length)
        assert.equal(trained.length, Math.min(train, new Set(groups).size))
        assert.ok(split.test.length <= 5 && split.test.every((row) => !trained.includes(groups[row]!)))
      }
    }),
  )
})

test('folds test every row once and keep equal configurations together', () => {
  const groups = Array.from({ length: 23 }, (_, row) => row % 9)
  const splits = foldSplits(aSet(23, groups), [...groups.keys()], { folds: 4, seed: 2 })
  assert.deepEqual(
    splits.flatMap(({ test: rows }) => rows).toSorted((a, b) => a - b),
    [...groups.keys()],
  )
  for (const { train, test: rows } of splits) {
    assert.equal(train.length + rows.length, 23)
    assert.ok(rows.every((row) => !train.some((other) => groups[other] === groups[row])))
  }
})

test('rows without a loss at the target, or with nothing known before it, are not used', () => {
  const set = {
    ...aSet(4),
    curves: [
      [1, 2, 3],
      [1, 2],
      [NaN, NaN, 3],
      [NaN, 2, NaN],
    ],
  }
  assert.deepEqual(usableRows(set, { known: 2, target: 3 }), [0])
  assert.deepEqual(usableRows(set, { known: 2, target: 2 }), [0, 1, 3])
})

test('an evaluation says how far predictions are off, in the units of the loss', () => {
  const curves = [1, 2, 3, 4, 5, 6].map((loss) => [loss, loss + (loss === 6 ? 2 : 0)])
  const set: CurveSet = { curves, hyperparameters: null, groups: null }
  const split = { train: [0, 1, 2], test: [3, 4, 5] }
  const [found] = evaluate(predictorOf(lastValue, { correction: 'none' }), set, { known: 1, target: 2, seed: 1 }, [
    split,
  ])
  const { r2: score, rmse, spearman, tested, trained, coverage80 } = found!
  assert.deepEqual({ tested, trained, spearman, coverage80 }, { tested: 3, trained: 3, spearman: 1, coverage80: 2 / 3 })
  assert.ok(Math.abs(rmse - Math.sqrt(4 / 3)) < 1e-12)
  assert.ok(Math.abs(score - (1 - 4 / (26 / 3))) < 1e-12)
  assert.deepEqual(summaryOf([found!, { ...found!, rmse: 3 }], 'rmse').count, 2)
})
