import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { matrixOf } from '../../maths/matrix.ts'
import { squaredDistance } from '../svr/kernel.ts'
import { digitWeights } from './build-qubo.ts'
import { combined, meanOf, scoresOf, weightings } from './combine.ts'
import { bitsOf } from './qubo.ts'
import { encodingOf, kernelOfRows, near, reference, twentyCurves } from './reference.laws.ts'
import { decoded, functionOf, regressorOf, type Regressor } from './regressor.ts'

const tube = { epsilon: reference.settings.epsilon, limit: reference.settings.C }

function valueAt({ delta, b }: Regressor, rows: readonly (readonly number[])[], x: readonly number[]): number {
  return rows.reduce((sum, row, j) => sum + delta[j]! * Math.exp(-0.1 * squaredDistance(row, 0, x, 0, x.length)), b)
}

for (const name of ['twoPoints', 'threePoints', 'threePointsBeta'] as const)
  test(`${name}: coefficients, offsets and predictions are the reference's`, () => {
    const { X, y, K, decoded: wanted } = reference[name]
    const training = { kernel: kernelOfRows(matrixOf(X)), y: Float64Array.from(y) }
    for (const want of wanted) {
      const coefficients = decoded(bitsOf(want.bits), digitWeights(encodingOf(K)))
      near(coefficients.alpha, want.alpha, 1e-10, 'alpha')
      near(coefficients.alphahat, want.alphahat, 1e-10, 'alphahat')
      const regressor = regressorOf(training, coefficients, tube)
      near([regressor.b], [want.b], 1e-10, 'b')
      near([regressorOf(training, coefficients, { ...tube, textbook: true }).b], [want.bTextbook], 1e-10, 'bTextbook')
      const further = valueAt(
        regressor,
        X,
        X[0]!.map(() => 0.3),
      )
      near([...functionOf(training, regressor), further], want.predictions, 1e-10, 'predictions')
    }
  })

test("of 20 curves the kept solutions, their scores, the seven combinations and their mean are the reference's", () => {
  const want = reference.twentyPoints
  const { rows, kernel, y, scaled, loss } = twentyCurves()
  const lines = Array.from({ length: 20 }, (_, row) => Array.from(rows.values.subarray(row * 25, (row + 1) * 25)))
  const predict = (regressor: Regressor): number[] =>
    want.curves.test.map((curve) => loss(valueAt(regressor, lines, scaled(curve))))
  const weights = digitWeights(encodingOf(3))
  const singles = want.kept.map(({ bits }) => regressorOf({ kernel, y }, decoded(bitsOf(bits), weights), tube))
  singles.forEach((single, number) => {
    near([single.b], [want.kept[number]!.b], 1e-6, 'b')
    near(predict(single), want.kept[number]!.predictTest, 1e-6, 'predictions')
  })
  const scores = scoresOf(
    y,
    singles.map((single) => functionOf({ kernel, y }, single)),
  )
  for (const score of ['mse', 'logCosh', 'r2'] as const) near(scores[score], want.trainScores[score], 1e-6, score)
  const seven = combined(
    { kernel, y },
    want.kept.map(({ bits }) => bitsOf(bits)),
    weights,
    tube,
  )
  weightings(scores).forEach((shares, number) => {
    near(shares, want.combinations[number]!.weights, 1e-6, `weights ${number}`)
    near([seven[number]!.b], [want.combinations[number]!.b], 1e-6, `b ${number}`)
    near(predict(seven[number]!), want.combinations[number]!.predictTest, 1e-6, `predictions ${number}`)
  })
  near(predict(meanOf(seven)), want.meanOfSeven, 1e-6, 'mean of seven')
})

test('C is raised where all coefficients of one side have reached it', () => {
  const training = { kernel: Float64Array.of(1, 0, 0, 1), y: Float64Array.of(0, 1) }
  const coefficients = { alpha: Float64Array.of(0, 0.5), alphahat: Float64Array.of(0.25, 0) }
  // Residuals are 0.25 and 0.5. At C = 0.3 only alphahat counts of itself, and C goes to 0.6 for alpha.
  near([regressorOf(training, coefficients, { epsilon: 0.02, limit: 0.3 }).b], [(0.25 + 0.5) / 2 - 0.02], 1e-12, 'b')
  const upper = { alpha: Float64Array.of(0.2, 0.5), alphahat: Float64Array.of(0, 0) }
  // Residuals are -0.2 and 0.5: the second coefficient is not below C, the first is.
  near([regressorOf(training, upper, { epsilon: 0.02, limit: 0.5 }).b], [-0.2 - 0.02], 1e-12, 'b')
})

test('weights sum to 1, are not negative, and a solution without error has all of them', () => {
  const size = fc.integer({ min: -200, max: 200 }).map((hundredths) => hundredths / 100)
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }).chain((rows) =>
        fc.record({
          y: fc.array(size, { minLength: rows, maxLength: rows }),
          values: fc.array(fc.array(size, { minLength: rows, maxLength: rows }), { minLength: 1, maxLength: 5 }),
          isMet: fc.boolean(),
        }),
      ),
      ({ y, values, isMet }) => {
        const all = isMet ? [...values, y] : values
        const lists = weightings(
          scoresOf(
            Float64Array.from(y),
            all.map((list) => Float64Array.from(list)),
          ),
        )
        assert.equal(lists.length, 7)
        for (const weights of lists) {
          near([weights.reduce((sum, weight) => sum + weight, 0)], [1], 1e-9, 'sum')
          assert.ok(weights.every((weight) => weight >= 0))
        }
        const isUnmet = values.every((list) => list.some((value, row) => (value - y[row]!) ** 2 > 0))
        if (isMet && isUnmet) for (const number of [0, 1, 4]) assert.equal(lists[number]!.at(-1), 1)
      },
    ),
  )
})
