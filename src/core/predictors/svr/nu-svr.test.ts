import { test } from 'node:test'
import { equal, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { shared } from '../../../../test/shared.ts'
import { matrixOf } from '../../maths/matrix.ts'
import { fitScaler, scaled, scaledMatrix, unscaled } from '../scaling.ts'
import { predictSvr } from './predict-svr.ts'
import { fitSvr } from './settings.ts'
import { type GoldenGroup, svrGoldens } from './svr-goldens.laws.ts'
import { svrLaws } from './svr.laws.ts'

const usual = { type: 'nu-svr', C: 1, nu: 0.5, kernel: 'rbf', gamma: 'scale' } as const

interface CurveCase {
  readonly d: number
  readonly m: number
  readonly r: number
  readonly trainRows: readonly number[]
  readonly testRows: readonly number[]
  readonly predictTrain: readonly number[]
  readonly predictTest: readonly number[]
  readonly predictTestDefaultTol: readonly number[]
}

interface Golden {
  readonly groups: readonly GoldenGroup[]
  readonly curvePredictor: readonly CurveCase[]
  readonly publishedWork: readonly CurveCase[]
}

svrLaws('nu-svr')

const here = new URL('../../../../test/golden/reference/nu-svr.json', import.meta.url)
svrGoldens((JSON.parse(readFileSync(here, 'utf8')) as Golden).groups, { skip: false })

const golden =
  shared.skip === false
    ? (JSON.parse(readFileSync(shared.path('spec/golden/nu-svr.json'), 'utf8')) as Golden)
    : { groups: [], curvePredictor: [], publishedWork: [] }
svrGoldens(
  golden.groups.filter(({ y }) => y.length > 20),
  { skip: shared.skip },
)

test(
  'the predictor of Swift-Hyperband is that of the goldens, loosely no worse than theirs',
  {
    skip: shared.skip,
  },
  () => {
    const [head = '', ...lines] = readFileSync(shared.path('data/curves/mlpf.csv'), 'utf8').trim().split('\n')
    const first = head.split(',').findIndex((name) => name.startsWith('METRIC_'))
    const curves = lines.map((line) => line.split(',').slice(first).map(Number))
    const cases = [...golden.curvePredictor, ...golden.publishedWork]
    equal(cases.length, 11)
    for (const { d, m, r, trainRows, testRows, predictTrain, predictTest, predictTestDefaultTol } of cases) {
      const rows = matrixOf(trainRows.map((row) => curves[row]!.slice(0, m)))
      const targets = matrixOf(trainRows.map((row) => [curves[row]![r - 1]!]))
      const [xScaler, yScaler] = [fitScaler('min-max', rows), fitScaler('min-max', targets)]
      const predict = (tolerance: number, numbers: readonly number[]): number[] => {
        const y = scaledMatrix(yScaler, targets).values
        const svr = fitSvr(scaledMatrix(xScaler, rows), y, { ...usual, tolerance })
        return numbers.map((row) => unscaled(yScaler, 0, predictSvr(svr, scaled(xScaler, curves[row]!.slice(0, m)))))
      }
      const what = `${d} curves, ${m} of ${r} epochs`
      ok(largest(predict(1e-8, trainRows), predictTrain) <= 1e-3, what)
      ok(largest(predict(1e-8, testRows), predictTest) <= 1e-3, what)
      ok(largest(predict(1e-3, testRows), predictTest) <= largest(predictTestDefaultTol, predictTest), what)
    }
  },
)

function largest(found: readonly number[], expected: readonly number[]): number {
  return Math.max(...found.map((value, place) => Math.abs(value - expected[place]!)))
}

test('nu bounds the share of support vectors from below and of errors from above', () => {
  const rows = Array.from({ length: 40 }, (_, row) => [row / 40, (row * 7) % 11])
  const y = Float64Array.from(rows, ([a, b]) => Math.sin(5 * a!) + 0.1 * b!)
  for (const nu of [0.1, 0.3, 0.6, 0.9]) {
    const svr = fitSvr(matrixOf(rows), y, { ...usual, C: 100, nu })
    ok(svr.coefficients.length >= nu * y.length, `${svr.coefficients.length} at ${nu}`)
    ok(svr.coefficients.filter((value) => Math.abs(value) === 100).length <= nu * y.length)
  }
})

test('nu = 0 predicts the middle between the smallest and the largest target', () => {
  const svr = fitSvr(matrixOf([[0], [1], [2]]), Float64Array.of(1, 2, 7), { ...usual, nu: 0 })
  equal(svr.coefficients.length, 0)
  equal(predictSvr(svr, [5]), 4)
})

test('a kernel of rank 1 at a large C ends, as well solved as its rounding allows', () => {
  const rows = Array.from({ length: 60 }, (_, row) => [1000 + ((row * 37) % 60)])
  const y = Float64Array.from(rows, (_, row) => Math.cos(row))
  const svr = fitSvr(matrixOf(rows), y, { ...usual, C: 1e6, nu: 0.4, kernel: 'linear' })
  ok(rows.every((row) => Math.abs(predictSvr(svr, row)) < 10))
})
